import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsAgainstTheFloors } from './floors.ts';
import { sourceTree } from './source-tree.ts';

function objections(path: string, text: string): string[] {
  const manifests = ['host', 'raft', 'fix', 'ledger', 'journal', 'venue', 'node'].map((name) => [
    `packages/${name}/package.json`,
    JSON.stringify({ name: `@baton/${name}` }),
  ]);
  const tree = sourceTree({ ...Object.fromEntries(manifests), [path]: text });
  return importsAgainstTheFloors(tree).map((violation) => `${violation.line} ${violation.text}`);
}

test('a downward import is allowed', () => {
  assert.deepEqual(objections('packages/ledger/src/a.ts', "import { x } from '@baton/fix';"), []);
  assert.deepEqual(objections('packages/journal/src/a.ts', "import { type Entry, EntryType } from '@baton/raft';"), []);
});

test('an upward import, or one to the side, is caught', () => {
  assert.match(
    objections('packages/fix/src/a.ts', "\nimport { x } from '@baton/ledger';").join(),
    /^2 fix \(floor 1\)/,
  );
  assert.equal(objections('packages/raft/src/a.ts', "import { x } from '@baton/host';").length, 1);
});

test('types are imports too', () => {
  assert.equal(objections('packages/raft/src/a.ts', "import type { X } from '@baton/host';").length, 1);
  assert.equal(objections('packages/raft/src/a.ts', "export type { X } from '@baton/host';").length, 1);
});

test('a lower floor that the table does not name is caught', () => {
  assert.match(objections('packages/venue/src/a.ts', "import { x } from '@baton/ledger';").join(), /not ledger/);
  assert.match(objections('packages/node/src/a.ts', "await import('@baton/venue');").join(), /not venue/);
});

test('tests may use any lower floor, but not a higher one', () => {
  assert.deepEqual(objections('packages/node/src/a.test.ts', "import { x } from '@baton/venue';"), []);
  assert.equal(objections('packages/fix/src/a.test.ts', "import { x } from '@baton/node';").length, 1);
});

test("the journal takes raft's types and constants, not its machine", () => {
  assert.match(objections('packages/journal/src/a.ts', "import { RaftNode } from '@baton/raft';").join(), /RaftNode/);
  assert.match(objections('packages/journal/src/a.ts', "import * as raft from '@baton/raft';").join(), /\*/);
});

test('a package without a floor is caught', () => {
  const tree = sourceTree({ 'packages/extra/package.json': '{"name":"@baton/extra"}' });
  assert.match(importsAgainstTheFloors(tree)[0]?.text ?? '', /extra has no floor/);
});
