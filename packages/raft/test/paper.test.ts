/**
 * The laws of the Raft paper (Ongaro, Ousterhout 2014, extended version) and of Ongaro's thesis, one test each, named by
 * law and section. Written against the public face only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, Role } from '../src/index.ts';
import { entriesOf, messageOf, prepared, TestCluster, type TestPeer } from '../src/testing/index.ts';

const { App, AppResp, Heartbeat, HeartbeatResp, PreVote, TimeoutNow, Vote, VoteResp } = MessageType;
const PLAIN = { preVote: false, checkQuorum: false };

function answers(peer: TestPeer, message: Message): readonly Message[] {
  peer.node.step(message);
  return peer.work();
}

function vote(from: number, term: number, index: number, logTerm: number): Message {
  return messageOf(Vote, { from, to: 1, term, index, logTerm });
}

function append(from: number, term: number, prev: [number, number], terms: readonly number[], commit = 0): Message {
  const [index, logTerm] = prev;
  return messageOf(App, { from, to: 1, term, index, logTerm, entries: entriesOf(terms, index + 1), commit });
}

/** Node 1 elected by node 2; what it sent is gone. */
function leader(preparation: Parameters<typeof prepared>[0] = {}): TestPeer {
  const peer = prepared(preparation);
  peer.node.campaign();
  peer.work();
  const { term } = peer.node.status();
  peer.node.step(messageOf(VoteResp, { from: 2, to: 1, term }));
  peer.work();
  assert.equal(peer.node.status().role, Role.Leader);
  return peer;
}

test('5.1: a server that sees a later term adopts it and becomes follower, whatever it was', () => {
  for (const role of [Role.Follower, Role.Candidate, Role.Leader]) {
    const peer = role === Role.Leader ? leader({ term: 1 }) : prepared({ term: 1 });
    if (role === Role.Candidate) peer.node.campaign();
    peer.work();
    answers(peer, append(2, 9, [0, 0], []));
    const { term, leader: known, role: now } = peer.node.status();
    assert.deepEqual([term, known, now], [9, 2, Role.Follower], role);
  }
});

test('5.1: a message of an earlier term is rejected or ignored, and changes nothing', () => {
  const peer = prepared({ term: 5, log: [1, 5] });
  const before = peer.node.status();
  assert.deepEqual(answers(peer, append(2, 4, [2, 5], [4])), []);
  assert.deepEqual(answers(peer, vote(3, 4, 9, 4)), []);
  assert.deepEqual(peer.node.status(), before);
});

test('5.2: servers start as followers', () => {
  assert.equal(prepared().node.status().role, Role.Follower);
});

test('5.2: a leader sends heartbeats to all followers, every heartbeat interval', () => {
  const peer = leader({ heartbeatTicks: 2 });
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
    const [response] = answers(prepared({ term: 1, vote: voted }), vote(from, 1, 0, 0));
    assert.equal(response?.type, VoteResp);
    assert.equal(response?.reject, !granted, `voted for ${voted}, asked by ${from}`);
  }
});

test('5.2: a node votes at most once in a term, across restarts', () => {
  const peer = prepared({ term: 1 });
  assert.equal(answers(peer, vote(2, 2, 0, 0))[0]?.reject, false);
  peer.restart();
  assert.equal(answers(peer, vote(3, 2, 0, 0))[0]?.reject, true);
  assert.equal(answers(peer, vote(2, 2, 0, 0))[0]?.reject, false);
});

test('5.2: a term never goes back across restarts', () => {
  const peer = prepared({ term: 1 });
  answers(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 7 }));
  peer.restart();
  assert.equal(peer.node.status().term, 7);
});

