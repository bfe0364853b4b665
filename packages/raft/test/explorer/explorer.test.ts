/**
 * EL: all interleavings of three nodes within bounds, for every rule that touches votes, on and off. BATON_RAFT_STATES
 * raises the number of states a case may visit; below it a case either exhausts its bounds or stops, and says which.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Explorer } from './explorer.ts';
import type { Bounds, ModelOptions } from './model.ts';

const MAX_STATES = Number(process.env['BATON_RAFT_STATES'] ?? 30_000);
const NONE: Bounds = {
  votesOnly: false,
  depth: 60,
  terms: 2,
  crashes: 0,
  forgets: 0,
  deaths: 0,
  transfers: 0,
  quorumLosses: 0,
};
const PLAIN: ModelOptions = { preVote: false, checkQuorum: false };
const PRE: ModelOptions = { preVote: true, checkQuorum: false };
const FULL: ModelOptions = { preVote: true, checkQuorum: true };
const SUCCESSION: ModelOptions = { ...FULL, holdPreVotes: true, successionOrder: [2, 3, 1], timeoutBands: true };

interface Case {
  readonly name: string;
  readonly options: ModelOptions;
  readonly bounds: Bounds;
  readonly instantDisk: boolean;
}

const VOTES: Bounds = { ...NONE, votesOnly: true };
const THREE: Bounds = { ...NONE, terms: 3 };
const PLAIN_LEASE: ModelOptions = { ...PLAIN, checkQuorum: true };
const PLAIN_DEATH: ModelOptions = { ...PLAIN_LEASE, successionOrder: [2, 3, 1] };

const CASES: readonly Case[] = [
  {
    name: 'votes alone, slow disks, two crashes',
    options: PLAIN,
    bounds: { ...VOTES, crashes: 2 },
    instantDisk: false,
  },
  {
    name: 'votes alone with PreVote, slow disks, a crash',
    options: PRE,
    bounds: { ...VOTES, crashes: 1 },
    instantDisk: false,
  },
  { name: 'votes alone, two terms', options: PLAIN, bounds: { ...VOTES, terms: 3 }, instantDisk: true },
  { name: 'votes alone with PreVote, two terms', options: PRE, bounds: { ...VOTES, terms: 3 }, instantDisk: true },
  { name: 'plain', options: PLAIN, bounds: THREE, instantDisk: true },
  { name: 'plain, slow disks, a crash', options: PLAIN, bounds: { ...THREE, crashes: 1 }, instantDisk: false },
  { name: 'PreVote', options: PRE, bounds: THREE, instantDisk: true },
  { name: 'CheckQuorum and lease', options: PLAIN_LEASE, bounds: { ...THREE, quorumLosses: 1 }, instantDisk: true },
  {
    name: 'PreVote and CheckQuorum, a crash',
    options: FULL,
    bounds: { ...THREE, crashes: 1, quorumLosses: 1 },
    instantDisk: true,
  },
  { name: 'ForgetLeader', options: FULL, bounds: { ...THREE, forgets: 2 }, instantDisk: true },
  { name: 'proof of death, right or wrong', options: SUCCESSION, bounds: { ...THREE, deaths: 2 }, instantDisk: true },
  { name: 'proof of death without PreVote', options: PLAIN_DEATH, bounds: { ...THREE, deaths: 2 }, instantDisk: true },
  { name: 'transfer', options: FULL, bounds: { ...THREE, transfers: 2 }, instantDisk: true },
  {
    name: 'transfer without PreVote, a crash',
    options: PLAIN,
    bounds: { ...THREE, transfers: 1, crashes: 1 },
    instantDisk: true,
  },
  {
    name: 'everything together',
    options: SUCCESSION,
    bounds: { ...THREE, crashes: 1, forgets: 1, deaths: 1, transfers: 1, quorumLosses: 1 },
    instantDisk: true,
  },
];

for (const { name, options, bounds, instantDisk } of CASES) {
  test(`one leader and one vote a term, and complete leaders, in every interleaving: ${name}`, (context) => {
    const found = new Explorer(options, bounds, instantDisk).run(MAX_STATES);
    context.diagnostic(`${name}: ${JSON.stringify(found)}`);
    assert.ok(found.states > 1000 || found.exhausted, 'the exploration went somewhere');
    if (MAX_STATES >= 30_000 && instantDisk) assert.ok(found.leaders > 0, 'leaders were elected');
  });
}
