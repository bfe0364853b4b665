// One FIX session, either role, as a deterministic state machine without I/O:
// inputs are frames, sends, connects, disconnects and the passing of time, each
// with the time of its log entry; outputs are what the shell has to do. The whole
// session is here, session messages included, because a split session races with
// itself. Equal inputs give equal states and outputs, on every node.
// Source: FIX 4.4 volume 2, FIXT 1.1; session layer test cases (ISO 3531-3).

import type { FixMessage } from './message.ts';
import { parseMessage } from './message.ts';
import { isAdminMsgType, MsgType } from './msg-type.ts';
import {
  alarm,
  disconnect,
  keep,
  MSG_SEQ_NUM_MAX,
  MSG_SEQ_NUM_RESERVE,
  type SessionContext,
  startLogout,
  transmit,
  transmitFields,
} from './session-context.ts';
import { receiveActive } from './session-inbound.ts';
import { connect, receiveBeforeLogon, resetInSession } from './session-logon.ts';
import { resolveSessionOptions, type SessionConfig, type SessionOptions } from './session-options.ts';
import type { OutboxSlot, ResendPolicy, SendOutcome, SendRefusal, SessionOutput } from './session-output.ts';
import {
  clearConnection,
  newSessionState,
  restoreState,
  type SessionSnapshot,
  type SessionState,
  snapshotState,
} from './session-state.ts';
import { nextDeadlineUs, tick } from './session-timers.ts';
import { Tag } from './tag.ts';

/** A logged-on session as one speaker hands it to the next. */
export type LoggedOnLine = Pick<
  SessionState,
  'nextOut' | 'nextIn' | 'heartBtIntS' | 'connectedUs' | 'lastSentUs' | 'lastReceivedUs'
>;

export class FixSession {
  /** The options with all defaults, also what encodeTransmit needs. */
  readonly config: SessionConfig;
  readonly #policy: ResendPolicy;
  #state: SessionState;

  /** Throws SessionOptionsError for options out of bounds. */
  constructor(options: SessionOptions, policy: ResendPolicy) {
    this.config = resolveSessionOptions(options);
    this.#policy = policy;
    this.#state = newSessionState();
  }

  /** A session as it was when the snapshot was taken. */
  static restore(options: SessionOptions, policy: ResendPolicy, snapshot: SessionSnapshot): FixSession {
    const session = new FixSession(options, policy);
    session.#state = restoreState(snapshot);
    return session;
  }