test('5.2: a candidate that hears a leader of its term or a later one returns to following', () => {
  for (const term of [1, 2]) {
    const peer = prepared();
    peer.node.campaign();
    peer.work();
    answers(peer, append(2, term, [0, 0], []));
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

test('5.3: a leader appends a proposal to its own log and sends it to all others', () => {
  const peer = leader();
  const outcome = peer.node.propose(Buffer.from('x'));
  const sent = peer.work();
  assert.deepEqual(outcome, { ok: true, index: 2, term: 1 });
  assert.deepEqual(
    sent.map(({ type, to }) => [type, to]),
    [],
  );
  for (const from of [2, 3]) {
    const [message] = answers(peer, messageOf(AppResp, { from, to: 1, term: 1, index: 1 }));
    assert.deepEqual([message?.type, message?.entries.length], [App, 1], `to ${from}`);
  }
});

test('5.3: an entry is committed once the leader has it stored by a majority, itself included, of clusters of one to five', () => {
  const table: [number, number, boolean][] = [
    [1, 0, true],
    [3, 0, false],
    [3, 1, true],
    [3, 2, true],
    [5, 1, false],
    [5, 2, true],
    [5, 3, true],
  ];
  for (const [size, stored, committed] of table) {
    const cluster = new TestCluster(size, PLAIN);
    cluster.elect(1);
    const { index } = cluster.node(1).propose(Buffer.from('x')) as { index: number };
    cluster.settle(({ from, type }) => !(type === AppResp && from > 1 + stored));
    assert.equal(cluster.node(1).status().commit >= index, committed, `${stored} of ${size}`);
  }
});

test('5.3: the leader commits all entries before one that it commits', () => {
  for (const log of [[], [2], [1, 2], [1]]) {
    const peer = leader({ log, term: 2 });
    const { term } = peer.node.status();
    peer.node.propose(Buffer.from('x'));
    peer.work();
    answers(peer, messageOf(AppResp, { from: 2, to: 1, term, index: log.length + 2 }));
    assert.deepEqual(
      peer.applied.map((entry) => entry.index),
      Array.from({ length: log.length + 2 }, (_, i) => i + 1),
    );
  }
});

test('5.3: a follower applies an entry once it learns that it is committed, in the order of the log', () => {
  const peer = prepared({ term: 1 });
  answers(peer, append(2, 1, [0, 0], [1, 1, 1]));
  for (let commit = 0; commit <= 3; commit++) {
    answers(peer, append(2, 1, [3, 1], [], commit));
    assert.deepEqual(
      peer.applied.map((entry) => entry.index),
      [1, 2, 3].slice(0, commit),
    );
  }
});

test('5.3: a follower refuses entries unless its log has the entry before them, and says where to try', () => {
  const table: [number, number, boolean, number, number][] = [
    [0, 0, false, 0, 0],
    [1, 1, false, 0, 0],
    [2, 2, false, 0, 0],
    [1, 2, true, 1, 1],
    [2, 1, true, 1, 1],
    [3, 2, true, 2, 2],
    [9, 9, true, 2, 2],
  ];
  for (const [index, logTerm, reject, hint, hintTerm] of table) {
    const [response] = answers(prepared({ log: [1, 2] }), append(2, 2, [logTerm === 0 ? 0 : index, logTerm], []));
    assert.equal(response?.reject, reject, `${logTerm}/${index}`);
    if (reject) assert.deepEqual([response?.rejectHint, response?.logTerm], [hint, hintTerm]);
  }
});

test('5.3: a follower replaces entries that conflict, and all after them, and keeps those that do not', () => {
  const table: [[number, number], number[], number[]][] = [
    [[2, 2], [3], [1, 2, 3]],
    [
      [1, 1],
      [3, 4],
      [1, 3, 4],
    ],
    [[0, 0], [1], [1, 2]],
    [[0, 0], [3], [3]],
    [[1, 1], [2], [1, 2]],
  ];
  for (const [prev, sent, expected] of table) {
    const peer = prepared({ log: [1, 2] });
    answers(peer, append(2, 4, prev, sent));
    const terms = [];
    for (let index = 1; index <= peer.storage.lastIndex(); index++) terms.push(peer.storage.term(index));
    assert.deepEqual(terms, expected);
  }
});

/** Figure 7 of the paper: the leader of term 8, and followers (a) to (f). */
const LEADER_LOG = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
const FIGURE_7: Readonly<Record<string, number[]>> = {
  a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
  b: [1, 1, 1, 4],
  c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
  d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
  e: [1, 1, 1, 4, 4, 4, 4],
  f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
};

for (const [name, log] of Object.entries(FIGURE_7)) {
  test(`5.3: the leader of figure 7 brings follower (${name}) to its own log`, () => {
    const cluster = new TestCluster(0);
    cluster.peers.push(prepared({ id: 1, log: LEADER_LOG, term: 7, coalesceAppends: false }));
    cluster.peers.push(prepared({ id: 2, log, term: 7, coalesceAppends: false }));
    // A third vote, since (c) and (d) have longer logs and refuse theirs.
    cluster.peers.push(prepared({ id: 3, log: [], term: 7, coalesceAppends: false }));
    cluster.elect(1);
    assert.deepEqual(cluster.leaders(), [1]);
    cluster.propose(1, 'x');
    const [first, second] = cluster.peers.map(({ storage }) => storage.entries(1, storage.lastIndex() + 1, Infinity));
    assert.deepEqual(second, first);
  });
}

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
    const [response] = answers(prepared({ log, term: 3 }), vote(2, 4, index, logTerm));
    assert.equal(response?.reject, !granted, `${log} against ${logTerm}/${index}`);
  }
});

test('5.4.1: what a candidate says of its log is what its log is', () => {
  const peer = prepared({ log: [1, 1, 3], term: 4 });
  peer.node.campaign();
  for (const message of peer.work()) assert.deepEqual([message.index, message.logTerm], [3, 3]);
});

test('5.4.2: an entry of an earlier term is never committed by counting, only along with one of this term (figure 8)', () => {
  const peer = leader({ log: [1, 2], term: 2 });
  const { term } = peer.node.status();
  for (const [index, commit] of [
    [1, 0],
    [2, 0],
    [3, 3],
  ] as const) {
    answers(peer, messageOf(AppResp, { from: 2, to: 1, term, index }));
    assert.equal(peer.node.status().commit, commit, `stored up to ${index}`);
  }
});

