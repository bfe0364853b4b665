/**
 * The laws of the Raft paper (Ongaro, Ousterhout 2014, extended version), one test each, named by
 * law and section. Terms and elections. Written against the public face only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, Role } from '../src/index.ts';
import { answersOf, elected, entriesOf, messageOf, prepared } from '../src/testing/index.ts';

const { App, Heartbeat, Vote, VoteResp } = MessageType;

function vote(from: number, term: number, index: number, logTerm: number): Message {
  return messageOf(Vote, { from, to: 1, term, index, logTerm });
}

function append(from: number, term: number, prev: [number, number], terms: readonly number[], commit = 0): Message {
  const [index, logTerm] = prev;
  return messageOf(App, { from, to: 1, term, index, logTerm, entries: entriesOf(terms, index + 1), commit });
}

test('5.1: a server that sees a later term adopts it and becomes follower, whatever it was', () => {
  for (const role of [Role.Follower, Role.Candidate, Role.Leader]) {
    const peer = role === Role.Leader ? elected({ term: 1 }) : prepared({ term: 1 });
    if (role === Role.Candidate) peer.node.campaign();
    peer.work();
    answersOf(peer, append(2, 9, [0, 0], []));
    const { term, leader: known, role: now } = peer.node.status();
    assert.deepEqual([term, known, now], [9, 2, Role.Follower], role);
  }
});

test('5.1: a message of an earlier term is rejected or ignored, and changes nothing', () => {
  const peer = prepared({ term: 5, log: [1, 5] });
  const before = peer.node.status();
  assert.deepEqual(answersOf(peer, append(2, 4, [2, 5], [4])), []);
  assert.deepEqual(answersOf(peer, vote(3, 4, 9, 4)), []);
  assert.deepEqual(peer.node.status(), before);
});

test('5.2: servers start as followers', () => {
  assert.equal(prepared().node.status().role, Role.Follower);
});

test('5.2: a leader sends heartbeats to all followers, every heartbeat interval', () => {
  const peer = elected({ heartbeatTicks: 2 });
  peer.node.tick();
  assert.deepEqual(peer.work(), []);
  peer.node.tick();
  assert.deepEqual(
    peer.work().map(({ type, to }) => [type, to]),
    [
      [Heartbeat, 2],
      [Heartbeat, 3],
    ],
  );
});

test('5.2: a follower that hears of no leader for its timeout votes for itself in a later term and asks all others', () => {
  const peer = prepared({ term: 2, electionTicks: 10 });
  for (let i = 0; i < 9; i++) peer.node.tick();
  assert.deepEqual(peer.work(), []);
  peer.node.tick();
  const sent = peer.work();
  const { term, vote: voted, role } = peer.node.status();
  assert.deepEqual([term, voted, role], [3, 1, Role.Candidate]);
  assert.deepEqual(
    sent.map(({ type, to, term: asked }) => [type, to, asked]),
    [
      [Vote, 2, 3],
      [Vote, 3, 3],
    ],
  );
});

test('5.2: a heartbeat or an append of the leader holds the timeout back', () => {
  const peer = prepared({ term: 1, electionTicks: 10 });
  for (let i = 0; i < 50; i++) {
    peer.node.tick();
    if (i % 5 === 0) peer.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  }
  assert.equal(peer.node.status().role, Role.Follower);
});

test('5.2: an election is won with a majority of the votes, of clusters of one to nine', () => {
  const table: [number, number, Role][] = [
    [1, 0, Role.Leader],
    [3, 0, Role.Candidate],
    [3, 1, Role.Leader],
    [3, 2, Role.Leader],
    [5, 1, Role.Candidate],
    [5, 2, Role.Leader],
    [9, 3, Role.Candidate],
    [9, 4, Role.Leader],
  ];
  for (const [size, granted, expected] of table) {
    const peer = prepared({ voters: Array.from({ length: size }, (_, i) => i + 1) });
    peer.node.campaign();
    peer.work();
    for (let from = 2; from < 2 + granted; from++) peer.node.step(messageOf(VoteResp, { from, to: 1, term: 1 }));
    assert.equal(peer.node.status().role, expected, `${granted} of ${size}`);
  }
});

test('5.2: an election is lost, and not waited for, when a majority refuses', () => {
  const peer = prepared({ voters: [1, 2, 3, 4, 5] });
  peer.node.campaign();
  peer.work();
  for (const from of [2, 3]) peer.node.step(messageOf(VoteResp, { from, to: 1, term: 1, reject: true }));
  assert.equal(peer.node.status().role, Role.Candidate);
  peer.node.step(messageOf(VoteResp, { from: 4, to: 1, term: 1, reject: true }));
  assert.equal(peer.node.status().role, Role.Follower);
});

test('5.2: the answer of one server counts once, however often it comes', () => {
  const peer = prepared({ voters: [1, 2, 3, 4, 5] });
  peer.node.campaign();
  peer.work();
  for (let i = 0; i < 5; i++) peer.node.step(messageOf(VoteResp, { from: 2, to: 1, term: 1 }));
  assert.equal(peer.node.status().role, Role.Candidate);
});

test('5.2: a server votes for at most one candidate a term, first come first served', () => {
  const table: [number, number, boolean][] = [
    [0, 2, true],
    [0, 3, true],
    [2, 2, true],
    [3, 3, true],
    [2, 3, false],
    [3, 2, false],
  ];
  for (const [voted, from, granted] of table) {
    const [response] = answersOf(prepared({ term: 1, vote: voted }), vote(from, 1, 0, 0));
    assert.equal(response?.type, VoteResp);
    assert.equal(response?.reject, !granted, `voted for ${voted}, asked by ${from}`);
  }
});

test('5.2: a node votes at most once in a term, across restarts', () => {
  const peer = prepared({ term: 1 });
  assert.equal(answersOf(peer, vote(2, 2, 0, 0))[0]?.reject, false);
  peer.restart();
  assert.equal(answersOf(peer, vote(3, 2, 0, 0))[0]?.reject, true);
  assert.equal(answersOf(peer, vote(2, 2, 0, 0))[0]?.reject, false);
});

test('5.2: a term never goes back across restarts', () => {
  const peer = prepared({ term: 1 });
  answersOf(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 7 }));
  peer.restart();
  assert.equal(peer.node.status().term, 7);
});

test('5.2: a candidate that hears a leader of its term or a later one returns to following', () => {
  for (const term of [1, 2]) {
    const peer = prepared();
    peer.node.campaign();
    peer.work();
    answersOf(peer, append(2, term, [0, 0], []));
    assert.deepEqual([peer.node.status().role, peer.node.status().leader], [Role.Follower, 2]);
  }
});

test('5.2: election timeouts are drawn afresh, from [T, 2T)', () => {
  const seen = new Set<number>();
  for (let draw = 0; draw < 10; draw++) {
    const peer = prepared({ electionTicks: 10, random: () => draw / 10 });
    let ticks = 0;
    while (peer.node.status().role === Role.Follower) {
      peer.node.tick();
      ticks++;
    }
    seen.add(ticks);
  }
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
  );
});

test('5.4.1: a vote is refused to a candidate whose log is less up to date: later last term first, then length', () => {
  const table: [number[], number, number, boolean][] = [
    [[1], 1, 1, true],
    [[1], 1, 2, true],
    [[1, 1], 1, 1, false],
    [[1], 2, 1, true],
    [[1], 2, 2, true],
    [[1, 1], 2, 1, true],
    [[2], 1, 1, false],
    [[2], 1, 2, false],
    [[2, 1], 1, 1, false],
  ];
  for (const [log, logTerm, index, granted] of table) {
    const [response] = answersOf(prepared({ log, term: 3 }), vote(2, 4, index, logTerm));
    assert.equal(response?.reject, !granted, `${log} against ${logTerm}/${index}`);
  }
});

test('5.4.1: what a candidate says of its log is what its log is', () => {
  const peer = prepared({ log: [1, 1, 3], term: 4 });
  peer.node.campaign();
  for (const message of peer.work()) assert.deepEqual([message.index, message.logTerm], [3, 3]);
});