  /**
   * A session that another speaker has logged on and hands over in order: numbers and times as they stand with the peer,
   * nothing kept for resends, no gap. Throws for what is no number.
   */
  static loggedOn(options: SessionOptions, policy: ResendPolicy, line: LoggedOnLine): FixSession {
    const session = new FixSession(options, policy);
    for (const seq of [line.nextOut, line.nextIn]) {
      if (!Number.isSafeInteger(seq) || seq < 1 || seq > MSG_SEQ_NUM_MAX) {
        throw new RangeError(`cannot take over a session with number ${seq}: expected 1 to ${MSG_SEQ_NUM_MAX}`);
      }
    }
    Object.assign(session.#state, { ...line, status: 'active' });
    return session;
  }

  /** How the line stands, for whoever takes it over; undefined unless logged on with nothing pending. */
  line(): LoggedOnLine | undefined {
    const { gapQueue, resendDebt, resetSent, resendWait, status } = this.#state;
    if (status !== 'active' || resetSent || resendWait !== undefined || resendDebt !== undefined || gapQueue.size > 0) {
      return undefined;
    }
    const { connectedUs, heartBtIntS, lastReceivedUs, lastSentUs, nextIn, nextOut } = this.#state;
    return { nextOut, nextIn, heartBtIntS, connectedUs, lastSentUs, lastReceivedUs };
  }

  /** Plain data, read-only for the owner. */
  get state(): Readonly<SessionState> {
    return this.#state;
  }

  /** The whole state as arrays of numbers, strings and bytes, for msgpack. */
  snapshot(): SessionSnapshot {
    return snapshotState(this.#state);
  }

  /** The same without what is kept for resends: for owners who write a large state bit by bit. */
  snapshotWithoutOutbox(): SessionSnapshot {
    return snapshotState(this.#state, []);
  }

  /** What is kept for resends, ascending. */
  keptSlots(): IterableIterator<OutboxSlot> {
    return this.#state.outbox.values();
  }

  /** Gives a restored session one of its `keptSlots` back; in their order. */
  keepSlot(slot: OutboxSlot): void {
    if (this.#state.outbox.size === 0) {
      this.#state.outboxFrom = slot.seq;
    }
    this.#state.outbox.set(slot.seq, slot);
  }

  #context(timeUs: number): SessionContext {
    return { config: this.config, policy: this.#policy, state: this.#state, out: [], timeUs };
  }

  /** A transport connection is up. An initiator sends its Logon (`reset`: one that begins the numbers anew), an acceptor waits for one. */
  connected(timeUs: number, reset = false): SessionOutput[] {
    const context = this.#context(timeUs);
    connect(context, reset);
    return context.out;
  }

  /** The transport connection is gone, whoever closed it. Without effect after our own 'disconnect'. */
  disconnected(timeUs: number): SessionOutput[] {
    const { out, state } = this.#context(timeUs);
    const loggedOn = state.status === 'active' || state.status === 'logout-sent';
    clearConnection(state);
    if (loggedOn) {
      out.push({ type: 'logged-out', reason: 'transport-closed', text: undefined });
    }
    return out;
  }

  /** A frame from the framer, or a message parsed from one. Ignored while disconnected. */
  received(frame: Uint8Array | FixMessage, timeUs: number): SessionOutput[] {
    const context = this.#context(timeUs);
    const { status } = this.#state;
    if (status === 'disconnected') {
      return context.out;
    }
    const message = frame instanceof Uint8Array ? parseMessage(frame) : frame;
    if (message.fault !== undefined) {
      return this.garbled(message.fault, timeUs);
    }
    if (status === 'active' || status === 'logout-sent') {
      receiveActive(context, message);
    } else {
      receiveBeforeLogon(context, message);
    }
    return context.out;
  }

  /** The framer skipped bytes: ignored after a logon (a gap will show), the end of the connection before one. */
  garbled(reason: string, timeUs: number): SessionOutput[] {
    const context = this.#context(timeUs);
    const { status } = this.#state;
    if (status !== 'disconnected') {
      alarm(context, 'garbled', `ignored what is no FIX message: ${reason}`);
    }
    if (status === 'connected' || status === 'logon-sent') {
      disconnect(context, 'garbled-before-logon');
    }
    return context.out;
  }

  /** Time has passed. Needed no later than nextDeadlineUs(); harmless at any other time. */
  tick(timeUs: number): SessionOutput[] {
    const context = this.#context(timeUs);
    tick(context);
    return context.out;
  }

  /** When a tick will next do something, µs; undefined when never. In the past when work is left over. */
  nextDeadlineUs(): number | undefined {
    return nextDeadlineUs(this.config, this.#state);
  }

  #sendRefusal(): SendRefusal | undefined {
    const { nextOut, resetSent, status } = this.#state;
    if (status === 'logout-sent') {
      return 'logging-out';
    }
    if (status !== 'active' || resetSent) {
      return 'not-logged-on';
    }
    return nextOut > MSG_SEQ_NUM_MAX - MSG_SEQ_NUM_RESERVE ? 'sequence-exhausted' : undefined;
  }

  /**
   * Sends an application message. Refused unless logged on: queueing is the owner's business.
   * @param body encoded fields, optional header fields first.
   * @param key the application's own key of the message, kept with its slot.
   */
  send(msgType: string, body: Uint8Array, timeUs: number, key = ''): SendOutcome {
    if (isAdminMsgType(msgType)) {
      throw new Error(`cannot send 35=${msgType} as an application message: session messages are the session's own`);
    }
    const reason = this.#sendRefusal();
    if (reason !== undefined) {
      return { ok: false, reason };
    }
    const context = this.#context(timeUs);
    const { seq } = transmit(context, msgType, body, key);
    return { ok: true, seq, outputs: context.out };
  }

  /**
   * Gives an application message its number while nobody is logged on, without sending it: the peer finds the gap at its
   * next logon and asks for it. A reset of the numbers forgets it like every other slot.
   * Throws while logged on: then `send` is the way.
   */
  store(msgType: string, body: Uint8Array, timeUs: number, key = ''): SendOutcome {
    const { nextOut, status } = this.#state;
    if (isAdminMsgType(msgType) || status === 'active') {
      throw new Error(
        `cannot store 35=${msgType} in a session that is ${status}: only application messages, while nobody is logged on`,
      );
    }
    if (nextOut > MSG_SEQ_NUM_MAX - MSG_SEQ_NUM_RESERVE) {
      return { ok: false, reason: 'sequence-exhausted' };
    }
    const context = this.#context(timeUs);
    const slot: OutboxSlot = { seq: nextOut, msgType, body, timeUs, key };
    this.#state.nextOut++;
    keep(context, slot);
    return { ok: true, seq: nextOut, outputs: context.out };
  }

  /** Leaves the next `count` numbers out, gap-filled when asked for: another speaker may have used them towards the peer. */
  skip(count: number): void {
    const state = this.#state;
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`cannot skip ${count} numbers: expected a whole number from 0`);
    }
    state.nextOut = Math.max(state.nextOut, Math.min(state.nextOut + count, MSG_SEQ_NUM_MAX - MSG_SEQ_NUM_RESERVE));
  }

  /** Sends a TestRequest; 'test-answered' with the same id follows when the peer has read everything sent before it. */
  testRequest(id: string, timeUs: number): SendOutcome {
    const reason = this.#sendRefusal();
    if (reason !== undefined) {
      return { ok: false, reason };
    }
    const context = this.#context(timeUs);
    this.#state.barriers.add(id);
    const { seq } = transmitFields(context, MsgType.TestRequest, [[Tag.TestReqID, id]]);
    return { ok: true, seq, outputs: context.out };
  }

  /** Sends a Logout and waits for the peer's, at most logoutTimeoutMs. Without a logon it only disconnects. */
  logout(text: string, timeUs: number): SessionOutput[] {
    const context = this.#context(timeUs);
    const { status } = this.#state;
    if (status === 'active') {
      startLogout(context, text);
    } else if (status !== 'logout-sent' && status !== 'disconnected') {
      disconnect(context, 'logout-complete');
    }
    return context.out;
  }

  /** Restarts both numbers at 1 while logged on (141=Y). An operator's decision: it destroys the proof of what the peer received. */
  resetSequenceNumbers(timeUs: number): SessionOutput[] {
    const context = this.#context(timeUs);
    if (this.#state.status === 'active') {
      resetInSession(context);
    }
    return context.out;
  }

  /** Sets the numbers by hand, as agreed with the peer by telephone. Throws unless disconnected, and for what is no number. */
  setSequenceNumbers(numbers: { readonly nextOut?: number; readonly nextIn?: number }): void {
    const state = this.#state;
    const { nextOut = state.nextOut, nextIn = state.nextIn } = numbers;
    const sound = [nextOut, nextIn].every((seq) => Number.isSafeInteger(seq) && seq >= 1 && seq <= MSG_SEQ_NUM_MAX);
    if (!sound || state.status !== 'disconnected') {
      throw new RangeError(
        `cannot set the numbers of a session that is ${state.status} to out ${nextOut}, in ${nextIn}: expected a disconnected session and numbers from 1 to ${MSG_SEQ_NUM_MAX}`,
      );
    }
    state.nextOut = nextOut;
    state.nextIn = nextIn;
    state.outbox.clear();
    state.sequenceIndex++;
  }
}
