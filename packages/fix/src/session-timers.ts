// What the passing of time makes a session do: heartbeats, questions to a silent
// peer, timeouts of logon and logout, the end of the schedule's window, and the
// rest of a long resend. Time comes in as an input; nothing here reads a clock.
// Source: FIX 4.4 volume 2, Heartbeat and TestRequest; cases 4a, 6, 12.

import { MsgType } from './msg-type.ts';
import { scheduleWindow } from './schedule.ts';
import { alarm, disconnect, type SessionContext, startLogout, transmitFields } from './session-context.ts';
import { gapDeadlineUs, tickGap } from './session-gap.ts';
import type { SessionConfig } from './session-options.ts';
import { continueResend } from './session-resend.ts';
import type { SessionState } from './session-state.ts';
import { Tag } from './tag.ts';

const SECOND_US = 1_000_000;
/** A peer is asked after 1.2 and given up after 2.4 intervals of silence; times ten, to stay in whole numbers. */
const ASK_AFTER_TENTHS = 12;
const GIVE_UP_AFTER_TENTHS = 24;
/** TestReqID of the question to a silent peer. */
const TEST_REQUEST_ID = 'TEST';

function tenths(state: SessionState, count: number): number {
  return (state.heartBtIntS * SECOND_US * count) / 10;
}

/** Time has passed. */
export function tick(context: SessionContext): void {
  const { config, state, timeUs } = context;
  switch (state.status) {
    case 'disconnected':
      return;
    case 'connected':
    case 'logon-sent':
      logonTimedOut(context);
      return;
    case 'logout-sent':
      if (timeUs >= state.logoutSentUs + config.logoutTimeoutMs * 1000) {
        alarm(context, 'logout-timeout', `no answer to our Logout within ${config.logoutTimeoutMs} ms`);
        disconnect(context, 'logout-timeout');
      }
      return;
    case 'active':
      continueResend(context);
      if (state.resetSent && logonTimedOut(context)) {
        return;
      }
      if (windowEnded(config, state, timeUs)) {
        startLogout(context, 'Session window ended');
        return;
      }
      tickGap(context);
      tickHeartbeat(context);
  }
}

function logonTimedOut(context: SessionContext): boolean {
  const { config, state, timeUs } = context;
  if (timeUs < state.connectedUs + config.logonTimeoutMs * 1000) {
    return false;
  }
  alarm(context, 'logon-timeout', `no Logon within ${config.logonTimeoutMs} ms`);
  disconnect(context, 'logon-timeout');
  return true;
}

function windowEnded(config: SessionConfig, state: SessionState, timeUs: number): boolean {
  return config.schedule !== undefined && scheduleWindow(config.schedule, timeUs)?.startUs !== state.windowStartUs;
}

function tickHeartbeat(context: SessionContext): void {
  const { state, timeUs } = context;
  if (state.heartBtIntS === 0) {
    return;
  }
  if (state.testRequest !== undefined) {
    if (timeUs >= state.lastReceivedUs + tenths(state, GIVE_UP_AFTER_TENTHS)) {
      alarm(context, 'heartbeat-timeout', `nothing received for ${(timeUs - state.lastReceivedUs) / SECOND_US} s`);
      disconnect(context, 'heartbeat-timeout');
    }
    return;
  }
  if (timeUs >= state.lastReceivedUs + tenths(state, ASK_AFTER_TENTHS)) {
    state.testRequest = { id: TEST_REQUEST_ID, sentUs: timeUs };
    transmitFields(context, MsgType.TestRequest, [[Tag.TestReqID, TEST_REQUEST_ID]]);
  } else if (timeUs >= state.lastSentUs + state.heartBtIntS * SECOND_US) {
    transmitFields(context, MsgType.Heartbeat, []);
  }
}

/** When a tick will next do something, µs; undefined when never. */
export function nextDeadlineUs(config: SessionConfig, state: SessionState): number | undefined {
  switch (state.status) {
    case 'disconnected':
      return undefined;
    case 'connected':
    case 'logon-sent':
      return state.connectedUs + config.logonTimeoutMs * 1000;
    case 'logout-sent':
      return state.logoutSentUs + config.logoutTimeoutMs * 1000;
    case 'active':
      return activeDeadlineUs(config, state);
  }
}

function activeDeadlineUs(config: SessionConfig, state: SessionState): number | undefined {
  if (state.resendDebt !== undefined) {
    return state.lastSentUs;
  }
  let deadline = state.resetSent ? state.connectedUs + config.logonTimeoutMs * 1000 : Number.POSITIVE_INFINITY;
  if (config.schedule !== undefined) {
    const endUs = scheduleWindow(config.schedule, state.windowStartUs)?.endUs;
    deadline = Math.min(deadline, endUs ?? state.windowStartUs);
  }
  deadline = Math.min(deadline, gapDeadlineUs(config, state) ?? deadline);
  if (state.heartBtIntS > 0) {
    const silent = state.testRequest === undefined ? ASK_AFTER_TENTHS : GIVE_UP_AFTER_TENTHS;
    deadline = Math.min(deadline, state.lastReceivedUs + tenths(state, silent));
    if (state.testRequest === undefined) {
      deadline = Math.min(deadline, state.lastSentUs + state.heartBtIntS * SECOND_US);
    }
  }
  return deadline === Number.POSITIVE_INFINITY ? undefined : deadline;
}
