// From a transport connection to an active session, for both roles: Logon out,
// Logon in, and what the two numbers in them mean. Neither side's numbers are
// ever reset unless a 141=Y or the configuration says so.
// Source: FIX 4.4 volume 2, Logon, NextExpectedMsgSeqNum; cases 1B, 1S, 2b; FIXT 1.1.

import type { BodyField } from './encode.ts';
import type { FixMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import { scheduleWindow } from './schedule.ts';
import {
  alarm,
  disconnect,
  refuse,
  resetSequence,
  type SessionContext,
  sendLogout,
  transmitFields,
} from './session-context.ts';
import { awaitGap, countInbound, queueAboveGap, requestGap } from './session-gap.ts';
import { serveFrom } from './session-resend.ts';
import { clearConnection } from './session-state.ts';
import { Tag } from './tag.ts';
import { validateHeader, validateSessionMessage } from './validate.ts';
import { validateDictionary } from './validate-dictionary.ts';

/** A day: longer silence is no heartbeat. */
const HEART_BT_INT_MAX_S = 86_400;

/** A transport connection is up. `reset`: the numbers begin anew with this logon, whatever the configuration says. */
export function connect(context: SessionContext, reset = false): void {
  const { config, state, timeUs } = context;
  clearConnection(state);
  if (!enterWindow(context)) {
    disconnect(context, 'outside-schedule');
    return;
  }
  state.connectedUs = timeUs;
  state.lastReceivedUs = timeUs;
  state.lastSentUs = timeUs;
  if (config.role === 'acceptor') {
    state.status = 'connected';
    return;
  }
  const isReset = reset || config.resetOnLogon;
  if (isReset) {
    // What nobody has answered is no loss that a person would have to look at.
    if (reset && state.nextIn === 1) forgetNumbers(state);
    resetSequence(context, 'reset on logon');
    state.resetSent = true;
  }
  state.status = 'logon-sent';
  state.heartBtIntS = config.heartBtIntS;
  sendLogon(context, config.heartBtIntS, isReset);
}

/** Numbers of a logon that was asked to begin anew and never answered. */
function forgetNumbers(state: SessionContext['state']): void {
  state.nextOut = 1;
  state.outbox.clear();
}

/** Moves into the schedule's open window, with new numbers if it is another one; false when the session is closed. */
export function enterWindow(context: SessionContext): boolean {
  const { config, state, timeUs } = context;
  if (config.schedule === undefined) {
    return true;
  }
  const window = scheduleWindow(config.schedule, timeUs);
  if (window === undefined) {
    return false;
  }
  if (window.startUs !== state.windowStartUs) {
    if (state.windowStartUs !== 0) {
      resetSequence(context, 'a new session window began');
    }
    state.windowStartUs = window.startUs;
  }
  return true;
}

/** Resets both numbers while logged on: Logon with 141=Y, to be answered in kind. */
export function resetInSession(context: SessionContext): void {
  const { state, timeUs } = context;
  resetSequence(context, 'reset by the operator');
  state.resetSent = true;
  state.connectedUs = timeUs;
  sendLogon(context, state.heartBtIntS, true);
}

function sendLogon(context: SessionContext, heartBtIntS: number, reset: boolean): void {
  const { config, state } = context;
  const fields: BodyField[] = [
    [Tag.EncryptMethod, 0],
    [Tag.HeartBtInt, heartBtIntS],
  ];
  if (reset) {
    fields.push([Tag.ResetSeqNumFlag, 'Y']);
  }
  if (config.sendNextExpectedMsgSeqNum) {
    fields.push([Tag.NextExpectedMsgSeqNum, state.nextIn]);
  }
  if (config.defaultApplVerId !== undefined) {
    fields.push([Tag.DefaultApplVerID, config.defaultApplVerId]);
  }
  transmitFields(context, MsgType.Logon, [...fields, ...config.logonFields]);
}

/** A message before the session is active: a Logon, or the end of the connection. */
export function receiveBeforeLogon(context: SessionContext, message: FixMessage): void {
  const { config } = context;
  const initiator = config.role === 'initiator';
  if (message.msgType !== MsgType.Logon) {
    if (initiator && message.msgType === MsgType.Logout) {
      logonRefusedByPeer(context, message);
      return;
    }
    alarm(context, 'logon-refused', `first message is 35=${message.msgType}, expected a Logon`);
    if (initiator) {
      sendLogout(context, 'First message is not a Logon');
    }
    disconnect(context, 'first-message-not-logon');
    return;
  }
  const fault = logonFault(context, message);
  if (fault !== undefined) {
    alarm(context, 'logon-refused', fault);
    // An acceptor says nothing to strangers; an initiator tells the peer why it leaves.
    if (initiator) {
      sendLogout(context, fault);
    }
    disconnect(context, 'logon-refused');
    return;
  }
  acceptLogon(context, message);
}

function logonRefusedByPeer(context: SessionContext, message: FixMessage): void {
  const { state } = context;
  const text = message.getString(Tag.Text);
  if (message.msgSeqNum === state.nextIn) {
    state.nextIn++;
  }
  alarm(context, 'logon-refused', `peer answered our Logon with a Logout: ${text ?? 'no reason given'}`);
  disconnect(context, 'logon-refused', text);
}

/** Why a Logon cannot be accepted; undefined when it can. Numbers are judged later. */
function logonFault(context: SessionContext, message: FixMessage): string | undefined {
  const { config, timeUs } = context;
  if (message.beginString !== config.beginString) {
    return `BeginString is ${message.beginString}, expected ${config.beginString}`;
  }
  const cause =
    validateHeader(message) ??
    validateSessionMessage(message) ??
    (config.dictionary === undefined ? undefined : validateDictionary(message, config.dictionary));
  if (cause !== undefined) {
    return `Logon has a fault in tag ${cause.refTagId ?? '?'} (SessionRejectReason ${cause.reason})`;
  }
  if (message.senderCompId !== config.targetCompId || message.targetCompId !== config.senderCompId) {
    return `CompIDs are ${message.senderCompId} to ${message.targetCompId}, expected ${config.targetCompId} to ${config.senderCompId}`;
  }
  if (config.checkLatencyMs !== null && Math.abs(timeUs - message.sendingTimeUs!) > config.checkLatencyMs * 1000) {
    return `SendingTime ${message.getString(Tag.SendingTime)} is more than ${config.checkLatencyMs} ms away`;
  }
  if (message.msgSeqNum === undefined) {
    return 'MsgSeqNum is missing';
  }
  if (message.getInt(Tag.EncryptMethod) !== 0) {
    return `EncryptMethod is ${message.getString(Tag.EncryptMethod)}, only 0 is supported`;
  }
  const heartBtIntS = message.getInt(Tag.HeartBtInt)!;
  if (heartBtIntS < 0 || heartBtIntS > HEART_BT_INT_MAX_S) {
    return `HeartBtInt is ${heartBtIntS}, expected 0 to ${HEART_BT_INT_MAX_S}`;
  }
  if (config.defaultApplVerId !== undefined && message.getString(Tag.DefaultApplVerID) === undefined) {
    return 'DefaultApplVerID is missing';
  }
  return undefined;
}

/** Sets the numbers back if the Logon or the configuration says so; returns whether it did. */
function applyReset(context: SessionContext, message: FixMessage): boolean {
  const { config, state } = context;
  const flagged = message.getBoolean(Tag.ResetSeqNumFlag) === true;
  if (config.role === 'acceptor') {
    if (flagged || config.resetOnLogon) {
      resetSequence(context, flagged ? 'the Logon has 141=Y' : 'reset on logon');
    }
    return flagged || config.resetOnLogon;
  }
  const asked = state.resetSent;
  state.resetSent = false;
  if (flagged && !asked) {
    resetSequence(context, 'the peer answered our Logon with 141=Y');
    // Our Logon was the first message of the new numbering.
    state.nextOut = 2;
  }
  return asked || flagged;
}

function acceptLogon(context: SessionContext, message: FixMessage): void {
  const { config, out, state } = context;
  const reset = applyReset(context, message);
  const seq = message.msgSeqNum!;
  if (!numbersFit(context, message, seq)) {
    return;
  }
  const peerNextExpected = message.getInt(Tag.NextExpectedMsgSeqNum);
  const early = seq > state.nextIn;
  if (!early) {
    state.nextIn++;
  }
  // What the peer's 789 is measured against: an initiator's Logon is counted in it, an acceptor's is still to come.
  const known = state.nextOut;
  if (config.role === 'acceptor') {
    state.heartBtIntS = message.getInt(Tag.HeartBtInt)!;
    sendLogon(context, state.heartBtIntS, message.getBoolean(Tag.ResetSeqNumFlag) === true);
  }
  state.status = 'active';
  state.lastReceivedUs = context.timeUs;
  const gap = early ? { beginSeqNo: state.nextIn, endSeqNo: seq - 1 } : undefined;
  out.push({ type: 'logged-on', peerNextExpected, nextIn: state.nextIn, gap, reset });
  const bothUse789 = config.sendNextExpectedMsgSeqNum && peerNextExpected !== undefined;
  if (bothUse789 && peerNextExpected < known) {
    serveFrom(context, peerNextExpected, state.nextOut - 1);
  }
  if (!early) {
    out.push({ type: 'inbound-synced' });
    return;
  }
  queueAboveGap(context, seq, undefined);
  if (bothUse789) {
    awaitGap(context, seq);
  } else {
    requestGap(context, seq);
  }
}

/** Refuses a Logon whose numbers prove that one side lost messages; operators must decide then. */
function numbersFit(context: SessionContext, message: FixMessage, seq: number): boolean {
  const { config, state } = context;
  if (seq < state.nextIn) {
    refuse(context, 'sequence-too-low', `MsgSeqNum too low, expecting ${state.nextIn} but received ${seq}`);
    return false;
  }
  const peerNextExpected = message.getInt(Tag.NextExpectedMsgSeqNum);
  if (config.sendNextExpectedMsgSeqNum && peerNextExpected !== undefined && peerNextExpected > state.nextOut) {
    refuse(
      context,
      'next-expected-too-high',
      `Tag 789 (NextExpectedMsgSeqNum) is higher than expected. Expected ${state.nextOut}, Received ${peerNextExpected}`,
    );
    return false;
  }
  return true;
}

/** A Logon while logged on: the peer resets the numbers, or confirms that we did. */
export function receiveLogonInSession(context: SessionContext, message: FixMessage): void {
  const { state } = context;
  const flagged = message.getBoolean(Tag.ResetSeqNumFlag) === true;
  const seq = message.msgSeqNum!;
  if (flagged && seq === 1 && !message.possDup) {
    if (!state.resetSent) {
      resetSequence(context, 'the peer sent 141=Y');
      state.heartBtIntS = message.getInt(Tag.HeartBtInt) ?? state.heartBtIntS;
    }
    state.nextIn = 2;
    if (!state.resetSent) {
      sendLogon(context, state.heartBtIntS, true);
    }
    state.resetSent = false;
    return;
  }
  alarm(context, 'unexpected-logon', `Logon ${seq} while logged on, without 141=Y and 34=1: ignored`);
  if (seq > state.nextIn) {
    queueAboveGap(context, seq, undefined);
    requestGap(context, seq);
  } else {
    countInbound(context, seq);
  }
}
