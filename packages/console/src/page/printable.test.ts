import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable } from './printable.js';

test('what is shown has no control, no unseen character and no turn of direction, and an end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = printable(text);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      assert.ok(shown.length <= 161 * 8);
    }),
  );
});

test('a text of ordinary letters is shown as it is', () => {
  for (const text of ['maker-1', 'Größe: 5 µs', '注文', 'a <b>"&amp;', '-12.50', '🚀'])
    assert.equal(printable(text), text);
});

test('a hidden turn of direction is told by its number', () => {
  assert.equal(printable('abc\u202egnp.exe'), 'abc‹202E›gnp.exe');
  assert.equal(printable('a\u0000b\u200bc'), 'a‹0000›b‹200B›c');
});

test('a tower of marks is cut', () => {
  assert.equal(printable(`e${'\u0301'.repeat(50)}`), `e${'\u0301'.repeat(3)}`);
});

test('nothing is shown for nothing, and numbers as they are', () => {
  assert.deepEqual([printable(undefined), printable(null), printable(0), printable('')], ['', '', '0', '']);
});
