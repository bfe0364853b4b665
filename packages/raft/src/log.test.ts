/** Tables of the whole log: matching, conflicts, commit, what may be applied, slices across storage and tail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, EntryType, entriesSizeBytes, NO_DATA, NO_LIMIT, type Snapshot } from './entry.ts';
import { RaftInvariantError } from './invariant.ts';
import { RaftLog, UNKNOWN_TERM } from './log.ts';
import { MemoryStorage } from './testing/memory-storage.ts';

function entries(terms: readonly number[], first: number): Entry[] {
  return terms.map((term, i) => ({ term, index: first + i, type: EntryType.Normal, data: NO_DATA }));
}

/** A log with stable and unstable terms from index 1 on. */
function logOf(stable: readonly number[], unstable: readonly number[] = [], maxApplying = NO_LIMIT): RaftLog {
  const storage = new MemoryStorage();
  storage.append(entries(stable, 1));
  const log = new RaftLog(storage, maxApplying);
  log.append(entries(unstable, stable.length + 1), 0);
  return log;
}

function terms(log: RaftLog): number[] {
  return (log.entries(log.firstIndex(), NO_LIMIT) ?? []).map(({ term }) => term);
}

const restored: Snapshot = {
  index: 10,
  term: 3,
  confState: { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
  data: NO_DATA,
};

test('RP: terms are known from the compacted entry before the first to the last', () => {
  const log = logOf([1, 1, 2], [3]);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((index) => log.term(index)),
    [0, 1, 1, 2, 3, UNKNOWN_TERM],
  );
  (log.storage as MemoryStorage).compact(2);
  assert.deepEqual(
    [1, 2, 3].map((index) => log.term(index)),
    [UNKNOWN_TERM, 1, 2],
  );
  log.restore(restored);
  assert.deepEqual(
    [9, 10, 11].map((index) => log.term(index)),
    [UNKNOWN_TERM, 3, UNKNOWN_TERM],
  );
});

test('EL: a log is as up to date by its last term, then by its length', () => {
  const log = logOf([1, 2, 3]);
  for (const [index, term, ok] of [
    [1, 4, true],
    [3, 4, true],
    [2, 3, false],
    [3, 3, true],
    [4, 3, true],
    [9, 2, false],
  ] as const) {
    assert.equal(log.isUpToDate(index, term), ok, `${term}/${index}`);
  }
});

test('RP: entries are taken if the one before matches; what conflicts is replaced, what does not is kept', () => {
  for (const [prev, prevTerm, sent, commit, last, after, committed] of [
    [2, 3, [4], 9, -1, [1, 2, 3], 1],
    [4, 3, [4], 9, -1, [1, 2, 3], 1],
    [3, 3, [], 3, 3, [1, 2, 3], 3],
    [3, 3, [], 9, 3, [1, 2, 3], 3],
    [3, 3, [], 0, 3, [1, 2, 3], 1],
    [3, 3, [4], 3, 4, [1, 2, 3, 4], 3],
    [3, 3, [4, 4], 9, 5, [1, 2, 3, 4, 4], 5],
    [2, 2, [4], 3, 3, [1, 2, 4], 3],
    [1, 1, [4], 2, 2, [1, 4], 2],
    [1, 1, [4, 4], 3, 3, [1, 4, 4], 3],
    [1, 1, [2], 1, 2, [1, 2, 3], 1],
  ] as const) {
    const log = logOf([1, 2], [3]);
    log.commitTo(1);
    const name = `${sent} after ${prevTerm}/${prev}`;
    assert.equal(log.maybeAppend(prev, prevTerm, entries(sent, prev + 1), commit), last, name);
    assert.deepEqual([terms(log), log.committed], [after, committed], name);
  }
});

test('CM: a committed entry is never replaced', () => {
  const log = logOf([1, 2, 3]);
  log.commitTo(3);
  assert.throws(() => log.maybeAppend(1, 1, entries([4], 2), 9), RaftInvariantError);
});

