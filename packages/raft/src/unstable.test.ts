/** Tables of the unstable tail: what is handed over, what is durable, what replaces what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, EntryType, NO_DATA, type Snapshot } from './entry.ts';
import { RaftInvariantError } from './invariant.ts';
import { Unstable } from './unstable.ts';

function entry(index: number, term: number): Entry {
  return { index, term, type: EntryType.Normal, data: NO_DATA };
}

function snapshot(index: number, term: number): Snapshot {
  const confState = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  return { index, term, confState, data: NO_DATA };
}

/** A tail from `offset` with entries of the given terms, of which the first `writing` are being written. */
function tail(offset: number, terms: readonly number[], writing = 0): Unstable {
  const unstable = new Unstable(offset);
  unstable.entries = terms.map((term, i) => entry(offset + i, term));
  unstable.offsetInProgress = offset + writing;
  return unstable;
}

const shape = ({ offset, offsetInProgress, entries }: Unstable): unknown => [
  offset,
  offsetInProgress,
  entries.map((one) => one.term),
];

test('the last index is that of the last entry, else of the snapshot, else nothing', () => {
  assert.equal(tail(5, [1, 1]).lastIndex(), 6);
  const restored = new Unstable(0);
  restored.restore(snapshot(4, 1));
  assert.equal(restored.lastIndex(), 4);
  assert.equal(new Unstable(9).lastIndex(), 0);
});

test('the term of an entry or of the snapshot is known here, any other is not', () => {
  const unstable = tail(5, [1, 2]);
  unstable.snapshot = snapshot(4, 1);
  assert.deepEqual(
    [3, 4, 5, 6, 7].map((index) => unstable.term(index)),
    [-1, 1, 1, 2, -1],
  );
});

test('each entry is handed over once, and a snapshot too', () => {
  const unstable = tail(5, [1, 1, 1], 2);
  assert.deepEqual(
    unstable.nextEntries().map(({ index }) => index),
    [7],
  );
  unstable.acceptInProgress();
  assert.deepEqual(unstable.nextEntries(), []);
  assert.equal(unstable.hasNextEntries(), false);
  unstable.restore(snapshot(9, 2));
  assert.equal(unstable.nextSnapshot()?.index, 9);
  unstable.acceptInProgress();
  assert.equal(unstable.nextSnapshot(), null);
  unstable.stableSnapshotTo(8);
  assert.equal(unstable.snapshot?.index, 9, 'another snapshot');
  unstable.stableSnapshotTo(9);
  assert.equal(unstable.snapshot, null);
});

test('what is durable leaves the tail, only if index and term are still those that were written', () => {
  for (const [index, term, expected] of [
    [5, 1, [6, 7, [1, 2]]],
    [6, 1, [7, 7, [2]]],
    [7, 2, [8, 8, []]],
    [7, 1, [5, 7, [1, 1, 2]]],
    [4, 1, [5, 7, [1, 1, 2]]],
    [8, 2, [5, 7, [1, 1, 2]]],
  ] as const) {
    const unstable = tail(5, [1, 1, 2], 2);
    unstable.stableTo(index, term);
    assert.deepEqual(shape(unstable), expected, `${term}/${index}`);
  }
  const matchesSnapshot = tail(5, [1]);
  matchesSnapshot.snapshot = snapshot(4, 1);
  matchesSnapshot.stableTo(4, 1);
  assert.deepEqual(shape(matchesSnapshot), [5, 5, [1]]);
});

test('new entries go behind, or replace what they overlap, and what is replaced is written anew', () => {
  for (const [writing, terms, first, added, expected] of [
    [0, [1], 6, [1, 1], [5, 5, [1, 1, 1]]],
    [1, [1], 6, [1, 1], [5, 6, [1, 1, 1]]],
    [0, [1], 5, [2, 2], [5, 5, [2, 2]]],
    [0, [1], 4, [2, 2, 2], [4, 4, [2, 2, 2]]],
    [1, [1], 5, [2, 2], [5, 5, [2, 2]]],
    [0, [1, 1, 1], 6, [2], [5, 5, [1, 2]]],
    [2, [1, 1, 1], 6, [2], [5, 6, [1, 2]]],
    [3, [1, 1, 1], 7, [2, 2], [5, 7, [1, 1, 2, 2]]],
    [1, [1, 1, 1], 7, [2], [5, 6, [1, 1, 2]]],
  ] as const) {
    const unstable = tail(5, terms, writing);
    unstable.truncateAndAppend(
      added.map((term, i) => entry(first + i, term)),
      0,
    );
    assert.deepEqual(shape(unstable), expected, `${terms} and ${added} from ${first}`);
  }
});

test('a gap, or entries that are not here, break an invariant', () => {
  assert.throws(() => tail(5, [1]).truncateAndAppend([entry(7, 1)], 0), RaftInvariantError);
  for (const [lo, hi] of [
    [4, 5],
    [5, 8],
    [7, 6],
  ] as const) {
    assert.throws(() => tail(5, [1, 1]).slice(lo, hi), RaftInvariantError);
  }
});

test('what is handed out does not change when the tail does', () => {
  const unstable = tail(5, [1, 1, 1]);
  const handed = unstable.nextEntries();
  unstable.truncateAndAppend([entry(6, 2)], 0);
  assert.deepEqual(
    handed.map(({ term }) => term),
    [1, 1, 1],
  );
});
