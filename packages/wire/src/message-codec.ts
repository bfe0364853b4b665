// A Raft message as a fixed msgpack array, and back with every field checked.
//
// Rules decided here: arrays of fixed order, no maps; entry data stay bytes (decoded as views of the frame, not copied);
// whatever a peer sends, decoding gives a message of exactly one shape or a reason, never an exception and never a
// field of another type. Lengths are checked against the limits before anything is built from them.

import { type ConfState, type Entry, EntryType, type Message, MessageType, type Snapshot } from '@baton/raft';
import type { WireLimits } from './limits.ts';

const MESSAGE_FIELDS = 14;
const ENTRY_FIELDS = 4;
const SNAPSHOT_FIELDS = 4;
const CONF_STATE_FIELDS = 5;
const NO_ENTRIES: readonly Entry[] = [];

/** Kinds that travel between nodes; the others are local to one. */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  MessageType.Prop,
  MessageType.App,
  MessageType.AppResp,
  MessageType.Vote,
  MessageType.VoteResp,
  MessageType.Snap,
  MessageType.Heartbeat,
  MessageType.HeartbeatResp,
  MessageType.TransferLeader,
  MessageType.TimeoutNow,
  MessageType.ReadIndex,
  MessageType.ReadIndexResp,
  MessageType.PreVote,
  MessageType.PreVoteResp,
]);

const ENTRY_TYPES: ReadonlySet<number> = new Set(Object.values(EntryType));

/** A message as it is packed. */
export function arrayFromMessage(message: Message): unknown[] {
  return [
    message.type,
    message.to,
    message.from,
    message.term,
    message.logTerm,
    message.index,
    message.commit,
    message.vote,
    message.reject,
    message.rejectHint,
    message.stampUs,
    message.context,
    message.entries.map((entry) => [entry.term, entry.index, entry.type, entry.data]),
    message.snapshot === null ? null : arrayFromSnapshot(message.snapshot),
  ];
}

function arrayFromSnapshot(snapshot: Snapshot): unknown[] {
  const { voters, learners, votersOutgoing, learnersNext, autoLeave } = snapshot.confState;
  return [snapshot.index, snapshot.term, [voters, learners, votersOutgoing, learnersNext, autoLeave], snapshot.data];
}

/** Bytes a message will take on the wire, roughly: enough to bound queues and frames by. */
export function messageSizeBytes(message: Message): number {
  let bytes = 96 + (message.context?.length ?? 0) + (message.snapshot?.data.length ?? 0);
  for (const entry of message.entries) bytes += entry.data.length + 24;
  return bytes;
}

/** The message in a decoded value, or what is wrong with it. */
export function messageFromValue(value: unknown, limits: WireLimits): Message | string {
  if (!Array.isArray(value) || value.length !== MESSAGE_FIELDS) return 'a message is no array of 14 fields';
  const [type, to, from, term, logTerm, index, commit, vote, reject, rejectHint, stampUs, context] = value as unknown[];
  if (typeof type !== 'number' || !NETWORK_TYPES.has(type)) return 'a message has an unknown type';
  if (
    !isCount(to) ||
    !isCount(from) ||
    !isCount(term) ||
    !isCount(logTerm) ||
    !isCount(index) ||
    !isCount(commit) ||
    !isCount(vote) ||
    !isCount(rejectHint) ||
    !isCount(stampUs)
  ) {
    return 'a message has a field that is no integer from 0';
  }
  if (typeof reject !== 'boolean') return 'a message has a reject that is no boolean';
  if (context !== null && !(context instanceof Uint8Array)) return 'a message has a context that is no bytes';
  const entries = entriesFromValue(value[12], limits);
  if (typeof entries === 'string') return entries;
  const snapshot = value[13] === null ? null : snapshotFromValue(value[13], limits);
  if (typeof snapshot === 'string') return snapshot;
  return {
    type: type as MessageType,
    to,
    from,
    term,
    logTerm,
    index,
    entries,
    commit,
    vote,
    snapshot,
    reject,
    rejectHint,
    context,
    responses: null,
    stampUs,
  };
}

function entriesFromValue(value: unknown, limits: WireLimits): readonly Entry[] | string {
  if (!Array.isArray(value)) return 'entries are no array';
  if (value.length === 0) return NO_ENTRIES;
  if (value.length > limits.maxMessageEntries) return `a message has ${value.length} entries`;
  const entries: Entry[] = [];
  for (const item of value as unknown[]) {
    if (!Array.isArray(item) || item.length !== ENTRY_FIELDS) return 'an entry is no array of 4 fields';
    const [term, index, type, data] = item as unknown[];
    if (!isCount(term) || !isCount(index)) return 'an entry has a term or index that is no integer from 0';
    if (typeof type !== 'number' || !ENTRY_TYPES.has(type)) return 'an entry has an unknown type';
    if (!(data instanceof Uint8Array)) return 'an entry has data that are no bytes';
    entries.push({ term, index, type: type as EntryType, data });
  }
  return entries;
}

function snapshotFromValue(value: unknown, limits: WireLimits): Snapshot | string {
  if (!Array.isArray(value) || value.length !== SNAPSHOT_FIELDS) return 'a snapshot is no array of 4 fields';
  const [index, term, conf, data] = value as unknown[];
  if (!isCount(index) || !isCount(term)) return 'a snapshot has a term or index that is no integer from 0';
  if (!(data instanceof Uint8Array)) return 'a snapshot has data that are no bytes';
  const confState = confStateFromValue(conf, limits);
  return typeof confState === 'string' ? confState : { index, term, confState, data };
}

function confStateFromValue(value: unknown, limits: WireLimits): ConfState | string {
  if (!Array.isArray(value) || value.length !== CONF_STATE_FIELDS) return 'a membership is no array of 5 fields';
  const [voters, learners, votersOutgoing, learnersNext, autoLeave] = value as unknown[];
  const isIds = (ids: unknown): ids is number[] =>
    Array.isArray(ids) && ids.length <= limits.maxMessageEntries && ids.every(isCount);
  if (!isIds(voters) || !isIds(learners) || !isIds(votersOutgoing) || !isIds(learnersNext)) {
    return 'a membership has a list that is no list of node ids';
  }
  if (typeof autoLeave !== 'boolean') return 'a membership has an autoLeave that is no boolean';
  return { voters, learners, votersOutgoing, learnersNext, autoLeave };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