test('CM: the commit index never goes back, and never beyond the end of the log', () => {
  const log = logOf([1, 2, 3]);
  log.commitTo(2);
  log.commitTo(1);
  assert.equal(log.committed, 2);
  assert.throws(() => log.commitTo(4), RaftInvariantError);
});

test('CM: only an entry of the given term is committed by counting', () => {
  const log = logOf([1, 2]);
  assert.deepEqual([log.maybeCommit(1, 2), log.committed], [false, 0]);
  assert.deepEqual([log.maybeCommit(2, 2), log.committed], [true, 2]);
  assert.equal(log.maybeCommit(2, 2), false);
});

test('RP: the best guess at a match is the highest index whose term is not later', () => {
  const log = logOf([2, 2, 5, 5, 5]);
  for (const [index, term, found] of [
    [5, 6, 5],
    [5, 5, 5],
    [5, 4, 2],
    [5, 2, 2],
    [5, 1, 0],
    [2, 4, 2],
    [0, 4, 0],
    [9, 1, 9],
  ] as const) {
    assert.equal(log.conflictIndex(index, term), found, `${term}/${index}`);
  }
});

test('CM: only what is committed is handed out for applying, and without permission only what is durable', () => {
  const log = logOf([1, 1], [1, 1]);
  log.commitTo(3);
  assert.deepEqual(
    log.nextCommitted(false).map(({ index }) => index),
    [1, 2],
  );
  assert.deepEqual(
    log.nextCommitted(true).map(({ index }) => index),
    [1, 2, 3],
  );
  log.acceptApplying(log.nextCommitted(true), true);
  assert.deepEqual(log.nextCommitted(true), []);
  log.appliedTo(3, []);
  assert.deepEqual([log.applied, log.applying], [3, 3]);
  assert.throws(() => log.appliedTo(4, []), RaftInvariantError);
});

test('CM: applying pauses at its limit of bytes and goes on when it is reported', () => {
  const one = entriesSizeBytes(entries([1], 1));
  const log = logOf([1, 1, 1, 1], [], one * 2);
  log.commitTo(4);
  const first = log.nextCommitted(true);
  assert.equal(first.length, 2);
  log.acceptApplying(first, true);
  assert.equal(log.hasNextCommitted(true), false);
  log.appliedTo(2, first);
  assert.equal(log.nextCommitted(true).length, 2);
});

test('MB: nothing is applied while a snapshot waits to be stored', () => {
  const log = logOf([1, 1]);
  log.commitTo(2);
  log.restore(restored);
  assert.deepEqual([log.hasNextCommitted(true), log.committed, log.lastIndex(), log.firstIndex()], [false, 10, 10, 11]);
});

test('RP: slices join storage and tail, keep to the limit, and give at least one entry', () => {
  const one = entriesSizeBytes(entries([1], 1));
  for (const [lo, hi, limit, expected] of [
    [1, 1, NO_LIMIT, []],
    [1, 5, NO_LIMIT, [1, 2, 3, 4]],
    [2, 4, NO_LIMIT, [2, 3]],
    [3, 5, NO_LIMIT, [3, 4]],
    [1, 5, 0, [1]],
    [1, 5, one, [1]],
    [1, 5, one * 2, [1, 2]],
    [1, 5, one * 3 - 1, [1, 2]],
    [1, 5, one * 3, [1, 2, 3]],
    [2, 5, one, [2]],
    [3, 5, 0, [3]],
    [3, 5, one * 2, [3, 4]],
  ] as const) {
    const log = logOf([1, 1], [1, 1]);
    assert.deepEqual(
      log.slice(lo, hi, limit)?.map(({ index }) => index),
      expected,
      `[${lo}, ${hi}) of ${limit}`,
    );
  }
  const compacted = logOf([1, 1, 1]);
  (compacted.storage as MemoryStorage).compact(2);
  assert.equal(compacted.slice(2, 4, NO_LIMIT), null);
  assert.throws(() => compacted.slice(3, 5, NO_LIMIT), RaftInvariantError);
});
