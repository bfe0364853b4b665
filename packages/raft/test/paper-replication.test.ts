/**
 * The laws of the Raft paper (Ongaro, Ousterhout 2014, extended version), one test each, named by
 * law and section. Replication, commit, snapshots. Written against the public face only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType } from '../src/index.ts';
import { answersOf, elected, entriesOf, messageOf, prepared, TestCluster } from '../src/testing/index.ts';

const { App, AppResp } = MessageType;
const PLAIN = { preVote: false, checkQuorum: false };

function append(from: number, term: number, prev: [number, number], terms: readonly number[], commit = 0): Message {
  const [index, logTerm] = prev;
  return messageOf(App, { from, to: 1, term, index, logTerm, entries: entriesOf(terms, index + 1), commit });
}

test('5.3: a leader appends a proposal to its own log and sends it to all others', () => {
  const peer = elected();
  const outcome = peer.node.propose(Buffer.from('x'));
  const sent = peer.work();
  assert.deepEqual(outcome, { ok: true, index: 2, term: 1 });
  assert.deepEqual(
    sent.map(({ type, to }) => [type, to]),
    [],
  );
  for (const from of [2, 3]) {
    const [message] = answersOf(peer, messageOf(AppResp, { from, to: 1, term: 1, index: 1 }));
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
    const peer = elected({ log, term: 2 });
    const { term } = peer.node.status();
    peer.node.propose(Buffer.from('x'));
    peer.work();
    answersOf(peer, messageOf(AppResp, { from: 2, to: 1, term, index: log.length + 2 }));
    assert.deepEqual(
      peer.applied.map((entry) => entry.index),
      Array.from({ length: log.length + 2 }, (_, i) => i + 1),
    );
  }
});

test('5.3: a follower applies an entry once it learns that it is committed, in the order of the log', () => {
  const peer = prepared({ term: 1 });
  answersOf(peer, append(2, 1, [0, 0], [1, 1, 1]));
  for (let commit = 0; commit <= 3; commit++) {
    answersOf(peer, append(2, 1, [3, 1], [], commit));
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
    const [response] = answersOf(prepared({ log: [1, 2] }), append(2, 2, [logTerm === 0 ? 0 : index, logTerm], []));
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
    answersOf(peer, append(2, 4, prev, sent));
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

test('5.4.2: an entry of an earlier term is never committed by counting, only along with one of this term (figure 8)', () => {
  const peer = elected({ log: [1, 2], term: 2 });
  const { term } = peer.node.status();
  for (const [index, commit] of [
    [1, 0],
    [2, 0],
    [3, 3],
  ] as const) {
    answersOf(peer, messageOf(AppResp, { from: 2, to: 1, term, index }));
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
  const first = answersOf(peer, message);
  assert.deepEqual(answersOf(peer, message), first);
  assert.equal(peer.storage.lastIndex(), 2);
});

test('5.6: an old append that comes late does not cut off what came after it', () => {
  const peer = prepared({ term: 1 });
  answersOf(peer, append(2, 1, [0, 0], [1, 1, 1]));
  answersOf(peer, append(2, 1, [0, 0], [1]));
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
  const peer = elected({ log: [1], term: 1 });
  const entries = peer.storage.entries(2, 3, Infinity);
  assert.ok(typeof entries !== 'string');
  assert.deepEqual([entries[0]?.term, entries[0]?.data.length], [2, 0]);
});

test('7: a snapshot of what is committed already is answered with the commit index, and changes nothing', () => {
  const peer = prepared({ log: [1, 1, 1, 1, 1], commit: 5 });
  peer.work();
  peer.storage.createSnapshot(4, peer.confState, Buffer.from('state'));
  peer.storage.compact(4);
  const { confState } = peer;
  const snapshot = { index: 2, term: 1, confState, data: Buffer.from('older') };
  const [response] = answersOf(peer, messageOf(MessageType.Snap, { from: 2, to: 1, term: 1, snapshot }));
  assert.deepEqual([response?.type, response?.reject, response?.index], [AppResp, false, 5]);
  assert.deepEqual([peer.node.status().commit, peer.node.status().lastIndex], [5, 5]);
});
