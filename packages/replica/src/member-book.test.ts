import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCheckpointState, encodeCheckpointState } from './checkpoint-state.ts';
import { decodeChangeNote, encodeChangeNote, MemberBook } from './member-book.ts';

const plain = { noNullPrototype: true };
const entries = fc.record(
  {
    address: fc.record({ host: fc.string({ minLength: 1 }), port: fc.integer({ min: 1, max: 65_535 }) }, plain),
    info: fc.string({ unit: 'grapheme', maxLength: 50 }),
  },
  plain,
);

test('what the log said of a member is found again after a checkpoint, and outweighs the options', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 99 }), entries), { selector: ([id]) => id }),
      (rows) => {
        const peers = [{ nodeId: 1, address: { host: 'founder', port: 1 } }];
        const book = new MemberBook(peers);
        for (const [id, entry] of rows) book.set(id, entry);
        const other = new MemberBook(peers);
        other.set(77, { address: { host: 'stale', port: 7 }, info: '' });
        const state = Uint8Array.of(1, 2, 3);
        const decoded = decodeCheckpointState(encodeCheckpointState(1_800_000_000_000_001, state, book.encode()));
        assert.equal(decoded.lastTimeUs, 1_800_000_000_000_001);
        assert.deepEqual(Buffer.from(decoded.state), Buffer.from(state));
        assert.equal(other.restore(decoded.members), true);
        for (const [id, entry] of rows) assert.deepEqual(other.get(id), entry);
        if (!rows.some(([id]) => id === 77)) assert.equal(other.get(77), undefined);
        if (!rows.some(([id]) => id === 1)) assert.equal(other.get(1)?.address.host, 'founder');
      },
    ),
  );
});

test('what a change says of a member survives its way through the log, and other bytes are nothing', () => {
  const identities = fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.string()));
  const notes = fc.record({ member: fc.option(entries), identities }, plain);
  fc.assert(fc.property(notes, (note) => assert.deepEqual(decodeChangeNote(encodeChangeNote(note)), note)));
  assert.deepEqual(decodeChangeNote(undefined), { member: null, identities: [] });
  for (const text of ['x', '{}', '[]', '["a"]', '[["a","1",""],[]]', '[[1,1,""],[]]', '[null,[[1,2]]]', '[null,1]']) {
    assert.equal(decodeChangeNote(Buffer.from(text)), null, text);
  }
  for (const text of ['x', '{}', '[1]', '[[["1","h",1,""]],[],[]]', '[[[1,"h",1]],[],[]]', '[[],[[1,1]],[]]']) {
    assert.equal(new MemberBook([]).restore(Buffer.from(text)), false, text);
  }
});

test('an identity holds until its node is removed; who was removed is remembered until it is added again', () => {
  const book = new MemberBook([]);
  const entry = { address: { host: 'h', port: 1 }, info: '' };
  book.set(4, entry);
  book.identify(4, 'first');
  book.identify(4, 'second');
  book.identify(1, 'founder');
  book.remove(4, 17);
  const copy = new MemberBook([]);
  assert.equal(copy.restore(book.encode()), true);
  assert.deepEqual([copy.identityOf(1), copy.identityOf(4), copy.removed.get(4)], ['founder', undefined, 17]);
  copy.set(4, entry);
  copy.identify(4, 'second');
  assert.deepEqual([copy.identityOf(4), copy.removed.get(4)], ['second', undefined]);
});

test('a checkpoint without a book is as it was before there were books; one that is cut off is refused', () => {
  const plain = encodeCheckpointState(1, Uint8Array.of(9));
  assert.deepEqual([...plain], [0, 0, 0, 0, 0, 0, 0, 1, 9]);
  const bytes = encodeCheckpointState(1, Uint8Array.of(9), Buffer.from('[]'));
  for (let size = 8; size < 14; size++) {
    assert.throws(() => decodeCheckpointState(bytes.subarray(0, size)), { code: 'BATON_REPLICA_INVARIANT' });
  }
});
