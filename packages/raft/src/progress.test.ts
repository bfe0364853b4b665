/** Tables of a follower's progress: what each event makes of match, next, state and pause. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inflights } from './inflights.ts';
import { Progress, type ProgressState } from './progress.ts';

function progress(state: ProgressState, match: number, next: number, pendingSnapshot = 0): Progress {
  const made = new Progress(next, false, new Inflights(2, Number.POSITIVE_INFINITY));
  made.match = match;
  made.state = state;
  made.pendingSnapshot = pendingSnapshot;
  return made;
}

test('RP: probing begins behind what is known to match, or behind a snapshot that arrived', () => {
  for (const [from, pending, next] of [
    ['replicate', 0, 2],
    ['probe', 0, 2],
    ['snapshot', 10, 11],
    ['snapshot', 0, 2],
  ] as const) {
    const made = progress(from, 1, 5, pending);
    made.sentCommit = 4;
    made.becomeProbe();
    assert.deepEqual([made.state, made.match, made.next], ['probe', 1, next]);
    assert.ok(made.sentCommit < made.next, 'never more commit than was sent');
    assert.equal(made.pendingSnapshot, 0);
  }
});

test('RP: replicating goes on after the match; a snapshot pauses all sending', () => {
  const made = progress('probe', 1, 5);
  made.becomeReplicate();
  assert.deepEqual([made.state, made.next, made.isPaused()], ['replicate', 2, false]);
  made.becomeSnapshot(10);
  assert.deepEqual([made.state, made.next, made.pendingSnapshot, made.isPaused()], ['snapshot', 11, 10, true]);
});

test('RP: an acknowledgement moves the match up and never down', () => {
  for (const [index, moved, match, next] of [
    [2, false, 3, 5],
    [3, false, 3, 5],
    [4, true, 4, 5],
    [5, true, 5, 6],
    [6, true, 6, 7],
  ] as const) {
    const made = progress('replicate', 3, 5);
    assert.deepEqual([made.acknowledge(index), made.match, made.next], [moved, match, next], `index ${index}`);
  }
});

test('RP: a rejection lowers next, unless it is old news', () => {
  for (const [state, match, next, rejected, hint, moved, after] of [
    ['replicate', 5, 10, 5, 5, false, 10],
    ['replicate', 5, 10, 4, 4, false, 10],
    ['replicate', 5, 10, 9, 9, true, 6],
    ['probe', 0, 0, 0, 0, false, 0],
    ['probe', 0, 10, 5, 5, false, 10],
    ['probe', 0, 10, 9, 9, true, 9],
    ['probe', 0, 2, 1, 1, true, 1],
    ['probe', 0, 1, 0, 0, true, 1],
    ['probe', 0, 10, 9, 2, true, 3],
    ['probe', 4, 10, 9, 2, true, 5],
  ] as const) {
    const made = progress(state, match, next);
    assert.deepEqual([made.reject(rejected, hint), made.next], [moved, after], `${state} ${match} ${next} ${rejected}`);
  }
});

test('RP: a probe with entries pauses until it is answered; a full window pauses until an acknowledgement', () => {
  const probing = progress('probe', 0, 1);
  probing.sentEntries(0, 0);
  assert.equal(probing.isPaused(), false);
  probing.sentEntries(1, 10);
  assert.deepEqual([probing.isPaused(), probing.next], [true, 1]);
  const replicating = progress('replicate', 0, 1);
  replicating.sentEntries(3, 10);
  assert.deepEqual([replicating.isPaused(), replicating.next], [false, 4]);
  replicating.sentEntries(1, 10);
  assert.deepEqual([replicating.isPaused(), replicating.next], [true, 5]);
  replicating.inflights.freeUpTo(3);
  replicating.acknowledge(3);
  assert.equal(replicating.isPaused(), false);
});

test('CM: a commit index is worth sending only if the follower has the entry and was not told', () => {
  for (const [sentCommit, next, commit, worth] of [
    [3, 10, 3, false],
    [3, 10, 4, true],
    [3, 4, 9, false],
    [3, 5, 9, true],
  ] as const) {
    const made = progress('replicate', 1, next);
    made.sentCommit = sentCommit;
    assert.equal(made.canBumpCommit(commit), worth);
  }
});

test('RP: a term begins with nothing known of a follower', () => {
  const made = progress('snapshot', 7, 9, 8);
  made.recentActive = true;
  made.reset(20);
  const { match, next, state, pendingSnapshot, recentActive, sentCommit } = made;
  assert.deepEqual([match, next, state, pendingSnapshot, recentActive, sentCommit], [0, 20, 'probe', 0, false, 0]);
});
