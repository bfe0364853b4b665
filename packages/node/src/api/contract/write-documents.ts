/** `npm run openapi`: writes the OpenAPI document from the schemas, for readers (docs) and for the node that serves it. */
import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi-document.ts';

for (const place of ['./openapi.json', '../../../../../docs/openapi.json']) {
  writeFileSync(new URL(place, import.meta.url), openApiText());
}
