import assert from 'node:assert/strict';
import { test } from 'node:test';
import { impuritiesOf } from './purity.ts';
import { sourceTree } from './source-tree.ts';

const impurities = (text: string, path = 'packages/ledger/src/a.ts') =>
  impuritiesOf(sourceTree({ [path]: text })).map((violation) => `${violation.line} ${violation.text}`);

test('a pure function is pure, and may speak of time in comments, strings and field names', () => {
  const source = `
    // Date.now() would differ from node to node
    import { f } from './b.ts';
    export const message = 'process died';
    class A { private readonly async: boolean; isAsync() { return this.async; } }
    export const view = (entry: { process: number }) => ({ Date: entry.process, t: options.random() });`;
  assert.deepEqual(impurities(source), []);
});

for (const source of [
  'const t = Date.now();',
  'const t = new Date(0);',
  'setTimeout(f, 1);',
  'const x = Math.random();',
  'const x = process.env.HOME;',
  'async function f() {}',
  'const p = new Promise(f);',
  'queueMicrotask(f);',
  "import { readFileSync } from 'node:fs';",
  "import type { Socket } from 'node:net';",
  "import { pack } from 'msgpackr';",
  "await import('node:fs');",
  ['const text = `$', '{Date.now()}`;'].join(''),
  "a.localeCompare('b');",
  'console.log(1);',
  'const h = { Date };',
]) {
  test(`impure code is caught: ${source}`, () => {
    assert.notEqual(impurities(source).length, 0);
  });
}

test('the line of the impurity is named', () => {
  assert.deepEqual(impurities('const a = 1;\nconst b = Date.now();'), ['2 Date: time comes from the input']);
});

test('tests and other packages may read the clock', () => {
  assert.deepEqual(impurities('Date.now();', 'packages/ledger/src/a.test.ts'), []);
  assert.deepEqual(impurities('Date.now();', 'packages/raft/src/testing/network.ts'), []);
  assert.deepEqual(impurities('Date.now();', 'packages/node/src/a.ts'), []);
});
