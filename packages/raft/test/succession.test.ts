/** Who leads, beyond etcd/raft: priority, proof of death, PreVotes on hold, resigning, leases across restarts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, Role } from '../src/index.ts';
import { kinds, messageOf, prepared, store, TestCluster } from '../src/testing/index.ts';

const { App, AppResp, Heartbeat, HeartbeatResp, PreVote, PreVoteResp, TimeoutNow, Vote, VoteResp } = MessageType;
const FULL = { preVote: true, checkQuorum: true, electionTicks: 10 };

test('EL: ranks time out in bands that do not overlap, the most preferred first', () => {
  const options = { ...FULL, electionTicks: 12, successionOrder: [3, 1, 2], timeoutBands: true };
  const bands = [3, 1, 2].map((id) => {
    const draws = [0, 0.5, 0.99].map((draw) => {
      const peer = prepared({ ...options, id, random: () => draw });
      let ticks = 0;
      for (; peer.node.status().role === Role.Follower; ticks++) peer.node.tick();
      return ticks;
    });
    return [Math.min(...draws), Math.max(...draws)] as const;
  });
  assert.deepEqual(
    bands.map(([least]) => least),
    [12, 15, 18],
  );
  for (let i = 1; i < bands.length; i++) assert.ok(bands[i - 1]![1] < bands[i]![0], JSON.stringify(bands));
});

test('EL: a leader hands over to a more preferred node that has the whole log, and stays if it is preferred', () => {
  const cluster = new TestCluster(3, { ...FULL, successionOrder: [2], transferToPreferred: true });
  cluster.elect(1);
  cluster.propose(1, 'a');
  cluster.tick(20);
  assert.deepEqual(cluster.leaders(), [2]);
  const { term } = cluster.node(2).status();
  cluster.tick(60);
  assert.deepEqual([cluster.leaders(), cluster.node(2).status().term], [[2], term]);
});

test('EL: after proof that the leader is gone its first successor campaigns at once, without a tick', () => {
  const cluster = new TestCluster(3, { ...FULL, successionOrder: [3, 2], holdPreVotes: true });
  cluster.elect(1);
  cluster.crash(1);
  cluster.node(2).reportPeerDead(1);
  cluster.node(3).reportPeerDead(1);
  cluster.settle();
  assert.deepEqual(cluster.leaders(), [3]);
});

test('EL: the next successor follows after its stagger, when the first does not take over', () => {
  const cluster = new TestCluster(5, { ...FULL, successionOrder: [2, 3, 4], staggerTicks: 2 });
  cluster.elect(1);
  cluster.crash(1);
  cluster.crash(2);
  for (const id of [3, 4, 5]) cluster.node(id).reportPeerDead(1);
  cluster.settle();
  cluster.tick(1);
  assert.deepEqual(cluster.leaders(), []);
  cluster.tick(1);
  assert.deepEqual(cluster.leaders(), [3]);
});

test('EL: a report of death that is wrong disturbs nothing while others still hear the leader', () => {
  const cluster = new TestCluster(3, { ...FULL, successionOrder: [2, 3], holdPreVotes: true });
  cluster.elect(1);
  const { term } = cluster.node(1).status();
  cluster.node(2).reportPeerDead(1);
  cluster.settle();
  cluster.tick(30);
  assert.deepEqual([cluster.leaders(), cluster.node(1).status().term], [[1], term]);
  assert.equal(cluster.node(2).status().leader, 1);
});

test('EL: a planned campaign is called off when the leader is heard again, or a vote is given', () => {
  for (const calledOffBy of [
    messageOf(Heartbeat, { from: 2, to: 1, term: 1 }),
    messageOf(Vote, { from: 3, to: 1, term: 2 }),
  ]) {
    const peer = prepared({ ...FULL, term: 1, successionOrder: [3, 1], staggerTicks: 2 });
    peer.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
    peer.node.reportPeerDead(2);
    peer.node.step(calledOffBy);
    peer.work();
    for (let i = 0; i < 5; i++) peer.node.tick();
    assert.equal(peer.node.status().role, Role.Follower);
  }
});

test('EL: a PreVote that comes while the leader seems alive is held: answered once it is gone, dropped once it is heard', () => {
  const ask = messageOf(PreVote, { from: 3, to: 1, term: 2 });
  const held = () => {
    const peer = prepared({ ...FULL, term: 1, holdPreVotes: true, successionOrder: [3, 1] });
    peer.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
    peer.work();
    peer.node.step(ask);
    assert.deepEqual(peer.work(), []);
    return peer;
  };
  const dead = held();
  dead.node.reportPeerDead(2);
  assert.deepEqual(
    dead.work().map(({ type, reject }) => [type, reject]),
    [[PreVoteResp, false]],
  );
  const forgot = held();
  forgot.node.forgetLeader();
  assert.deepEqual(kinds(forgot.work()), [PreVoteResp]);
  const silent = held();
  for (let i = 0; i < 9; i++) silent.node.tick();
  assert.deepEqual(silent.work(), []);
  silent.node.tick();
  assert.ok(kinds(silent.work()).includes(PreVoteResp));
  const heard = held();
  heard.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  heard.node.reportPeerDead(2);
  assert.ok(!kinds(heard.work()).includes(PreVoteResp));
});

test('EL: a held PreVote is judged by the log like any other', () => {
  const peer = prepared({ ...FULL, log: [1], term: 1, holdPreVotes: true });
  peer.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  peer.work();
  peer.node.step(messageOf(PreVote, { from: 3, to: 1, term: 2, index: 0, logTerm: 0 }));
  peer.node.reportPeerDead(2);
  assert.equal(peer.work().find((message) => message.type === PreVoteResp)?.reject, true);
});

test('EL: a leader that is told of a dead follower stops counting on it, and gives up a transfer to it', () => {
  const cluster = new TestCluster(3, FULL);
  cluster.elect(1);
  cluster.isolate(2);
  cluster.propose(1, 'a');
  cluster.node(1).transferLeadership(2);
  cluster.node(1).reportPeerDead(2);
  assert.equal(cluster.propose(1, 'b').ok, true);
  assert.equal(
    cluster
      .node(1)
      .status()
      .progress.find(({ id }) => id === 2)?.recentActive,
    false,
  );
});

test('EL: a leader that cannot commit resigns, though its heartbeats arrive, and its successor is elected at once', () => {
  const cluster = new TestCluster(3, { ...FULL, resignAfterTicks: 6 });
  cluster.elect(1);
  cluster.node(1).propose(Buffer.from('stuck'));
  const noAppends = (message: Message): boolean => message.type !== App && message.type !== AppResp;
  for (let i = 0; i < 5; i++) {
    cluster.node(1).tick();
    cluster.settle(noAppends);
  }
  assert.deepEqual(cluster.leaders(), [1]);
  for (let i = 0; i < 3; i++) {
    cluster.node(1).tick();
    cluster.settle(noAppends);
  }
  assert.deepEqual(cluster.leaders(), [2]);
});

/** Ticks node 1, which leads, until it does no longer; only messages that `keep` is true of arrive. */
function tickUntilItResigns(cluster: TestCluster, keep: (message: Message) => boolean): void {
  for (let ticks = 0; cluster.leaders().includes(1); ticks++) {
    assert.ok(ticks < 100, 'it leads on');
    cluster.node(1).tick();
    cluster.settle(keep);
  }
}