test('5.4.3: a new leader has every committed entry, and commits none that it must not', () => {
  const cluster = new TestCluster(5, PLAIN);
  cluster.elect(1);
  cluster.propose(1, 'a');
  cluster.isolate(1);
  cluster.node(1).propose(Buffer.from('lost'));
  cluster.settle();
  cluster.elect(3);
  cluster.propose(3, 'b');
  cluster.heal();
  cluster.tick(2, 3);
  for (const peer of cluster.peers) assert.deepEqual(peer.texts(), ['a', 'b'], `node ${peer.id}`);
});

test('5.5: a message that comes twice does what it does once', () => {
  const peer = prepared({ term: 1 });
  const message = append(2, 1, [0, 0], [1, 1]);
  const first = answers(peer, message);
  assert.deepEqual(answers(peer, message), first);
  assert.equal(peer.storage.lastIndex(), 2);
});

test('5.6: an old append that comes late does not cut off what came after it', () => {
  const peer = prepared({ term: 1 });
  answers(peer, append(2, 1, [0, 0], [1, 1, 1]));
  answers(peer, append(2, 1, [0, 0], [1]));
  assert.equal(peer.storage.lastIndex(), 3);
});

test('7: a follower far behind gets a snapshot, and then the log', () => {
  const cluster = new TestCluster(3, PLAIN);
  cluster.elect(1);
  cluster.isolate(3);
  for (let i = 0; i < 5; i++) cluster.propose(1, `p${i}`);
  const first = cluster.peer(1);
  first.storage.createSnapshot(5, first.confState, Buffer.from('state'));
  first.storage.compact(5);
  cluster.heal();
  cluster.tick(3, 1);
  const third = cluster.peer(3);
  assert.equal(third.storage.firstIndex(), 6);
  assert.equal(third.node.status().commit, first.node.status().commit);
});

test('8: a new leader begins its term with an empty entry', () => {
  const peer = leader({ log: [1], term: 1 });
  const entries = peer.storage.entries(2, 3, Infinity);
  assert.ok(typeof entries !== 'string');
  assert.deepEqual([entries[0]?.term, entries[0]?.data.length], [2, 0]);
});

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
  const peer = leader({ voters: [1, 2], learners: [3] });
  peer.node.propose(Buffer.from('x'));
  peer.work();
  answers(peer, messageOf(AppResp, { from: 3, to: 1, term: 1, index: 2 }));
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
  answers(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  assert.deepEqual(answers(peer, vote(3, 9, 9, 9)), []);
  assert.equal(peer.node.status().term, 1);
  for (let i = 0; i < 10; i++) peer.node.tick();
  assert.equal(
    answers(peer, vote(3, 9, 9, 9)).some((message) => message.type === VoteResp && !message.reject),
    true,
  );
});

test('thesis 4.2.3: a vote by order of the leader is considered at once', () => {
  const successor = prepared({ id: 3, term: 1, checkQuorum: true });
  successor.node.step(messageOf(Heartbeat, { from: 2, to: 3, term: 1 }));
  successor.node.step(messageOf(TimeoutNow, { from: 2, to: 3, term: 1 }));
  const asked = successor.work().find((message) => message.type === Vote && message.to === 1);
  const peer = prepared({ term: 1, checkQuorum: true });
  answers(peer, messageOf(Heartbeat, { from: 2, to: 1, term: 1 }));
  assert.equal(answers(peer, asked!)[0]?.reject, false);
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
  const peer = leader();
  peer.node.readIndex(Buffer.from('r'));
  assert.deepEqual(peer.work(), []);
  const asked = answers(peer, messageOf(AppResp, { from: 2, to: 1, term: 1, index: 1 }));
  const heartbeat = asked.find((message) => message.type === Heartbeat && message.to === 2);
  assert.deepEqual(peer.reads, []);
  answers(peer, messageOf(HeartbeatResp, { from: 2, to: 1, term: 1, context: heartbeat!.context }));
  assert.deepEqual(
    peer.reads.map(({ index, context }) => [index, Buffer.from(context).toString()]),
    [[1, 'r']],
  );
});

test('thesis 6.4: an answer to an earlier heartbeat confirms no later read', () => {
  const peer = leader();
  answers(peer, messageOf(AppResp, { from: 2, to: 1, term: 1, index: 1 }));
  peer.node.readIndex(Buffer.from('same'));
  const early = peer.work().find((message) => message.type === Heartbeat);
  peer.node.readIndex(Buffer.from('same'));
  peer.work();
  answers(peer, messageOf(HeartbeatResp, { from: 2, to: 1, term: 1, context: early!.context }));
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
  const [refused] = answers(peer, messageOf(PreVote, { from: 2, to: 1, term: 3, index: 5, logTerm: 1 }));
  assert.equal(refused?.reject, true);
  const [granted] = answers(peer, messageOf(PreVote, { from: 2, to: 1, term: 3, index: 2, logTerm: 2 }));
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
