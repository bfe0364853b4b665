/**
 * Linearizable reads without the log (thesis 6.4): ReadIndex, confirmed by a quorum of heartbeats or by the lease, and
 * postponed until the leader has committed in its own term. A follower passes the request on to its leader.
 */
import type { Entry } from './entry.ts';
import { EntryType } from './entry.ts';
import { type Message, MessageType, NO_NODE, newMessage } from './message.ts';
import { jointCommittedIndex } from './quorum.ts';
import type { Raft } from './raft.ts';
import { broadcastHeartbeat } from './replication.ts';

/** A request of this node's own, with the caller's bytes. */
export function readRequest(context: Uint8Array): Message {
  const message = newMessage(MessageType.ReadIndex, NO_NODE, NO_NODE, 0);
  const entry: Entry = { term: 0, index: 0, type: EntryType.Normal, data: context };
  message.entries = [entry];
  return message;
}

function answer(raft: Raft, request: Message, index: number): void {
  if (request.from === NO_NODE || request.from === raft.id) {
    raft.readStates.push({ index, context: request.entries[0]!.data });
    return;
  }
  const response = raft.message(MessageType.ReadIndexResp, request.from);
  response.index = index;
  response.entries = request.entries;
  raft.send(response);
}

/** A read request at the leader. */
export function leaderRead(raft: Raft, request: Message): void {
  const alone = raft.tracker.isSingleton();
  // Before the first commit of its term a leader may not know the latest commit index. Not even a lone voter does: the
  // commit index is not synced, so a crash may have taken it back behind what was already answered.
  if (!raft.hasCommittedInTerm() && (!alone || raft.config.strictReads)) {
    raft.postponedReads.push(request);
    return;
  }
  if (alone) answer(raft, request, raft.log.committed);
  else confirmRead(raft, request);
}

function confirmRead(raft: Raft, request: Message): void {
  if (raft.config.readOnly === 'lease-based' && !raft.leaseRevoked) {
    answer(raft, request, raft.log.committed);
    return;
  }
  raft.reads.add(request, raft.log.committed);
  const context = raft.reads.heartbeatContext();
  if (context !== null) raft.reads.acknowledge(raft.id, context);
  broadcastHeartbeat(raft);
}

/** The first commit of the term is there: postponed reads may go on. */
export function releasePostponedReads(raft: Raft): void {
  if (raft.postponedReads.length === 0 || !raft.hasCommittedInTerm()) return;
  const requests = raft.postponedReads;
  raft.postponedReads = [];
  for (const request of requests) {
    if (raft.config.strictReads) leaderRead(raft, request);
    else confirmRead(raft, request);
  }
}

/** A heartbeat's answer carried a position: a quorum of them confirms every read up to it. */
export function confirmReads(raft: Raft, from: number, context: Uint8Array): void {
  raft.reads.acknowledge(from, context);
  const { incoming, outgoing } = raft.tracker.configuration;
  const position = jointCommittedIndex(incoming, outgoing, (id) => raft.reads.ackedPosition(id));
  for (const read of raft.reads.confirm(position)) answer(raft, read.request, read.index);
}

/** A read request at a follower: to the leader, if one is known. */
export function followerRead(raft: Raft, request: Message): void {
  if (raft.leader === NO_NODE) return;
  const forwarded = newMessage(
    MessageType.ReadIndex,
    raft.leader,
    request.from === NO_NODE ? raft.id : request.from,
    0,
  );
  forwarded.entries = request.entries;
  raft.send(forwarded);
}

/** The leader's answer to a read that this follower passed on. */
export function readConfirmed(raft: Raft, message: Message): void {
  if (message.entries.length !== 1) return;
  raft.readStates.push({ index: message.index, context: message.entries[0]!.data });
}
