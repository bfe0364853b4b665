/**
 * How entries enter a leader's log: refusals, the check of membership changes, the limit of the uncommitted tail, and
 * the leader's acknowledgement to itself, which counts only once its own disk has the entry. Source: paper 5.3,
 * thesis 4.1 (one change at a time); refusals beyond etcd/raft with strictConfChanges.
 */
import { type ConfChange, decodeConfChange, isConfChangeEntry, isLeaveJoint } from './conf-change.ts';
import { type Entry, EntryType, NO_DATA } from './entry.ts';
import { type ChangeBase, ChangeRefusal, changeConfiguration, isJoint } from './membership.ts';
import { type Message, MessageType, NO_NODE, newMessage } from './message.ts';
import { type Raft, Role } from './raft.ts';
import { announce } from './replication.ts';

/** Why a proposal was not taken. Closed list. */
export const ProposeRefusal = {
  NoLeader: 'no-leader',
  NotLeader: 'not-leader',
  /** This leader is no longer a member. */
  Removed: 'removed',
  /** Leadership is being handed over. */
  Transferring: 'transferring',
  /** The uncommitted tail is as long as it may be. */
  Overloaded: 'overloaded',
  ChangePending: 'change-pending',
  LeaveJointFirst: 'leave-joint-first',
  ...ChangeRefusal,
} as const;
export type ProposeRefusal = (typeof ProposeRefusal)[keyof typeof ProposeRefusal];

/** An entry that has no place in the log yet. */
export interface ProposedEntry {
  readonly type: EntryType;
  readonly data: Uint8Array;
}

const EMPTY_ENTRY: ProposedEntry = Object.freeze({ type: EntryType.Normal, data: NO_DATA });

/** Puts entries into the leader's log. False if the uncommitted tail would grow too long. */
export function appendEntries(raft: Raft, proposed: readonly ProposedEntry[]): boolean {
  let bytes = 0;
  for (let i = 0; i < proposed.length; i++) bytes += proposed[i]!.data.length;
  // An empty entry is never refused, nor is the first of a tail: both must always be possible.
  const full = raft.uncommittedBytes + bytes > raft.config.maxUncommittedBytes;
  if (raft.uncommittedBytes > 0 && bytes > 0 && full) return false;
  raft.uncommittedBytes += bytes;
  const last = raft.log.lastIndex();
  const entries: Entry[] = [];
  for (let i = 0; i < proposed.length; i++) {
    const { type, data } = proposed[i]!;
    entries.push({ term: raft.term, index: last + 1 + i, type, data });
  }
  raft.log.append(entries, 0);
  raft.acknowledge(raft.id, last + entries.length);
  return true;
}

/** The empty entry with which a leader begins its term (paper 8). */
export function appendEmptyEntry(raft: Raft): void {
  appendEntries(raft, [EMPTY_ENTRY]);
}

export function changeBase(raft: Raft): ChangeBase {
  return {
    configuration: raft.tracker.configuration,
    progress: raft.tracker.progress,
    lastIndex: raft.log.lastIndex(),
    maxInflightMessages: raft.config.maxInflightMessages,
    maxInflightBytes: raft.config.maxInflightBytes,
  };
}

/** Why this change may not enter the log now; null if it may. */
function changeFault(raft: Raft, change: ConfChange): ProposeRefusal | null {
  const leave = isLeaveJointRequest(change);
  const joint = isJoint(raft.tracker.configuration);
  if (raft.pendingConfIndex > raft.log.applied) return ProposeRefusal.ChangePending;
  if (joint && !leave) return ProposeRefusal.LeaveJointFirst;
  if (!joint && leave) return ProposeRefusal.NotJoint;
  if (!raft.config.strictConfChanges) return null;
  const outcome = changeConfiguration(changeBase(raft), change);
  return outcome.ok ? null : outcome.reason;
}

/** What counts as asking to leave when proposed: no changes, whatever the transition says. */
function isLeaveJointRequest(change: ConfChange): boolean {
  return change.changes.length === 0 || isLeaveJoint(change);
}

/** Entries with bad membership changes dealt with, or the reason to refuse them all. */
function checkChanges(raft: Raft, proposed: readonly ProposedEntry[]): readonly ProposedEntry[] | ProposeRefusal {
  let checked: ProposedEntry[] | null = null;
  for (let i = 0; i < proposed.length; i++) {
    const entry = proposed[i]!;
    if (!isConfChangeEntry(entry)) continue;
    const fault = raft.config.disableConfChangeValidation ? null : changeFault(raft, decodeConfChange(entry));
    if (fault === null) {
      raft.pendingConfIndex = raft.log.lastIndex() + i + 1;
    } else if (raft.config.strictConfChanges) {
      return fault;
    } else {
      checked ??= [...proposed];
      checked[i] = EMPTY_ENTRY;
    }
  }
  return checked ?? proposed;
}

/** A proposal at the leader. */
export function proposeAsLeader(raft: Raft, proposed: readonly ProposedEntry[]): ProposeRefusal | null {
  if (raft.ownProgress() === undefined) return ProposeRefusal.Removed;
  if (raft.transferee !== NO_NODE) return ProposeRefusal.Transferring;
  const pendingBefore = raft.pendingConfIndex;
  const checked = checkChanges(raft, proposed);
  if (typeof checked === 'string') {
    raft.pendingConfIndex = pendingBefore;
    return checked;
  }
  if (!appendEntries(raft, checked)) return ProposeRefusal.Overloaded;
  announce(raft);
  return null;
}

/** A proposal at any node: taken by the leader, passed on or refused by others. `from` is where it came from. */
export function propose(raft: Raft, proposed: readonly ProposedEntry[], from: number): ProposeRefusal | null {
  if (raft.role === Role.Leader) return proposeAsLeader(raft, proposed);
  if (raft.role !== Role.Follower || raft.leader === NO_NODE) return ProposeRefusal.NoLeader;
  if (!raft.config.forwardProposals) return ProposeRefusal.NotLeader;
  const message: Message = newMessage(MessageType.Prop, raft.leader, from, 0);
  message.entries = proposed.map(({ type, data }) => ({ term: 0, index: 0, type, data }));
  raft.send(message);
  return null;
}
