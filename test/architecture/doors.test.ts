import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOfTheFaces, importsPastTheDoors } from './doors.ts';
import { sourceTree } from './source-tree.ts';

const MANIFEST = JSON.stringify({
  name: '@baton/host',
  exports: { '.': './src/index.ts', './node': './src/node/index.ts', './testing': './src/testing/index.ts' },
});

const objections = (path: string, text: string) =>
  importsPastTheDoors(sourceTree({ 'packages/host/package.json': MANIFEST, [path]: text })).map(
    (violation) => violation.text,
  );
const faceFaults = (face: string) =>
  faultsOfTheFaces(
    sourceTree({
      'packages/host/package.json': '{"name":"@baton/host","exports":{".":"./src/index.ts"}}',
      'packages/host/src/index.ts': face,
    }),
  ).map((violation) => violation.text);

test('a package is entered by its name or a declared entry', () => {
  assert.deepEqual(objections('packages/wire/src/a.ts', "import '@baton/host'; import '@baton/host/node';"), []);
  assert.deepEqual(objections('packages/wire/src/a.test.ts', "import '@baton/host/testing';"), []);
  assert.deepEqual(objections('packages/wire/src/a.ts', "import './b.ts'; import 'ws'; import 'node:fs';"), []);
});

test('a deep import is caught', () => {
  assert.match(objections('packages/wire/src/a.ts', "import '@baton/host/src/clock.ts';").join(), /not a declared/);
  assert.match(objections('packages/wire/src/a.ts', "import '../../host/src/clock.ts';").join(), /leaves the package/);
  assert.match(objections('test/a.ts', "import '../packages/host/src/clock.ts';").join(), /enters a package by path/);
  assert.match(objections('bench/a.ts', "import type { X } from '@baton/nothing';").join(), /not a declared/);
});

test('test support does not get into deployed code', () => {
  assert.match(objections('packages/wire/src/a.ts', "import '@baton/host/testing';").join(), /for tests only/);
});

test('a package does not import itself by name, and relative imports end in .ts', () => {
  assert.match(objections('packages/host/src/a.ts', "import '@baton/host';").join(), /by path/);
  assert.match(objections('packages/host/src/a.ts', "import './b';").join(), /end in \.ts/);
  assert.match(objections('packages/host/src/a.ts', "import './b.js';").join(), /end in \.ts/);
});

test('a face lists names', () => {
  assert.deepEqual(
    faceFaults("/** Why. */\nexport { a, type B } from './a.ts';\nexport type { C } from './c.ts';"),
    [],
  );
});

test('a face with code, with a star or with a default is caught', () => {
  assert.equal(faceFaults("export * from './a.ts';").length, 1);
  assert.equal(faceFaults("import { a } from './a.ts'; export { a };").length, 1);
  assert.equal(faceFaults('export const x = 1;').length, 1);
  assert.deepEqual(faceFaults("export { default } from './a.ts';"), ['no default export']);
  assert.deepEqual(faceFaults("export { a as default } from './a.ts';"), ['no default export']);
});

test('an entry that does not exist is caught', () => {
  const tree = sourceTree({ 'packages/host/package.json': MANIFEST });
  assert.equal(faultsOfTheFaces(tree).length, 3);
});
