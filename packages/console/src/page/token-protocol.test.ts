import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenProtocol } from './token-protocol.js';

test('every token that may be configured becomes the name of a subprotocol, and is read back from it', () => {
  const characters = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.string({ unit: characters, minLength: 20 }), (token) => {
      const name = tokenProtocol(token);
      assert.match(name, /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/);
      const rest = name.slice(name.indexOf('.') + 1);
      assert.equal(name.startsWith('bearer.') ? rest : Buffer.from(rest, 'base64url').toString('latin1'), token);
    }),
  );
});

test('what is no token does no harm', () => assert.match(tokenProtocol('käse 🧀'), /^bearer64\.[\w-]+$/));
