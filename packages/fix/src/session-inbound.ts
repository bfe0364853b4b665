// What an active session does with a message: the checks in their order, the
// number, and then the seven session messages or the application. A message is
// acted upon when its number's turn has come, and never twice.
// Source: FIX 4.4 volume 2; session test cases 2 to 14, 20.

import { SessionRejectReason } from './field-values.ts';
import type { FixMessage } from './message.ts';
import { parseMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import {
  alarm,
  disconnect,
  MSG_SEQ_NUM_MAX,
  type RejectCause,
  refuse,
  type SessionContext,
  sendLogout,
  sendReject,
  startLogout,
  transmitFields,
} from './session-context.ts';
import {
  advanceGap,
  countInbound,
  dropPassed,
  lowestQueued,
  queueAboveGap,
  requestGap,
  takeQueued,
} from './session-gap.ts';
import { receiveLogonInSession } from './session-logon.ts';
import { serveResendRequest } from './session-resend.ts';
import { Tag } from './tag.ts';
import { validateHeader, validateSessionMessage } from './validate.ts';
import { validateDictionary } from './validate-dictionary.ts';

/** One received message, and everything that was waiting for it. */
export function receiveActive(context: SessionContext, message: FixMessage): void {
  const { out, state } = context;
  const waited = state.resendWait !== undefined;
  receiveOne(context, message, false);
  while (isLoggedOn(context)) {
    const queued = takeQueued(context);
    if (queued === undefined) {
      break;
    }
    if (queued === 'counted') {
      countInbound(context, state.nextIn);
    } else {
      receiveOne(context, parseMessage(queued), true);
    }
  }
  if (!isLoggedOn(context) || state.resendWait !== undefined) {
    return;
  }
  const lowest = lowestQueued(context);
  if (lowest !== undefined) {
    requestGap(context, lowest);
  } else if (waited) {
    out.push({ type: 'inbound-synced' });
  }
}

function isLoggedOn(context: SessionContext): boolean {
  const { status } = context.state;
  return status === 'active' || status === 'logout-sent';
}

/** Does the message's number have to be the expected one before it is acted upon? */
function isInSequenceOnly(message: FixMessage): boolean {
  switch (message.msgType) {
    case MsgType.ResendRequest:
    case MsgType.Logout:
    case MsgType.Logon:
      return false;
    case MsgType.SequenceReset:
      return message.getBoolean(Tag.GapFillFlag) === true;
    default:
      return true;
  }
}

/** A Logon may reset the numbers, and a SequenceReset without GapFill is obeyed whatever its own number (case 11). */
function ignoresNumber(message: FixMessage): boolean {
  return (
    message.msgType === MsgType.Logon ||
    (message.msgType === MsgType.SequenceReset && message.getBoolean(Tag.GapFillFlag) !== true)
  );
}

function receiveOne(context: SessionContext, message: FixMessage, queued: boolean): void {
  const { state } = context;
  if (!passesHeader(context, message, queued)) {
    return;
  }
  const seq = message.msgSeqNum!;
  if (state.resetSent && message.msgType !== MsgType.Logon) {
    alarm(context, 'sequence-reset', `message ${seq} ignored: it belongs to the numbers before our reset`);
    return;
  }
  if (seq < state.nextIn && message.possDup && !ignoresNumber(message)) {
    receivePassed(context, message);
    return;
  }
  if (isInSequenceOnly(message)) {
    if (seq < state.nextIn) {
      refuse(context, 'sequence-too-low', `MsgSeqNum too low, expecting ${state.nextIn} but received ${seq}`);
      return;
    }
    if (seq > state.nextIn) {
      queueAboveGap(context, seq, message.bytes);
      requestGap(context, seq);
      return;
    }
  }
  const cause = possDupFault(context, message) ?? bodyFault(context, message);
  if (cause !== undefined) {
    rejectMessage(context, message, cause);
    return;
  }
  dispatch(context, message, seq);
}

/** BeginString, MsgSeqNum, header fields, CompIDs and SendingTime; false when the message goes no further. */
function passesHeader(context: SessionContext, message: FixMessage, queued: boolean): boolean {
  const { config, state, timeUs } = context;
  const seq = message.msgSeqNum;
  if (seq === undefined) {
    refuse(context, 'sequence-missing', 'MsgSeqNum is missing or malformed');
    return false;
  }
  if (message.beginString !== config.beginString) {
    alarm(context, 'begin-string', `BeginString is ${message.beginString}, expected ${config.beginString}`);
    startLogout(context, 'Incorrect BeginString');
    countInbound(context, seq);
    return false;
  }
  const cause = validateHeader(message);
  if (cause !== undefined) {
    rejectMessage(context, message, cause);
    return false;
  }
  if (message.senderCompId !== config.targetCompId || message.targetCompId !== config.senderCompId) {
    alarm(context, 'comp-id', `CompIDs are ${message.senderCompId} to ${message.targetCompId}`);
    rejectMessage(context, message, { reason: SessionRejectReason.CompIDProblem });
    startLogout(context, '');
    return false;
  }
  state.lastReceivedUs = timeUs;
  state.testRequest = undefined;
  // A queued message is late by no fault of its own.
  const late =
    config.checkLatencyMs !== null && Math.abs(timeUs - message.sendingTimeUs!) > config.checkLatencyMs * 1000;
  if (late && !queued) {
    alarm(context, 'sending-time', `SendingTime of message ${seq} is ${message.getString(Tag.SendingTime)}`);
    rejectMessage(context, message, { reason: SessionRejectReason.SendingTimeAccuracy });
    startLogout(context, '');
    return false;
  }
  return true;
}

/** Refuses a message: a Reject, and its number counts, except for SequenceReset (case 11c). */
function rejectMessage(context: SessionContext, message: FixMessage, cause: RejectCause): void {
  if (message.msgType !== MsgType.SequenceReset && message.msgSeqNum !== undefined) {
    countInbound(context, message.msgSeqNum);
  }
  sendReject(context, message, cause);
  if (cause.reason === SessionRejectReason.SendingTimeAccuracy && cause.refTagId === undefined && message.possDup) {
    startLogout(context, '');
  }
}

/** Faults that only a message sent again can have. */
function possDupFault(context: SessionContext, message: FixMessage): RejectCause | undefined {
  // Gap fills often lack 122, and CME repeats a ResendRequest with 43=Y and without it.
  if (!message.possDup || message.msgType === MsgType.SequenceReset || message.msgType === MsgType.ResendRequest) {
    return undefined;
  }
  const original = message.getTimeUs(Tag.OrigSendingTime);
  if (original === undefined) {
    return context.config.requireOrigSendingTime
      ? { reason: SessionRejectReason.RequiredTagMissing, refTagId: Tag.OrigSendingTime }
      : undefined;
  }
  return original > message.sendingTimeUs! ? { reason: SessionRejectReason.SendingTimeAccuracy } : undefined;
}

/** A message with 43=Y whose number has passed: seen before, so ignored; a faulty one is refused (2f, 2g). */
function receivePassed(context: SessionContext, message: FixMessage): void {
  const cause = possDupFault(context, message);
  if (cause !== undefined) {
    rejectMessage(context, message, cause);
  }
}

function bodyFault(context: SessionContext, message: FixMessage): RejectCause | undefined {
  const { dictionary } = context.config;
  return (
    (dictionary === undefined ? undefined : validateDictionary(message, dictionary)) ?? validateSessionMessage(message)
  );
}

function dispatch(context: SessionContext, message: FixMessage, seq: number): void {
  const { out } = context;
  switch (message.msgType) {
    case MsgType.Heartbeat:
      countInbound(context, seq);
      receiveHeartbeat(context, message);
      break;
    case MsgType.TestRequest:
      countInbound(context, seq);
      transmitFields(context, MsgType.Heartbeat, [[Tag.TestReqID, message.getString(Tag.TestReqID)!]]);
      break;
    case MsgType.ResendRequest:
      receiveResendRequest(context, message, seq);
      break;
    case MsgType.Reject:
      countInbound(context, seq);
      receiveReject(context, message);
      break;
    case MsgType.SequenceReset:
      receiveSequenceReset(context, message, seq);
      break;
    case MsgType.Logout:
      countInbound(context, seq);
      receiveLogout(context, message);
      break;
    case MsgType.Logon:
      receiveLogonInSession(context, message);
      break;
    default:
      countInbound(context, seq);
      out.push({ type: 'deliver', message, seq, possDup: message.possDup });
  }
}

function receiveHeartbeat(context: SessionContext, message: FixMessage): void {
  const { out, state } = context;
  const id = message.getString(Tag.TestReqID);
  if (id !== undefined && state.barriers.delete(id)) {
    out.push({ type: 'test-answered', id });
  }
}

/** Served at once even above a gap of our own, so that two sides that miss something both get on (case 20). */
function receiveResendRequest(context: SessionContext, message: FixMessage, seq: number): void {
  const { state } = context;
  countInbound(context, seq);
  serveResendRequest(context, message);
  if (seq > state.nextIn) {
    queueAboveGap(context, seq, undefined);
    requestGap(context, seq);
  }
}

function receiveReject(context: SessionContext, message: FixMessage): void {
  const text = message.getString(Tag.Text);
  const refSeqNum = message.getInt(Tag.RefSeqNum);
  alarm(context, 'peer-rejected', `peer rejected our message ${refSeqNum ?? '?'}: ${text ?? 'no reason given'}`);
  context.out.push({
    type: 'rejected',
    refSeqNum,
    refMsgType: message.getString(Tag.RefMsgType),
    reason: message.getInt(Tag.SessionRejectReason),
    text,
  });
}

function receiveSequenceReset(context: SessionContext, message: FixMessage, seq: number): void {
  const { state } = context;
  const gapFill = message.getBoolean(Tag.GapFillFlag) === true;
  const newSeqNo = message.getInt(Tag.NewSeqNo)!;
  if ((gapFill ? newSeqNo <= seq : newSeqNo < state.nextIn) || newSeqNo > MSG_SEQ_NUM_MAX) {
    sendReject(context, message, { reason: SessionRejectReason.ValueIncorrect });
    return;
  }
  if (!gapFill) {
    alarm(context, 'sequence-reset', `peer set its next number from ${state.nextIn} to ${newSeqNo}`);
  }
  state.nextIn = newSeqNo;
  dropPassed(context);
  advanceGap(context, true);
}

function receiveLogout(context: SessionContext, message: FixMessage): void {
  const { state } = context;
  const text = message.getString(Tag.Text);
  if (state.status !== 'logout-sent') {
    if (text !== undefined) {
      alarm(context, 'peer-logout', `peer logged out: ${text}`);
    }
    sendLogout(context, '');
  }
  disconnect(context, 'logout-complete', text);
}
