import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PendingProposals } from './pending-proposals.ts';
import type { ProposeResult } from './proposal.ts';

function outcomesOf(): { readonly outcomes: ProposeResult[]; readonly take: (outcome: ProposeResult) => void } {
  const outcomes: ProposeResult[] = [];
  return { outcomes, take: (outcome) => outcomes.push(outcome) };
}

test('a proposal gets the result of the entry with its index and term', () => {
  const pending = new PendingProposals();
  const { outcomes, take } = outcomesOf();
  pending.add(7, 2, 10, 123, take);
  assert.equal(pending.applied(6, 2, 'other', 1), -1);
  assert.equal(pending.applied(7, 2, 'mine', 1), 123);
  assert.deepEqual(outcomes, [], 'nothing is told before the end of the turn');
  pending.report();
  assert.deepEqual(outcomes, [{ ok: true, index: 7, term: 2, result: 'mine' }]);
  assert.equal(pending.count, 0);
  assert.equal(pending.sizeBytes, 0);
});

test('an entry of another term at its index means that the proposal never takes effect', () => {
  const pending = new PendingProposals();
  const { outcomes, take } = outcomesOf();
  pending.add(7, 2, 10, 0, take);
  pending.applied(7, 3, 'foreign', 4);
  pending.report();
  assert.deepEqual(outcomes, [{ ok: false, reason: 'overwritten', leader: 4 }]);
});

test('a jump of the state over a proposal leaves its outcome unknown', () => {
  const pending = new PendingProposals();
  const { outcomes, take } = outcomesOf();
  pending.add(7, 2, 10, 0, take);
  pending.add(9, 2, 10, 0, take);
  assert.equal(pending.skippedTo(8, 4), 1);
  pending.report();
  assert.deepEqual(outcomes, [{ ok: false, reason: 'leadership-lost', leader: 4 }]);
  assert.equal(pending.firstIndex, 9);
});

test('a node that leads again keeps what its log holds and refuses the rest for certain', () => {
  const pending = new PendingProposals();
  const { outcomes, take } = outcomesOf();
  pending.add(7, 2, 10, 0, take);
  pending.add(8, 2, 10, 0, take);
  pending.add(8, 4, 10, 0, take);
  pending.leadsWith((index, term) => index === 8 && term === 2, 1);
  pending.report();
  assert.deepEqual(outcomes, [{ ok: false, reason: 'overwritten', leader: 1 }]);
  pending.applied(7, 2, 'a', 1);
  pending.applied(8, 4, 'b', 1);
  pending.report();
  assert.deepEqual(
    outcomes.slice(1).map((outcome) => outcome.ok && outcome.result),
    ['a', 'b'],
  );
});

test('every proposal gets exactly one outcome, in order, whatever is applied', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 0, max: 3000 }),
      (terms, appliedCount) => {
        const pending = new PendingProposals();
        const told: number[] = [];
        terms.forEach((_, i) => {
          pending.add(i + 1, 2, 1, 0, () => told.push(i + 1));
        });
        terms.slice(0, appliedCount).forEach((term, i) => {
          pending.applied(i + 1, term, null, 0);
        });
        pending.giveUp(0);
        pending.report();
        assert.deepEqual(
          told,
          terms.map((_, i) => i + 1),
        );
        assert.equal(pending.sizeBytes, 0);
      },
    ),
    { numRuns: 50 },
  );
});

test('a callback that causes further outcomes is followed by theirs', () => {
  const pending = new PendingProposals();
  const { outcomes, take } = outcomesOf();
  pending.add(1, 1, 0, 0, () => pending.giveUp(0));
  pending.add(2, 1, 0, 0, take);
  pending.applied(1, 1, null, 0);
  pending.report();
  assert.equal(outcomes.length, 1);
});

test('the age of the oldest open proposal grows until it is decided', () => {
  const pending = new PendingProposals();
  const { take } = outcomesOf();
  assert.equal(pending.ageUs(500), 0);
  pending.add(7, 2, 10, 100, take);
  pending.add(8, 2, 10, 400, take);
  assert.equal(pending.ageUs(500), 400);
  pending.applied(7, 2, '', 1);
  assert.equal(pending.ageUs(500), 100);
  pending.applied(8, 2, '', 1);
  assert.equal(pending.ageUs(500), 0);
});
