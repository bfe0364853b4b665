import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageOf } from './line.js';

test('a message is an object with a type, and anything else is none', () => {
  assert.equal(messageOf('{"type":"node","index":3}')?.type, 'node');
  for (const data of ['', 'null', '[]', '{}', '{"type":5}', 'x', 7, undefined])
    assert.equal(messageOf(data), undefined);
  fc.assert(fc.property(fc.string(), (text) => void messageOf(text)));
});
