import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { timeUsOfData } from './entry-data.ts';
import { PendingProposals } from './pending-proposals.ts';
import type { ProposeResult } from './proposal.ts';
import { ProposalBatch } from './proposal-batch.ts';

const LIMITS = { commandBytesMax: 100, inFlightMax: 3, inFlightBytesMax: 150 };
const bytes = (length: number): Uint8Array => new Uint8Array(length);

function batchOf(lastTimeUs = 0): { batch: ProposalBatch; pending: PendingProposals; clock: VirtualClock } {
  const clock = new VirtualClock(1_000_000);
  const pending = new PendingProposals();
  return { batch: new ProposalBatch(clock, LIMITS, pending, lastTimeUs), pending, clock };
}

test('what one turn proposes reaches raft as one batch and takes the indexes in order', () => {
  const { batch, pending } = batchOf();
  batch.add(bytes(1), () => {});
  batch.add(bytes(2), () => {});
  const seen: number[] = [];
  batch.handOver((data) => {
    seen.push(...data.map(({ length }) => length));
    return { ok: true, index: 41, term: 3 };
  }, 1);
  assert.deepEqual(seen, [9, 10], '8 bytes of time and the command');
  assert.equal(pending.firstIndex, 41);
  assert.equal(pending.count, 2);
  batch.handOver(() => assert.fail('nothing waits'), 1);
});

test('entry times never go back: not with the wall clock, not behind an earlier leader', () => {
  const { batch } = batchOf(5_000_000);
  const times: number[] = [];
  const take = (data: readonly Uint8Array[]): { ok: true; index: number; term: number } => {
    times.push(...data.map(timeUsOfData));
    return { ok: true, index: 1, term: 1 };
  };
  batch.add(bytes(0), () => {});
  batch.handOver(take, 1);
  batch.sawTime(6_000_000);
  batch.sawTime(4_000_000);
  batch.add(bytes(0), () => {});
  batch.handOver(take, 1);
  assert.deepEqual(times, [5_000_000, 6_000_000], 'the wall clock says 1 s');
});

test('back-pressure counts all that have no outcome, in number and in bytes', () => {
  const { batch } = batchOf();
  assert.equal(batch.refusalOf(101), 'command-too-large');
  batch.add(bytes(100), () => {});
  assert.equal(batch.refusalOf(51), 'too-much-in-flight');
  assert.equal(batch.refusalOf(50), null);
  batch.handOver(() => ({ ok: true, index: 1, term: 1 }), 1);
  batch.add(bytes(0), () => {});
  assert.equal(batch.refusalOf(51), 'too-much-in-flight', 'in the log or not');
  batch.add(bytes(0), () => {});
  assert.equal(batch.refusalOf(0), 'too-much-in-flight');
});

test('behind an earlier leader whose clock was ahead, time goes on, a little slower, until the wall clock has caught up', () => {
  const { batch, clock } = batchOf(61_000_000);
  clock.advance(10_000);
  assert.equal(batch.nowUs(), 70_000_000, '9 s for 10');
  batch.sawTime(batch.nowUs());
  clock.advance(590_000);
  assert.equal(batch.nowUs(), 601_000_000);
  clock.advance(1_000);
  assert.equal(batch.nowUs(), clock.wallUs());
});

test('a refusal by raft goes to every command of the batch, after the turn', () => {
  const { batch, pending, clock } = batchOf();
  const outcomes: ProposeResult[] = [];
  batch.add(bytes(1), (outcome) => outcomes.push(outcome));
  batch.add(bytes(1), (outcome) => outcomes.push(outcome));
  batch.handOver(() => ({ ok: false, reason: 'not-leader' }), 2);
  assert.equal(outcomes.length, 0, 'never inside a call');
  clock.settle();
  assert.deepEqual(outcomes, Array(2).fill({ ok: false, reason: 'not-leader', leader: 2 }));
  assert.equal(pending.count, 0);
});
