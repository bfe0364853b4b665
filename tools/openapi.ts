/** `npm run openapi`: writes the OpenAPI document from the schemas, for readers (docs) and for the node that serves it. */
import { writeFileSync } from 'node:fs';
import { openApiText } from '../packages/node/src/api/contract/openapi-document.ts';

for (const place of ['../docs/openapi.json', '../packages/node/src/api/contract/openapi.json']) {
  writeFileSync(new URL(place, import.meta.url), openApiText());
}
