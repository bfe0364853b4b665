/** Options: defaults, bounds, relations, and errors that name every fault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RaftOptions, RaftOptionsError, resolveRaftOptions } from './options.ts';
import { MemoryStorage } from './testing/memory-storage.ts';

const VALID: RaftOptions = { id: 1, storage: new MemoryStorage(), random: () => 0 };

function faults(options: object): string[] {
  try {
    resolveRaftOptions({ ...VALID, ...options });
    return [];
  } catch (error) {
    assert.ok(error instanceof RaftOptionsError);
    assert.equal(error.code, 'BATON_RAFT_OPTIONS');
    for (const { path } of error.faults) assert.ok(error.message.includes(path));
    return error.faults.map(({ path }) => path);
  }
}

test('the defaults are safe: PreVote, CheckQuorum, step-down, no forwarding; and the result is frozen', () => {
  const config = resolveRaftOptions(VALID);
  const { preVote, checkQuorum, stepDownOnRemoval, forwardProposals, electionTicks, heartbeatTicks } = config;
  assert.deepEqual([preVote, checkQuorum, stepDownOnRemoval, forwardProposals], [true, true, true, false]);
  assert.deepEqual([electionTicks, heartbeatTicks], [10, 1]);
  assert.ok(Object.isFrozen(config));
});

test('a value out of bounds is refused by name', () => {
  for (const [options, expected] of [
    [{ id: 0 }, ['id']],
    [{ id: Number.MAX_SAFE_INTEGER }, ['id']],
    [{ id: 1.5 }, ['id']],
    [{ random: 7 }, ['random']],
    [{ electionTicks: 0 }, ['electionTicks']],
    [{ heartbeatTicks: -1 }, ['heartbeatTicks']],
    [{ maxMessageBytes: -1 }, ['maxMessageBytes']],
    [{ maxInflightMessages: 0 }, ['maxInflightMessages']],
    [{ readOnly: 'fast' }, ['readOnly']],
    [{ preVote: 1 }, ['preVote']],
    [{ successionOrder: [1, 1] }, ['successionOrder']],
    [{ id: -1, electionTicks: 0.5 }, ['id', 'electionTicks']],
  ] as const) {
    assert.deepEqual(faults(options), expected, JSON.stringify(options));
  }
});

test('options that do not go together are refused', () => {
  for (const [options, expected] of [
    [{ electionTicks: 3, heartbeatTicks: 3 }, 'electionTicks'],
    [{ maxInflightBytes: 5, maxMessageBytes: 6 }, 'maxInflightBytes'],
    [{ readOnly: 'lease-based', checkQuorum: false }, 'readOnly'],
    [{ timeoutBands: true }, 'timeoutBands'],
    [{ timeoutBands: true, successionOrder: [1], preVote: false }, 'timeoutBands'],
    [{ transferToPreferred: true }, 'transferToPreferred'],
    [{ holdPreVotes: true, preVote: false }, 'holdPreVotes'],
    [{ leaseAfterRestart: true, checkQuorum: false }, 'leaseAfterRestart'],
  ] as const) {
    assert.deepEqual(faults(options), [expected], JSON.stringify(options));
  }
});

test('an unknown option is refused, with the nearest known one', () => {
  assert.throws(
    () => resolveRaftOptions({ ...VALID, electionTick: 5 } as RaftOptions),
    /electionTick is 5, expected no such option; the nearest is electionTicks/,
  );
});

test('undefined means absent', () => {
  const options = { ...VALID, preVote: undefined } as unknown as RaftOptions;
  assert.equal(resolveRaftOptions(options).preVote, true);
});
