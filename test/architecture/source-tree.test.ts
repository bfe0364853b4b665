import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, sourceTree } from './source-tree.ts';
import { tokensOf } from './token.ts';

const imports = (source: string) =>
  importsOf(tokensOf(source)).map(({ specifier, typeOnly, values }) => `${specifier} ${typeOnly} ${values.join()}`);

test('every form of import is seen', () => {
  assert.deepEqual(imports("import 'a';"), ['a false *']);
  assert.deepEqual(imports("import x from 'a';"), ['a false default']);
  assert.deepEqual(imports("import x, { y as z, type T } from 'a';"), ['a false default,y']);
  assert.deepEqual(imports("import * as x from 'a';"), ['a false *']);
  assert.deepEqual(imports("import type { T } from 'a';"), ['a true ']);
  assert.deepEqual(imports("import type from 'a';"), ['a false default']);
  assert.deepEqual(imports("export { x, type T } from 'a';"), ['a false x']);
  assert.deepEqual(imports("export type { T } from 'a';"), ['a true ']);
  assert.deepEqual(imports("export * from 'a';"), ['a false *']);
  assert.deepEqual(imports("const x = await import('a'); require('b');"), ['a false *', 'b false *']);
});

test('what only looks like an import is none', () => {
  assert.deepEqual(imports("export const from = 'a'; // import 'b'"), []);
  assert.deepEqual(imports("export type T = { from: 'a' }; const s = \"import 'b'\";"), []);
  assert.deepEqual(imports('const here = import.meta.url; export default here;'), []);
  assert.deepEqual(imports("packr.import('a')"), []);
});

test('a file knows its package and whether it is deployed', () => {
  const files = ['src/x.ts', 'src/x.test.ts', 'src/testing/y.ts', 'src/node/x.ts', 'test/z.ts', 'bin/baton.js'];
  const tree = sourceTree(Object.fromEntries(files.map((file) => [`packages/p/${file}`, ''])));
  const deployed = tree.sources.filter((source) => !source.forTests).map((source) => source.path);
  assert.deepEqual(deployed, ['packages/p/bin/baton.js', 'packages/p/src/node/x.ts', 'packages/p/src/x.ts']);
  assert.ok(tree.sources.every((source) => source.packageName === 'p'));
});
