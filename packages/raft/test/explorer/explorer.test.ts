/**
 * EL: all interleavings of three nodes within bounds, for every rule that touches votes, on and off. BATON_RAFT_STATES
 * raises the number of states a case may visit; below it a case either exhausts its bounds or stops, and says which.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Explorer } from './explorer.ts';
import type { Bounds, ModelOptions } from './model.ts';

const MAX_STATES = Number(process.env['BATON_RAFT_STATES'] ?? 30_000);
const ALL = [1, 2, 3];
const NONE: Bounds = {
  campaigners: ALL,
  slowDisks: [],
  votesOnly: false,
  depth: 60,
  terms: 2,
  crashes: 0,
  forgets: 0,
  deaths: 0,
  transfers: 0,
  quorumLosses: 0,
};
const THREE: Bounds = { ...NONE, terms: 3 };
const VOTES: Bounds = { ...THREE, votesOnly: true };
const PLAIN: ModelOptions = { preVote: false, checkQuorum: false };
const PRE: ModelOptions = { preVote: true, checkQuorum: false };
const FULL: ModelOptions = { preVote: true, checkQuorum: true };
const SUCCESSION: ModelOptions = { ...FULL, holdPreVotes: true, successionOrder: [2, 3, 1], timeoutBands: true };
const PLAIN_LEASE: ModelOptions = { ...PLAIN, checkQuorum: true };
const PLAIN_DEATH: ModelOptions = { ...PLAIN_LEASE, successionOrder: [2, 3, 1] };

const CASES: readonly (readonly [string, ModelOptions, Bounds])[] = [
  ['votes', PLAIN, { ...VOTES, terms: 2, slowDisks: ALL, crashes: 1 }],
  ['votes of two terms', PLAIN, VOTES],
  ['votes with PreVote', PRE, VOTES],
  [
    'votes, one slow candidate that crashes',
    PLAIN,
    { ...VOTES, terms: 2, campaigners: [1], slowDisks: [1], crashes: 1 },
  ],
  [
    'votes with PreVote, one slow candidate that crashes',
    PRE,
    { ...VOTES, campaigners: [1], slowDisks: [1], crashes: 1 },
  ],
  [
    'votes, two candidates, a slow voter that crashes',
    PLAIN,
    { ...VOTES, terms: 2, campaigners: [1, 2], slowDisks: [3], crashes: 1 },
  ],
  ['logs', PLAIN, THREE],
  ['logs, slow disks, a crash', PLAIN, { ...THREE, campaigners: [1, 2], slowDisks: ALL, crashes: 1 }],
  ['logs with PreVote', PRE, THREE],
  ['CheckQuorum and lease', PLAIN_LEASE, { ...THREE, quorumLosses: 1 }],
  ['PreVote and CheckQuorum, a crash', FULL, { ...THREE, crashes: 1, quorumLosses: 1 }],
  ['ForgetLeader', FULL, { ...THREE, forgets: 2 }],
  ['proof of death, right or wrong', SUCCESSION, { ...THREE, deaths: 2 }],
  ['proof of death without PreVote', PLAIN_DEATH, { ...THREE, deaths: 2 }],
  ['transfer', FULL, { ...THREE, transfers: 2 }],
  ['transfer without PreVote, a crash', PLAIN, { ...THREE, transfers: 1, crashes: 1 }],
  ['everything', SUCCESSION, { ...THREE, crashes: 1, forgets: 1, deaths: 1, transfers: 1, quorumLosses: 1 }],
];

for (const [name, options, bounds] of CASES) {
  test(`one leader and one vote a term, and complete leaders, in every interleaving: ${name}`, (context) => {
    // States of votes alone are small and soon visited; five times as many exhaust the first of these cases.
    const found = new Explorer(options, bounds).run(bounds.votesOnly ? MAX_STATES * 5 : MAX_STATES);
    context.diagnostic(`${name}: ${JSON.stringify(found)}`);
    if (name === 'votes of two terms' && MAX_STATES >= 30_000) assert.ok(found.exhausted, 'every state was seen');
    if (MAX_STATES >= 30_000) assert.ok(found.leaders > 0, 'leaders were elected');
  });
}

test('the explorer finds what etcd/raft allows: a node that leads one term twice, when its own vote was not durable', () => {
  const bounds: Bounds = { ...VOTES, terms: 2, campaigners: [1], slowDisks: [1], crashes: 1 };
  assert.throws(
    () => new Explorer({ ...PLAIN, strictVotes: false }, bounds).run(200_000),
    /term 2 has leaders 1 and 1/,
  );
});