test('EL: a leader that hears nobody resigns, and its successor is elected before any follower times out', () => {
  const cluster = new TestCluster(3, { ...FULL, resignAfterTicks: 100 });
  cluster.elect(1);
  tickUntilItResigns(cluster, (message) => message.to !== 1);
  assert.deepEqual(cluster.leaders(), [2]);
});

test('EL: who resigns without a follower that has its log tells nobody', () => {
  const cluster = new TestCluster(3, { ...FULL, resignAfterTicks: 100 });
  cluster.elect(1);
  const kindsSent = new Set<number>();
  for (const peer of [2, 3]) cluster.node(1).reportPeerDead(peer);
  tickUntilItResigns(cluster, (message) => {
    kindsSent.add(message.type);
    return false;
  });
  assert.equal(kindsSent.has(TimeoutNow), false);
});

test('EL: a leader whose own disk makes no way hands over, though others commit', () => {
  const peer = prepared({ ...FULL, asyncStorageWrites: true, resignAfterTicks: 5, coalesceAppends: false });
  peer.node.campaign();
  for (const response of store(peer)) peer.node.step(response);
  peer.node.step(messageOf(PreVoteResp, { from: 2, to: 1, term: 1 }));
  for (const response of store(peer)) peer.node.step(response);
  peer.node.step(messageOf(VoteResp, { from: 2, to: 1, term: 1 }));
  assert.equal(peer.node.status().role, Role.Leader);
  peer.node.ready();
  const sent: Message[] = [];
  for (let i = 0; i < 6; i++) {
    for (const from of [2, 3]) {
      peer.node.step(messageOf(HeartbeatResp, { from, to: 1, term: 1 }));
      peer.node.step(messageOf(AppResp, { from, to: 1, term: 1, index: 1 }));
    }
    peer.node.tick();
    if (peer.node.hasReady()) sent.push(...peer.node.ready().messages);
  }
  assert.ok(kinds(sent).includes(TimeoutNow));
});

test('EL: PreVotes won behind a disk that stands still elect nobody, and the next election timeout asks anew', () => {
  const peer = prepared({ ...FULL, asyncStorageWrites: true });
  const wins = (): void => {
    peer.node.campaign();
    for (const response of store(peer)) peer.node.step(response);
    peer.node.step(messageOf(PreVoteResp, { from: 2, to: 1, term: peer.node.status().term + 1 }));
  };
  peer.node.campaign();
  peer.node.holdCampaigns(true);
  for (const response of store(peer)) peer.node.step(response);
  peer.node.step(messageOf(PreVoteResp, { from: 2, to: 1, term: 1 }));
  peer.node.holdCampaigns(false);
  assert.equal(peer.node.status().role, Role.Follower);
  assert.equal(peer.node.status().term, 0);
  wins();
  assert.equal(peer.node.status().role, Role.Candidate);
});

test('EL: with leaseAfterRestart a node that comes back refuses votes for an election timeout, but not the order of a leader', () => {
  const peer = prepared({ ...FULL, term: 1, leaseAfterRestart: true });
  peer.node.step(messageOf(Vote, { from: 2, to: 1, term: 2 }));
  assert.deepEqual(peer.work(), []);
  const context = Buffer.from('CampaignTransfer');
  peer.node.step(messageOf(Vote, { from: 3, to: 1, term: 2, context }));
  assert.deepEqual(kinds(peer.work()), [VoteResp]);
  const later = prepared({ ...FULL, term: 1, leaseAfterRestart: true, random: () => 0.9 });
  for (let i = 0; i < 10; i++) later.node.tick();
  later.node.step(messageOf(Vote, { from: 2, to: 1, term: 2 }));
  assert.deepEqual(kinds(later.work()), [VoteResp]);
});

test('EL: the death of another follower is no reason to forget the leader', () => {
  const peer = prepared({ ...FULL, term: 1, successionOrder: [1] });
  peer.node.step(messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  peer.work();
  peer.node.reportPeerDead(3);
  peer.node.reportPeerDead(1);
  assert.deepEqual([peer.work(), peer.node.status().leader], [[], 2]);
});
