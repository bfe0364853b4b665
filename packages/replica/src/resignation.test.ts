import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import type { RaftNode } from '@baton/raft';
import { Resignation } from './resignation.ts';

function rig() {
  const state = { waitedUs: 0, leads: true, match: { own: 5, other: 5 }, held: false, handOvers: 0 };
  const progress = () => [
    { id: 1, isLearner: false, match: state.match.own },
    { id: 2, isLearner: false, match: state.match.other },
  ];
  const raft = {
    holdCampaigns: (isHeld: boolean) => {
      state.held = isHeld;
    },
    status: () => ({ id: 1, progress: progress() }),
  } as unknown as RaftNode;
  const clock = new VirtualClock();
  const resignation = new Resignation({
    clock,
    log: () => {},
    raft,
    electionMs: 50,
    waitingUs: () => state.waitedUs,
    isLeader: () => state.leads,
    handOver: () => Promise.resolve(void state.handOvers++),
    fail: () => {},
  });
  /** The disk has been waited for this long, and longer with each call: as much time passes. */
  const waited = (ms: number): void => {
    clock.advance(Math.max(0, ms - state.waitedUs / 1000));
    state.waitedUs = ms * 1000;
    resignation.tick();
  };
  return { state, waited };
}

test('a disk that stands still for an election timeout holds campaigns back, until it moves again', () => {
  const { state, waited } = rig();
  waited(49);
  assert.equal(state.held, false);
  waited(50);
  assert.equal(state.held, true);
  waited(0);
  assert.equal(state.held, false);
});

test('a leader whose disk stands still hands over once, if another stores on', () => {
  const { state, waited } = rig();
  state.match.other = 6;
  waited(50);
  waited(99);
  assert.equal(state.handOvers, 0);
  waited(100);
  waited(105);
  assert.equal(state.handOvers, 1);
});

test('a disk that stands still for everybody moves no leadership here', () => {
  const { state, waited } = rig();
  waited(200);
  assert.equal(state.handOvers, 0);
});

test('another whose disk moves again a little earlier is given nothing', () => {
  const { state, waited } = rig();
  waited(50);
  waited(400);
  state.match.other = 6;
  waited(405);
  waited(449);
  assert.equal(state.handOvers, 0);
  waited(455);
  assert.equal(state.handOvers, 1);
});

test('a second stall after the first is a reason of its own', () => {
  const { state, waited } = rig();
  state.match.other = 6;
  for (const ms of [50, 100, 0, 50, 100]) waited(ms);
  assert.equal(state.handOvers, 2);
});

test('a follower hands nothing over', () => {
  const { state, waited } = rig();
  state.leads = false;
  state.match.other = 6;
  waited(50);
  waited(500);
  assert.equal(state.handOvers, 0);
});
