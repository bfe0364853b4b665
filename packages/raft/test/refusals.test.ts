/** Replication, reads and membership, beyond etcd/raft: coalescing, revoked leases, refusals, snapshots of before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntryType, encodeConfChange, MessageType, Role } from '../src/index.ts';
import { kinds, messageOf, prepared, store, TestCluster } from '../src/testing/index.ts';

const { App, Heartbeat, TimeoutNow } = MessageType;
const FULL = { preVote: true, checkQuorum: true, electionTicks: 10 };

test('RP: with coalescing, proposals of one turn travel in one append for each follower', () => {
  const cluster = new TestCluster(3, { ...FULL, coalesceAppends: true });
  cluster.elect(1);
  for (let i = 0; i < 5; i++) cluster.node(1).propose(Buffer.from(`p${i}`));
  cluster.collect();
  const appends = cluster.network.filter((message) => message.type === App);
  assert.deepEqual(
    appends.map(({ to, entries }) => [to, entries.length]),
    [
      [2, 5],
      [3, 5],
    ],
  );
  cluster.settle();
  for (const peer of cluster.peers) assert.deepEqual(peer.texts(), ['p0', 'p1', 'p2', 'p3', 'p4']);
});

test('RP: without coalescing each proposal travels alone, and what is applied is the same', () => {
  const cluster = new TestCluster(3, FULL);
  cluster.elect(1);
  for (let i = 0; i < 3; i++) cluster.node(1).propose(Buffer.from(`p${i}`));
  cluster.collect();
  assert.equal(cluster.network.filter((message) => message.type === App).length, 6);
  cluster.settle();
  assert.deepEqual(cluster.peer(3).texts(), ['p0', 'p1', 'p2']);
});

test('RP: a window that is full holds appends back, and opens with the acknowledgements', () => {
  for (const coalesceAppends of [false, true]) {
    const cluster = new TestCluster(3, { ...FULL, coalesceAppends, maxInflightMessages: 2, maxMessageBytes: 0 });
    cluster.elect(1);
    for (let i = 0; i < 10; i++) cluster.node(1).propose(Buffer.from(`p${i}`));
    cluster.collect();
    const carrying = cluster.network.filter((message) => message.type === App && message.entries.length > 0);
    assert.equal(carrying.length, 4, 'two to each follower');
    cluster.settle();
    assert.equal(cluster.peer(3).texts().length, 10);
  }
});

test('RD: a transfer revokes the lease; if the successor does not take over, the leader begins a new term', () => {
  const cluster = new TestCluster(3, FULL);
  cluster.elect(1);
  cluster.propose(1, 'a');
  assert.equal(cluster.node(1).status().leaseRevoked, false);
  cluster.node(1).transferLeadership(2);
  assert.equal(cluster.node(1).status().leaseRevoked, true);
  const { term } = cluster.node(1).status();
  cluster.settle((message) => message.type !== TimeoutNow);
  cluster.tick(11);
  const status = cluster.node(1).status();
  assert.deepEqual([cluster.leaders(), status.leaseRevoked, status.term], [[1], false, term + 1]);
  assert.equal(cluster.propose(1, 'b').ok, true);
});

test('RD: with a revoked lease, lease-based reads ask the quorum', () => {
  const cluster = new TestCluster(3, { ...FULL, readOnly: 'lease-based' });
  cluster.elect(1);
  cluster.propose(1, 'a');
  cluster.node(1).readIndex(Buffer.from('by lease'));
  assert.deepEqual(kinds(cluster.peer(1).work()), []);
  assert.equal(cluster.peer(1).reads.length, 1);
  cluster.node(1).transferLeadership(2);
  cluster.node(1).readIndex(Buffer.from('by quorum'));
  const sent = cluster.peer(1).work();
  assert.deepEqual(kinds(sent), [TimeoutNow, Heartbeat, Heartbeat]);
  assert.equal(cluster.peer(1).reads.length, 1);
});

test('RD: a lone voter answers reads only once it has committed in its term', () => {
  const peer = prepared({ voters: [1], log: [1, 1, 1], commit: 1, asyncStorageWrites: true });
  peer.node.campaign();
  for (const response of store(peer)) peer.node.step(response);
  assert.equal(peer.node.status().role, Role.Leader);
  peer.node.readIndex(Buffer.from('r'));
  const empty = store(peer);
  assert.equal(peer.node.hasReady(), false);
  for (const response of empty) peer.node.step(response);
  assert.deepEqual(
    peer.node.ready().readStates.map(({ index }) => index),
    [4],
  );
});

test('MB: a change that leaves no voter, or that cannot be made, is refused when proposed, with the reason', () => {
  const cluster = new TestCluster(1, FULL);
  cluster.elect(1);
  const remove = { type: 1, nodeId: 1 } as const;
  const add = (nodeId: number) => ({ type: 0, nodeId }) as const;
  const refusal = (outcome: ReturnType<TestCluster['propose']>): string => (outcome.ok ? 'ok' : outcome.reason);
  const node = cluster.node(1);
  const last = node.status().lastIndex;
  assert.equal(refusal(node.proposeConfChange({ transition: 0, changes: [remove] })), 'removed-all-voters');
  assert.equal(refusal(node.proposeConfChangeV1(remove)), 'removed-all-voters');
  assert.equal(refusal(node.proposeConfChange({ transition: 0, changes: [] })), 'not-joint');
  assert.equal(node.status().lastIndex, last, 'nothing entered the log');
  assert.equal(refusal(node.proposeConfChange({ transition: 2, changes: [add(2)] })), 'ok');
  cluster.settle();
  assert.equal(refusal(node.proposeConfChange({ transition: 0, changes: [add(3)] })), 'leave-joint-first');
});

test('MB: a snapshot from before a follower was a member is not sent to it', () => {
  const cluster = new TestCluster(1, FULL);
  cluster.elect(1);
  const leader = cluster.peer(1);
  cluster.propose(1, 'a');
  leader.storage.createSnapshot(3, leader.confState, Buffer.from('old'));
  leader.storage.compact(3);
  cluster.add(2);
  cluster.node(1).proposeConfChange({ transition: 0, changes: [{ type: 3, nodeId: 2 }] });
  cluster.settle();
  cluster.tick(3);
  assert.equal(
    cluster
      .node(1)
      .status()
      .progress.find(({ id }) => id === 2)?.state,
    'probe',
  );
  const { applied } = leader.node.status();
  leader.storage.createSnapshot(applied, leader.confState, Buffer.from('new'));
  cluster.tick(3);
  assert.equal(cluster.node(2).status().commit, applied);
});

test('CM: what was applied was committed, even if the commit index was lost', () => {
  const peer = prepared({ log: [1, 1, 1], commit: 1 });
  peer.storage.createSnapshot(3, peer.confState, Buffer.from('state'));
  peer.storage.compact(3);
  peer.restart();
  assert.deepEqual([peer.node.status().commit, peer.node.status().applied], [3, 3]);
});

test('CM: proposals beyond the limit of the uncommitted tail are refused, and taken again when it shrinks', () => {
  const cluster = new TestCluster(3, { ...FULL, maxUncommittedBytes: 10 });
  cluster.elect(1);
  const big = Buffer.alloc(8);
  assert.equal(cluster.node(1).propose(big).ok, true);
  assert.deepEqual(cluster.node(1).propose(big), { ok: false, reason: 'overloaded', leader: 1 });
  assert.equal(cluster.node(1).propose(Buffer.alloc(0)).ok, true, 'an empty entry is never refused');
  cluster.settle();
  assert.equal(cluster.node(1).propose(big).ok, true);
});

test('CM: a follower refuses proposals and names the leader; with forwarding it passes them on', () => {
  const refusing = new TestCluster(3, FULL);
  assert.deepEqual(refusing.node(2).propose(Buffer.from('x')), { ok: false, reason: 'no-leader', leader: 0 });
  refusing.elect(1);
  assert.deepEqual(refusing.node(2).propose(Buffer.from('x')), { ok: false, reason: 'not-leader', leader: 1 });
  const passing = new TestCluster(3, { ...FULL, forwardProposals: true });
  passing.elect(1);
  assert.deepEqual(passing.propose(2, 'x'), { ok: true, index: 0, term: 0 });
  assert.deepEqual(passing.peer(1).texts(), ['x']);
});

test('MB: entries from before a snapshot change only the state machine, not the members that the snapshot brought', () => {
  const peer = prepared({ id: 3, asyncStorageWrites: true, term: 1 });
  const learner = { transition: 0, changes: [{ type: 3, nodeId: 4 }] } as const;
  const change = { term: 1, index: 1, type: EntryType.ConfChangeV2, data: encodeConfChange(learner) };
  peer.node.step(messageOf(App, { from: 1, to: 3, term: 1, entries: [change], commit: 1 }));
  for (const response of store(peer)) if (response.to === 3) peer.node.step(response);
  peer.node.ready();
  const confState = { voters: [1, 2, 3, 5], learners: [4], votersOutgoing: [], learnersNext: [], autoLeave: false };
  const snapshot = { index: 9, term: 1, confState, data: Buffer.from('state') };
  peer.node.step(messageOf(MessageType.Snap, { from: 1, to: 3, term: 1, snapshot }));
  const state = peer.node.applyConfChange(learner);
  assert.deepEqual([state.voters, state.learners], [[1, 2, 3], [4]]);
  assert.deepEqual(peer.node.status().configuration.incoming, [1, 2, 3, 5]);
});

test('RD: if the successor is known to be dead, the new term begins at once', () => {
  const cluster = new TestCluster(3, FULL);
  cluster.elect(1);
  cluster.propose(1, 'a');
  const { term } = cluster.node(1).status();
  cluster.node(1).transferLeadership(2);
  cluster.settle((message) => message.type !== TimeoutNow);
  cluster.crash(2);
  cluster.node(1).reportPeerDead(2);
  cluster.settle();
  const status = cluster.node(1).status();
  assert.deepEqual([cluster.leaders(), status.leaseRevoked, status.term], [[1], false, term + 1]);
});
