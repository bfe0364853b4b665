// What every part of the session works on: configuration, policy, state and the
// outputs of the running step; and the few ways in which a session speaks. All
// outbound messages, session messages included, get their number here.

import { type BodyField, encodeBody } from './encode.ts';
import type { SessionRejectReasonCode } from './field-values.ts';
import type { FixMessage } from './message.ts';
import { isAdminMsgType, MsgType } from './msg-type.ts';
import type { SessionConfig } from './session-options.ts';
import type { AlarmCode, DisconnectReason, OutboxSlot, ResendPolicy, SessionOutput } from './session-output.ts';
import { clearConnection, type SessionState } from './session-state.ts';
import { Tag } from './tag.ts';

/** Highest MsgSeqNum that is ever used: many engines keep it in 32 signed bits. */
export const MSG_SEQ_NUM_MAX = 0x7fff_ffff;

/** Numbers kept back, so that a session that runs out can still say Logout. */
export const MSG_SEQ_NUM_RESERVE = 1_000;

export interface SessionContext {
  readonly config: SessionConfig;
  readonly policy: ResendPolicy;
  readonly state: SessionState;
  /** Outputs of the running step. */
  readonly out: SessionOutput[];
  /** Time of the running step. */
  readonly timeUs: number;
}

/** Texts of SessionRejectReason (373), as the standard's value list words them. */
const REJECT_TEXTS: Readonly<Record<SessionRejectReasonCode, string>> = {
  0: 'Invalid tag number',
  1: 'Required tag missing',
  2: 'Tag not defined for this message type',
  3: 'Undefined Tag',
  4: 'Tag specified without a value',
  5: 'Value is incorrect (out of range) for this tag',
  6: 'Incorrect data format for value',
  7: 'Decryption problem',
  8: 'Signature problem',
  9: 'CompID problem',
  10: 'SendingTime accuracy problem',
  11: 'Invalid MsgType',
  13: 'Tag appears more than once',
  14: 'Tag specified out of required order',
  15: 'Repeating group fields out of order',
  16: 'Incorrect NumInGroup count for repeating group',
  17: 'Non "data" value includes field delimiter',
};

/** FIX 4.2 knows no higher SessionRejectReason; versions before it have none, nor RefTagID and RefMsgType. */
const REJECT_REASON_MAX_42 = 11;

export function alarm(context: SessionContext, code: AlarmCode, text: string): void {
  context.out.push({ type: 'alarm', code, text });
}

/** Takes the next number for a message and gives it to the shell; application messages and Rejects are kept for resends. */
export function transmit(context: SessionContext, msgType: string, body: Uint8Array, key = ''): OutboxSlot {
  const { config, state, out, timeUs } = context;
  const prefix = config.lastMsgSeqNumProcessed
    ? encodeBody([[Tag.LastMsgSeqNumProcessed, state.nextIn - 1]])
    : undefined;
  const slot: OutboxSlot = {
    seq: state.nextOut,
    msgType,
    body: prefix === undefined ? body : Buffer.concat([prefix, body]),
    timeUs,
    key,
  };
  state.nextOut++;
  state.lastSentUs = timeUs;
  if (!isAdminMsgType(msgType) || msgType === MsgType.Reject) {
    keep(context, slot);
  }
  out.push({ type: 'transmit', slot, possDup: false });
  return slot;
}

/** Keeps a message for resends, within the outbox's bound. */
export function keep(context: SessionContext, slot: OutboxSlot): void {
  const { outbox } = context.state;
  if (context.config.outboxMax === 0) {
    return;
  }
  if (outbox.size >= context.config.outboxMax) {
    const oldest = dropOldest(context.state);
    // Said once for every fullness, not once a message.
    if (oldest % context.config.outboxMax === 0) {
      alarm(context, 'outbox-trimmed', `outbox holds ${outbox.size + 1} messages, those up to ${oldest} are forgotten`);
    }
  }
  if (outbox.size === 0 || slot.seq < context.state.outboxFrom) {
    context.state.outboxFrom = slot.seq;
  }
  outbox.set(slot.seq, slot);
}

/** Counts up to the oldest number: the first key of a Map that loses its first keys costs a walk over the holes. */
function dropOldest(state: SessionState): number {
  let oldest = state.outboxFrom;
  while (!state.outbox.delete(oldest)) {
    oldest++;
  }
  state.outboxFrom = oldest + 1;
  return oldest;
}

