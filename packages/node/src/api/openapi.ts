/** `GET /openapi.json`: made from the contract's schemas (`npm run openapi`), read when asked for: no memory of the core. */
import { readFileSync } from 'node:fs';
import type { Reply } from './reply.ts';

export function openApi(): Reply {
  return { status: 200, body: readFileSync(new URL('./contract/openapi.json', import.meta.url)) };
}
