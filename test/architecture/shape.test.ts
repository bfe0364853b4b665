import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOfShape } from './shape.ts';
import { sourceTree } from './source-tree.ts';

const faults = (path: string, text: string) =>
  faultsOfShape(sourceTree({ [path]: text }), 4).map(({ line, text }) => `${line} ${text}`);

test('a short file with a good name is right', () => {
  assert.deepEqual(faults('packages/p/src/order-book.ts', '1\n2\n3\n4\n'), []);
  assert.deepEqual(
    faults('docs/x.md', 'see ./work/x, /etc/baton, https://nodejs.org/home/x and `GET /orders/root/`'),
    [],
  );
});

test('a long file is caught', () => {
  assert.deepEqual(faults('packages/p/src/a.ts', '1\n2\n3\n4\n5\n'), ['4 5 lines, at most 4']);
});

test('names that are not kebab-case, or say nothing, are caught', () => {
  assert.match(faults('packages/p/src/orderBook.ts', '').join(), /kebab/);
  assert.match(faults('packages/p/src/Order.test.ts', '').join(), /kebab/);
  assert.match(faults('packages/p/src/utils.ts', '').join(), /no noun/);
});

for (const text of [
  ['see ', '/wo', 'rk/x'].join(''),
  ['"', '/ro', 'ot/x"'].join(''),
  ['/ho', 'me/somebody/x'].join(''),
  ['https://registry.', 'npmjs.org/ws'].join(''),
]) {
  test(`a place of one machine is caught in any text: ${text.length} characters`, () => {
    assert.equal(faults('docs/x.md', `\n${text}`).length, 1);
    assert.match(faults('docs/x.md', `\n${text}`).join(), /^2 names/);
  });
}