export function transmitFields(context: SessionContext, msgType: string, fields: readonly BodyField[]): OutboxSlot {
  return transmit(context, msgType, encodeBody(fields));
}

/** Forgets all numbers and messages: both sides start at 1 again. */
export function resetSequence(context: SessionContext, why: string): void {
  const { state } = context;
  if (state.nextIn !== 1 || state.nextOut !== 1 || state.outbox.size > 0) {
    alarm(
      context,
      'sequence-reset',
      `${why}: numbers restart at 1 (next out was ${state.nextOut}, in ${state.nextIn})`,
    );
  }
  state.nextIn = 1;
  state.nextOut = 1;
  state.sequenceIndex++;
  state.outbox.clear();
  state.gapQueue.clear();
  state.resendWait = undefined;
  state.resendDebt = undefined;
}

/** Ends the connection. The state is as after a loss of the transport; the shell flushes, then closes. */
export function disconnect(context: SessionContext, reason: DisconnectReason, text?: string): void {
  const { state, out } = context;
  const loggedOn = state.status === 'active' || state.status === 'logout-sent';
  clearConnection(state);
  if (loggedOn) {
    out.push({ type: 'logged-out', reason, text });
  }
  out.push({ type: 'disconnect', reason });
}

/** Logout with a reason, then the end of the connection without waiting for an answer. */
export function refuse(context: SessionContext, code: AlarmCode & DisconnectReason, text: string): void {
  alarm(context, code, text);
  sendLogout(context, text);
  disconnect(context, code);
}

export function sendLogout(context: SessionContext, text: string): void {
  transmitFields(context, MsgType.Logout, text === '' ? [] : [[Tag.Text, text]]);
}

/** Logout with a reason, then wait for the peer's answer at most logoutTimeoutMs. */
export function startLogout(context: SessionContext, text: string): void {
  const { state, timeUs } = context;
  if (state.status === 'active') {
    sendLogout(context, text);
    state.status = 'logout-sent';
    state.logoutSentUs = timeUs;
  }
}

/** Fields that turn a message's third-party routing round, for the header of its answer: 115 becomes 128 and so on. */
export function reverseRoute(message: FixMessage): BodyField[] {
  const fields: BodyField[] = [];
  for (const [from, to] of ROUTES) {
    const value = message.getString(from);
    if (value !== undefined && value !== '') {
      fields.push([to, value]);
    }
  }
  return fields;
}

const ROUTES: readonly (readonly [from: number, to: number])[] = [
  [Tag.OnBehalfOfCompID, Tag.DeliverToCompID],
  [Tag.OnBehalfOfSubID, Tag.DeliverToSubID],
  [Tag.OnBehalfOfLocationID, Tag.DeliverToLocationID],
  [Tag.DeliverToCompID, Tag.OnBehalfOfCompID],
  [Tag.DeliverToSubID, Tag.OnBehalfOfSubID],
  [Tag.DeliverToLocationID, Tag.OnBehalfOfLocationID],
];

/** A fault of a received message: what a session-level Reject says about it. */
export interface RejectCause {
  readonly reason: SessionRejectReasonCode;
  /** The offending tag, where the reason has one. */
  readonly refTagId?: number | undefined;
}

/** Sends a session-level Reject. Does not touch the inbound number. */
export function sendReject(context: SessionContext, message: FixMessage, cause: RejectCause): void {
  const { reason, refTagId } = cause;
  const { beginString } = context.config;
  const text = REJECT_TEXTS[reason];
  const fields: BodyField[] = reverseRoute(message);
  fields.push([Tag.RefSeqNum, message.msgSeqNum ?? 0]);
  const detailed = beginString !== 'FIX.4.0' && beginString !== 'FIX.4.1';
  if (detailed && refTagId !== undefined) {
    fields.push([Tag.RefTagID, refTagId]);
  }
  if (detailed && message.msgType !== '') {
    fields.push([Tag.RefMsgType, message.msgType]);
  }
  if (detailed && (beginString !== 'FIX.4.2' || reason <= REJECT_REASON_MAX_42)) {
    fields.push([Tag.SessionRejectReason, reason]);
  }
  fields.push([Tag.Text, text]);
  transmitFields(context, MsgType.Reject, fields);
  const where = refTagId === undefined ? '' : `, tag ${refTagId}`;
  alarm(context, 'message-rejected', `message ${message.msgSeqNum ?? '?'} (35=${message.msgType}): ${text}${where}`);
}
