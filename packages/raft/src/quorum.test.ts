/** Majorities against slow twins, for all small configurations that fast-check tries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { committedIndex, INDEX_INFINITY, jointCommittedIndex, jointVoteResult, voteResult } from './quorum.ts';

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 });
const acks = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.integer({ min: 0, max: 20 }));
const ballots = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean());

test('CM: the committed index is the highest that more than half of the voters have', () => {
  fc.assert(
    fc.property(voters, acks, (ids, acked) => {
      const at = (id: number): number => acked[String(id)] ?? 0;
      const index = committedIndex(ids, at);
      if (ids.length === 0) return index === INDEX_INFINITY;
      const have = (least: number): number => ids.filter((id) => at(id) >= least).length;
      return have(index) * 2 > ids.length && have(index + 1) * 2 <= ids.length;
    }),
  );
});

test('CM: a joint configuration commits what both halves commit; an empty half adds nothing', () => {
  fc.assert(
    fc.property(voters, voters, acks, (first, second, acked) => {
      const at = (id: number): number | undefined => acked[String(id)];
      const joint = jointCommittedIndex(first, second, at);
      assert.equal(joint, Math.min(committedIndex(first, at), committedIndex(second, at)));
      assert.equal(jointCommittedIndex(first, [], at), committedIndex(first, at));
    }),
  );
});

test('EL: a vote is won by more than half, lost when that is out of reach, and open otherwise', () => {
  fc.assert(
    fc.property(voters, ballots, (ids, cast) => {
      const votes = new Map(Object.entries(cast).map(([id, vote]) => [Number(id), vote]));
      const yes = ids.filter((id) => votes.get(id) === true).length;
      const open = ids.filter((id) => !votes.has(id)).length;
      const won = ids.length === 0 || yes * 2 > ids.length;
      const expected = won ? 'won' : (yes + open) * 2 > ids.length ? 'pending' : 'lost';
      assert.equal(voteResult(ids, votes), expected);
    }),
  );
});

test('EL: a joint vote needs both halves, and is lost with either', () => {
  fc.assert(
    fc.property(voters, voters, ballots, (first, second, cast) => {
      const votes = new Map(Object.entries(cast).map(([id, vote]) => [Number(id), vote]));
      const halves = [voteResult(first, votes), voteResult(second, votes)];
      const expected = halves.includes('lost') ? 'lost' : halves.includes('pending') ? 'pending' : 'won';
      assert.equal(jointVoteResult(first, second, votes), expected);
    }),
  );
});
