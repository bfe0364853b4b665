/**
 * The laws of Ongaro's thesis (2014), one test each, named by
 * law and section. What the paper leaves out. Written against the public face only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, Role } from '../src/index.ts';
import { answersOf, elected, messageOf, prepared, TestCluster, type TestPeer } from '../src/testing/index.ts';

const { AppResp, Heartbeat, HeartbeatResp, PreVote, TimeoutNow, Vote, VoteResp } = MessageType;
const PLAIN = { preVote: false, checkQuorum: false };

function vote(from: number, term: number, index: number, logTerm: number): Message {
  return messageOf(Vote, { from, to: 1, term, index, logTerm });
}

test('thesis 3.8: a vote and an acknowledgement are sent only with what they rest on in the same Ready', () => {
  const peer = prepared({ term: 1 });
  peer.node.step(vote(2, 2, 0, 0));
  const ready = peer.node.ready();
  assert.deepEqual(ready.hardState, { term: 2, vote: 2, commit: 0 });
  assert.equal(ready.mustSync, true);
  assert.deepEqual(
    ready.messages.map((message) => message.type),
    [VoteResp],
  );
});

test('thesis 3.10: a transfer brings the successor up to date, then tells it to campaign, and proposals wait', () => {
  const cluster = new TestCluster(3, PLAIN);
  cluster.elect(1);
  cluster.isolate(2);
  cluster.propose(1, 'a');
  cluster.heal();
  cluster.node(1).transferLeadership(2);
  assert.deepEqual(cluster.node(1).propose(Buffer.from('b')), { ok: false, reason: 'transferring', leader: 1 });
  cluster.tick(1, 1);
  assert.deepEqual(cluster.leaders(), [2]);
  assert.equal(cluster.node(2).status().term, 2);
});

test('thesis 3.10: a transfer that does not succeed within an election timeout is given up', () => {
  const cluster = new TestCluster(3, { ...PLAIN, electionTicks: 5 });
  cluster.elect(1);
  cluster.isolate(2);
  cluster.propose(1, 'a');
  cluster.node(1).transferLeadership(2);
  cluster.tick(5, 1);
  assert.deepEqual(cluster.leaders(), [1]);
  assert.equal(cluster.propose(1, 'b').ok, true);
});

test('thesis 4.1: one membership change at a time', () => {
  const cluster = new TestCluster(3, PLAIN);
  cluster.elect(1);
  const change = { transition: 0, changes: [{ type: 3, nodeId: 4 }] } as const;
  assert.equal(cluster.node(1).proposeConfChange(change).ok, true);
  const second = cluster.node(1).proposeConfChange(change);
  assert.deepEqual(second, { ok: false, reason: 'change-pending', leader: 1 });
  cluster.settle();
  assert.deepEqual(cluster.peer(2).confState.learners, [4]);
});

test('thesis 4.2.1: a learner is replicated to, but neither votes for a commit nor campaigns', () => {
  const peer = elected({ voters: [1, 2], learners: [3] });
  peer.node.propose(Buffer.from('x'));
  peer.work();
  answersOf(peer, messageOf(AppResp, { from: 3, to: 1, term: 1, index: 2 }));
  assert.equal(peer.node.status().commit, 0);
  const learner = prepared({ id: 3, voters: [1, 2], learners: [3], electionTicks: 3 });
  for (let i = 0; i < 20; i++) learner.node.tick();
  assert.equal(learner.node.status().role, Role.Follower);
});

test('thesis 4.2.2: a leader that removes itself serves until the change is committed, then steps down', () => {
  const cluster = new TestCluster(3, PLAIN);
  cluster.elect(1);
  cluster.node(1).proposeConfChange({ transition: 0, changes: [{ type: 1, nodeId: 1 }] });
  cluster.settle();
  assert.deepEqual(cluster.leaders(), []);
  assert.deepEqual(cluster.peer(2).confState.voters, [2, 3]);
  cluster.elect(2);
  assert.deepEqual(cluster.leaders(), [2]);
});

test('thesis 4.2.3: a vote is not even considered while a leader was heard within the shortest timeout', () => {
  const peer = prepared({ term: 1, checkQuorum: true, electionTicks: 10 });
  answersOf(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  assert.deepEqual(answersOf(peer, vote(3, 9, 9, 9)), []);
  assert.equal(peer.node.status().term, 1);
  for (let i = 0; i < 10; i++) peer.node.tick();
  assert.equal(
    answersOf(peer, vote(3, 9, 9, 9)).some((message) => message.type === VoteResp && !message.reject),
    true,
  );
});

test('thesis 4.2.3: a vote by order of the leader is considered at once', () => {
  const successor = prepared({ id: 3, term: 1, checkQuorum: true });
  successor.node.step(messageOf(Heartbeat, { from: 2, to: 3, term: 1 }));
  successor.node.step(messageOf(TimeoutNow, { from: 2, to: 3, term: 1 }));
  const asked = successor.work().find((message) => message.type === Vote && message.to === 1);
  const peer = prepared({ term: 1, checkQuorum: true });
  answersOf(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  assert.equal(answersOf(peer, asked!)[0]?.reject, false);
});

test('thesis 4.3: a joint configuration needs both majorities to commit', () => {
  const cluster = new TestCluster(3, PLAIN);
  cluster.add(4, [], PLAIN);
  cluster.add(5, [], PLAIN);
  cluster.elect(1);
  const changes = [2, 3].map((nodeId) => ({ type: 1, nodeId }) as const);
  const added = [4, 5].map((nodeId) => ({ type: 0, nodeId }) as const);
  cluster.node(1).proposeConfChange({ transition: 2, changes: [...changes, ...added] });
  cluster.settle();
  assert.deepEqual(cluster.node(1).status().configuration.outgoing, [1, 2, 3]);
  const before = cluster.node(1).status().commit;
  cluster.node(1).propose(Buffer.from('x'));
  cluster.settle(({ from }) => from === 1 || from === 2);
  assert.equal(cluster.node(1).status().commit, before, 'the new majority is missing');
});

test('thesis 6.2: a leader that hears no quorum for an election timeout steps down', () => {
  const cluster = new TestCluster(3, { preVote: true, checkQuorum: true, electionTicks: 5 });
  cluster.elect(1);
  cluster.tick(10, 1);
  assert.deepEqual(cluster.leaders(), [1]);
  cluster.isolate(1);
  cluster.tick(10, 1);
  assert.deepEqual(cluster.leaders(), []);
});

test('thesis 6.4: a read waits for a commit of this term and for a quorum to confirm the leader', () => {
  const peer = elected();
  peer.node.readIndex(Buffer.from('r'));
  assert.deepEqual(peer.work(), []);
  const asked = answersOf(peer, messageOf(AppResp, { from: 2, to: 1, term: 1, index: 1 }));
  const heartbeat = asked.find((message) => message.type === Heartbeat && message.to === 2);
  assert.deepEqual(peer.reads, []);
  answersOf(peer, messageOf(HeartbeatResp, { from: 2, to: 1, term: 1, context: heartbeat!.context }));
  assert.deepEqual(
    peer.reads.map(({ index, context }) => [index, Buffer.from(context).toString()]),
    [[1, 'r']],
  );
});

test('thesis 6.4: an answer to an earlier heartbeat confirms no later read', () => {
  const peer = elected();
  answersOf(peer, messageOf(AppResp, { from: 2, to: 1, term: 1, index: 1 }));
  peer.node.readIndex(Buffer.from('same'));
  const early = peer.work().find((message) => message.type === Heartbeat);
  peer.node.readIndex(Buffer.from('same'));
  peer.work();
  answersOf(peer, messageOf(HeartbeatResp, { from: 2, to: 1, term: 1, context: early!.context }));
  assert.equal(peer.reads.length, 1);
});

test('thesis 9.6: a PreVote changes neither the term nor the vote of anybody', () => {
  const cluster = new TestCluster(3, { preVote: true, checkQuorum: true });
  cluster.elect(1);
  const before = cluster.peers.map((peer) => [peer.node.status().term, peer.node.status().vote]);
  cluster.isolate(3);
  cluster.tick(40, 3);
  cluster.heal();
  cluster.settle();
  assert.deepEqual(
    cluster.peers.map((peer) => [peer.node.status().term, peer.node.status().vote]),
    before,
  );
  assert.deepEqual(cluster.leaders(), [1]);
});

test('thesis 9.6: a PreVote is refused to a log that is not up to date', () => {
  const peer = prepared({ log: [1, 2], term: 2, preVote: true });
  const [refused] = answersOf(peer, messageOf(PreVote, { from: 2, to: 1, term: 3, index: 5, logTerm: 1 }));
  assert.equal(refused?.reject, true);
  const [granted] = answersOf(peer, messageOf(PreVote, { from: 2, to: 1, term: 3, index: 2, logTerm: 2 }));
  assert.deepEqual([granted?.reject, granted?.term], [false, 3]);
});

/** The answers that a storage thread would give for the work of a Ready. */
function storageAnswers(peer: TestPeer): readonly Message[] {
  const { messages } = peer.node.ready();
  return messages.flatMap((message) => message.responses ?? []);
}

test('thesis 10.2.1: with asynchronous storage an entry may commit before the leader has stored it itself', () => {
  const peer = prepared({ asyncStorageWrites: true });
  peer.node.campaign();
  for (const response of storageAnswers(peer)) peer.node.step(response);
  peer.node.step(messageOf(VoteResp, { from: 2, to: 1, term: 1 }));
  assert.equal(peer.node.status().role, Role.Leader);
  peer.node.ready();
  for (const from of [2, 3]) peer.node.step(messageOf(AppResp, { from, to: 1, term: 1, index: 1 }));
  assert.equal(peer.node.status().commit, 1);
  assert.equal(peer.node.status().stableIndex, 0);
});

test('thesis 3.8: a candidate with enough votes of others leads only once its own vote is durable', () => {
  const peer = prepared({ asyncStorageWrites: true });
  peer.node.campaign();
  const durable = storageAnswers(peer);
  for (const from of [2, 3]) peer.node.step(messageOf(VoteResp, { from, to: 1, term: 1 }));
  assert.equal(peer.node.status().role, Role.Candidate);
  for (const response of durable) peer.node.step(response);
  assert.equal(peer.node.status().role, Role.Leader);
});
