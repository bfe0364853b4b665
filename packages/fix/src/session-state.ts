// The whole state of one FIX session, as plain data. All nodes of a cluster feed
// the same inputs and hold the same state. The first part outlives connections
// and leaders; the second belongs to one connection and is emptied at each
// connect (a pending resend or test request of a dead socket means nothing).

import type { OutboxSlot } from './session-output.ts';

export type SessionStatus = 'disconnected' | 'connected' | 'logon-sent' | 'active' | 'logout-sent';

/** A message that waits above an inbound gap. */
export interface QueuedMessage {
  readonly seq: number;
  /** The frame as received; undefined when the message was already acted upon and only its number has to be counted. */
  readonly frame: Uint8Array | undefined;
}

/** What we asked the peer to send again. */
export interface ResendWait {
  /** Last number of the current ResendRequest. */
  chunkEnd: number;
  /** Last number that was missing when the gap was seen. */
  gapEnd: number;
  /** When it was asked for, or last moved. */
  sinceUs: number;
}

/** What the peer asked us to send again and is not yet served. */
export interface ResendDebt {
  next: number;
  readonly end: number;
}

export interface TestRequestWait {
  readonly id: string;
  readonly sentUs: number;
}

export interface SessionState {
  // Outlives connections and leaders.
  nextOut: number;
  nextIn: number;
  /** How often the numbers were reset: (sequenceIndex, seq) never repeats. */
  sequenceIndex: number;
  /** Application messages and Rejects that may have to be resent, by number, ascending; numbers not here are gap-filled. */
  readonly outbox: Map<number, OutboxSlot>;
  /** No number in the outbox is lower: where the oldest is looked for. Not in snapshots. */
  outboxFrom: number;
  /** Start of the schedule window to which the numbers belong, µs; 0 without a schedule. */
  windowStartUs: number;
  // Belongs to the connection.
  status: SessionStatus;
  heartBtIntS: number;
  /** When the wait for a Logon began. */
  connectedUs: number;
  lastSentUs: number;
  lastReceivedUs: number;
  logoutSentUs: number;
  /** We sent 141=Y and wait for the answer. */
  resetSent: boolean;
  readonly gapQueue: Map<number, QueuedMessage>;
  resendWait: ResendWait | undefined;
  resendDebt: ResendDebt | undefined;
  /** The TestRequest sent because the peer was silent. */
  testRequest: TestRequestWait | undefined;
  /** Ids of TestRequests that the application sent and the peer has not answered. */
  readonly barriers: Set<string>;
}

export function newSessionState(): SessionState {
  return {
    nextOut: 1,
    nextIn: 1,
    sequenceIndex: 0,
    outbox: new Map(),
    outboxFrom: 1,
    windowStartUs: 0,
    status: 'disconnected',
    heartBtIntS: 0,
    connectedUs: 0,
    lastSentUs: 0,
    lastReceivedUs: 0,
    logoutSentUs: 0,
    resetSent: false,
    gapQueue: new Map(),
    resendWait: undefined,
    resendDebt: undefined,
    testRequest: undefined,
    barriers: new Set(),
  };
}

/** Empties the part of the state that belongs to a connection. */
export function clearConnection(state: SessionState): void {
  state.status = 'disconnected';
  state.connectedUs = 0;
  state.lastSentUs = 0;
  state.lastReceivedUs = 0;
  state.logoutSentUs = 0;
  state.resetSent = false;
  state.gapQueue.clear();
  state.resendWait = undefined;
  state.resendDebt = undefined;
  state.testRequest = undefined;
  state.barriers.clear();
}

/** A snapshot: arrays, numbers, strings and bytes only, in a fixed order. */
export type SessionSnapshot = readonly unknown[];

const SNAPSHOT_VERSION = 1;

/** The state as arrays that any codec can carry; equal states give equal snapshots. */
export function snapshotState(
  state: SessionState,
  slots: Iterable<OutboxSlot> = state.outbox.values(),
): SessionSnapshot {
  return [
    SNAPSHOT_VERSION,
    [state.nextOut, state.nextIn, state.sequenceIndex, state.windowStartUs],
    Array.from(slots, (slot) => [slot.seq, slot.msgType, slot.body, slot.timeUs, slot.key]),
    [state.status, state.heartBtIntS, state.resetSent],
    [state.connectedUs, state.lastSentUs, state.lastReceivedUs, state.logoutSentUs],
    Array.from(state.gapQueue.values(), (queued) => [queued.seq, queued.frame ?? null]),
    state.resendWait === undefined
      ? null
      : [state.resendWait.chunkEnd, state.resendWait.gapEnd, state.resendWait.sinceUs],
    state.resendDebt === undefined ? null : [state.resendDebt.next, state.resendDebt.end],
    state.testRequest === undefined ? null : [state.testRequest.id, state.testRequest.sentUs],
    Array.from(state.barriers),
  ];
}

type Stored = readonly [
  version: number,
  numbers: readonly [number, number, number, number],
  outbox: readonly (readonly [number, string, Uint8Array, number, string])[],
  flags: readonly [SessionStatus, number, boolean],
  times: readonly [number, number, number, number],
  gapQueue: readonly (readonly [number, Uint8Array | null])[],
  resendWait: readonly [number, number, number] | null,
  resendDebt: readonly [number, number] | null,
  testRequest: readonly [string, number] | null,
  barriers: readonly string[],
];

/** The state that `snapshotState` described. Throws when the snapshot is of another version. */
export function restoreState(snapshot: SessionSnapshot): SessionState {
  if (snapshot[0] !== SNAPSHOT_VERSION) {
    throw new Error(
      `cannot restore a FIX session: snapshot version ${String(snapshot[0])}, expected ${SNAPSHOT_VERSION}`,
    );
  }
  const [, numbers, outbox, flags, times, gapQueue, wait, debt, test, barriers] = snapshot as unknown as Stored;
  const state = newSessionState();
  [state.nextOut, state.nextIn, state.sequenceIndex, state.windowStartUs] = numbers;
  for (const [seq, msgType, body, timeUs, key] of outbox) {
    state.outbox.set(seq, { seq, msgType, body, timeUs, key });
  }
  state.outboxFrom = outbox[0]?.[0] ?? 1;
  [state.status, state.heartBtIntS, state.resetSent] = flags;
  [state.connectedUs, state.lastSentUs, state.lastReceivedUs, state.logoutSentUs] = times;
  for (const [seq, frame] of gapQueue) {
    state.gapQueue.set(seq, { seq, frame: frame ?? undefined });
  }
  state.resendWait = wait === null ? undefined : { chunkEnd: wait[0], gapEnd: wait[1], sinceUs: wait[2] };
  state.resendDebt = debt === null ? undefined : { next: debt[0], end: debt[1] };
  state.testRequest = test === null ? undefined : { id: test[0], sentUs: test[1] };
  for (const id of barriers) {
    state.barriers.add(id);
  }
  return state;
}
