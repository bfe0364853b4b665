import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { routeNames } from '../routes.ts';
import { BODIES } from './bodies.ts';
import { openApiText } from './openapi-document.ts';
import { QUERIES } from './queries.ts';

test('every route that acts has a schema for its body, and no other has', () => {
  const acting = routeNames().flatMap((name) => (name.startsWith('POST ') ? [name.slice(5)] : []));
  assert.deepEqual(Object.keys(BODIES).toSorted(), acting.toSorted());
});

test('every list that takes a query is a route that is read', () => {
  const reading = new Set(routeNames().flatMap((name) => (name.startsWith('GET ') ? [name.slice(4)] : [])));
  for (const path of Object.keys(QUERIES)) assert.ok(reading.has(path), path);
});

test('the committed documents are those of the schemas (npm run openapi)', () => {
  for (const place of ['./openapi.json', '../../../../../docs/openapi.json']) {
    assert.equal(readFileSync(new URL(place, import.meta.url), 'utf8'), openApiText());
  }
});
