/**
 * Messages between nodes and to the local storage threads: kinds, fields, and which kinds may come from where.
 * Source: the message table of etcd/raft (raftpb/raft.proto), so that its recorded conversations can be replayed here.
 */
import { type Entry, NO_ENTRIES, type Snapshot } from './entry.ts';

/** Kinds of messages, as in etcd/raft. Numbers are on the wire: never reuse one. */
export const MessageType = {
  Hup: 0,
  Beat: 1,
  Prop: 2,
  App: 3,
  AppResp: 4,
  Vote: 5,
  VoteResp: 6,
  Snap: 7,
  Heartbeat: 8,
  HeartbeatResp: 9,
  Unreachable: 10,
  SnapStatus: 11,
  CheckQuorum: 12,
  TransferLeader: 13,
  TimeoutNow: 14,
  ReadIndex: 15,
  ReadIndexResp: 16,
  PreVote: 17,
  PreVoteResp: 18,
  StorageAppend: 19,
  StorageAppendResp: 20,
  StorageApply: 21,
  StorageApplyResp: 22,
  ForgetLeader: 23,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Addresses of the local storage threads (asynchronous storage writes); no node may have them as id. */
export const APPEND_THREAD = Number.MAX_SAFE_INTEGER;
export const APPLY_THREAD = Number.MAX_SAFE_INTEGER - 1;

/**
 * One message between nodes, or to a local storage thread. Every field is always present (one shape for the engine):
 * 0, false, null or an empty array where a kind does not use it.
 */
export interface Message {
  readonly type: MessageType;
  /** Receiver and sender: node ids (positive integers), or a local thread. */
  to: number;
  from: number;
  term: number;
  logTerm: number;
  index: number;
  entries: readonly Entry[];
  commit: number;
  vote: number;
  snapshot: Snapshot | null;
  reject: boolean;
  rejectHint: number;
  context: Uint8Array | null;
  /** Only StorageAppend and StorageApply: what to step or send once the work is done (durable, applied), in order. */
  responses: readonly Message[] | null;
  /**
   * The leader's monotonic clock when it sent this App or Heartbeat, in microseconds, 0 for none. The core neither sets
   * nor reads it: the shell stamps it and echoes it on AppResp and HeartbeatResp, and computes the leader's lease from it.
   */
  stampUs: number;
}

/** No node: sender of a local message, or "no leader", or "no vote". */
export const NO_NODE = 0;

/** A message with every field present and empty; the sender fills in what its kind needs. */
export function newMessage(type: MessageType, to: number, from: number, term: number): Message {
  return {
    type,
    to,
    from,
    term,
    logTerm: 0,
    index: 0,
    entries: NO_ENTRIES,
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: null,
    responses: null,
    stampUs: 0,
  };
}

/** Kinds that only this process may step: never taken from the network. */
export function isLocalMessage(type: MessageType): boolean {
  switch (type) {
    case MessageType.Hup:
    case MessageType.Beat:
    case MessageType.Unreachable:
    case MessageType.SnapStatus:
    case MessageType.CheckQuorum:
    case MessageType.StorageAppend:
    case MessageType.StorageAppendResp:
    case MessageType.StorageApply:
    case MessageType.StorageApplyResp:
      return true;
    default:
      return false;
  }
}

/** Kinds that answer; they are taken only from members of the configuration. */
export function isResponseMessage(type: MessageType): boolean {
  switch (type) {
    case MessageType.AppResp:
    case MessageType.VoteResp:
    case MessageType.HeartbeatResp:
    case MessageType.Unreachable:
    case MessageType.ReadIndexResp:
    case MessageType.PreVoteResp:
    case MessageType.StorageAppendResp:
    case MessageType.StorageApplyResp:
      return true;
    default:
      return false;
  }
}

/** True of the addresses of the local storage threads. */
export function isLocalThread(id: number): boolean {
  return id === APPEND_THREAD || id === APPLY_THREAD;
}
