import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, newMessage, RaftNode } from '@baton/raft';
import { MemoryStorage } from '@baton/raft/testing';
import { Inbox } from './inbox.ts';
import { LeaderEcho } from './leader-echo.ts';
import { Lease } from './lease.ts';

const VOTERS = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };

function storageOf(): MemoryStorage {
  const storage = new MemoryStorage();
  const { hardState } = storage.initialState();
  storage.initialState = () => ({ hardState, confState: VOTERS });
  return storage;
}

interface Rig {
  readonly raft: RaftNode;
  readonly lease: Lease;
  readonly echo: LeaderEcho;
  readonly inbox: Inbox;
}

function rig(noVoteUntilUs = 0): Rig {
  const raft = new RaftNode({ id: 1, storage: storageOf(), random: () => 0, asyncStorageWrites: true });
  const lease = new Lease(1, 10_000, VOTERS);
  const echo = new LeaderEcho();
  return { raft, lease, echo, inbox: new Inbox(raft, lease, echo, noVoteUntilUs) };
}

function from(peer: number, type: MessageType, term: number, stampUs = 0): Message {
  const message = newMessage(type, 1, peer, term);
  message.stampUs = stampUs;
  return message;
}

/** What raft would send now. */
function sent(raft: RaftNode): readonly Message[] {
  return raft.hasReady() ? raft.ready().messages.flatMap((message) => message.responses ?? [message]) : [];
}

test('only kinds that may come over a link are taken, only from the node at its other end', () => {
  const { raft, inbox } = rig();
  for (const type of Object.values(MessageType)) {
    const isPeers = [
      MessageType.App,
      MessageType.AppResp,
      MessageType.Vote,
      MessageType.VoteResp,
      MessageType.Snap,
      MessageType.Heartbeat,
      MessageType.HeartbeatResp,
      MessageType.PreVote,
      MessageType.PreVoteResp,
      MessageType.TimeoutNow,
      MessageType.ReadIndex,
      MessageType.ReadIndexResp,
    ].some((allowed) => allowed === type);
    if (isPeers) continue;
    const before = inbox.refusedCount;
    inbox.take(2, from(2, type, 9), 0);
    assert.equal(inbox.refusedCount, before + 1, `kind ${type}`);
  }
  const before = inbox.refusedCount;
  inbox.take(3, from(2, MessageType.Heartbeat, 9), 0);
  inbox.take(2, { ...from(2, MessageType.Heartbeat, 9), responses: [] }, 0);
  assert.equal(inbox.refusedCount, before + 2);
  assert.equal(raft.status().term, 0, 'none of it reached raft');
});

test('the lease counts from what an answer echoes, not from when it comes', () => {
  const { lease, inbox } = rig();
  lease.begin(4);
  inbox.take(2, from(2, MessageType.AppResp, 4, 1000), 9000);
  assert.equal(lease.remainingUs(9000), 2000);
  inbox.take(3, from(3, MessageType.HeartbeatResp, 4, 5000), 9000);
  assert.equal(lease.remainingUs(9000), 6000);
});

test('a stamp is echoed only if raft follows the one who sent it', () => {
  const { echo, inbox } = rig();
  inbox.take(2, from(2, MessageType.Heartbeat, 5, 700), 0);
  assert.equal(echo.stampUsFor(2, 5), 700);
  inbox.take(3, from(3, MessageType.Heartbeat, 4, 900), 0);
  assert.equal(echo.stampUsFor(3, 4), 0, 'a leader of an earlier term');
  assert.equal(echo.stampUsFor(2, 5), 700);
});

test('votes are withheld while a predecessor may have promised a lease', () => {
  const { raft, inbox } = rig(50_000);
  inbox.take(2, from(2, MessageType.Vote, 3), 49_999);
  inbox.take(2, from(2, MessageType.PreVote, 3), 49_999);
  assert.deepEqual(sent(raft), []);
  inbox.take(2, from(2, MessageType.PreVote, 3), 50_000);
  assert.ok(sent(raft).some(({ type, reject }) => type === MessageType.PreVoteResp && !reject));
});

test('an order to take over that is older than what was heard since is dropped', () => {
  const { raft, inbox } = rig();
  inbox.take(2, from(2, MessageType.Heartbeat, 5, 700), 0);
  inbox.take(2, from(2, MessageType.TimeoutNow, 5, 600), 0);
  assert.equal(raft.status().role, 'follower');
  assert.equal(inbox.staleTransferCount, 1);
  inbox.take(2, from(2, MessageType.TimeoutNow, 5, 800), 0);
  assert.equal(raft.status().role, 'candidate');
});
