// One FIX session, either role, as a deterministic state machine.

import type { FixMessage } from './message.ts';
import { resolveSessionOptions, type SessionConfig, type SessionOptions } from './session-options.ts';
import type { ResendPolicy, SendOutcome, SessionOutput } from './session-output.ts';
import {
  newSessionState,
  restoreState,
  type SessionSnapshot,
  type SessionState,
  snapshotState,
} from './session-state.ts';

export class FixSession {
  readonly config: SessionConfig;
  readonly #policy: ResendPolicy;
  #state: SessionState;

  constructor(options: SessionOptions, policy: ResendPolicy) {
    this.config = resolveSessionOptions(options);
    this.#policy = policy;
    this.#state = newSessionState();
  }

  static restore(options: SessionOptions, policy: ResendPolicy, snapshot: SessionSnapshot): FixSession {
    const session = new FixSession(options, policy);
    session.#state = restoreState(snapshot);
    return session;
  }

  /** Plain data, read-only for the owner. */
  get state(): Readonly<SessionState> {
    return this.#state;
  }

  /** The whole state as arrays of numbers, strings and bytes, for msgpack. */
  snapshot(): SessionSnapshot {
    return snapshotState(this.#state);
  }

  /** A transport connection is up. An initiator sends its Logon, an acceptor waits for one. */
  connected(timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs} ${String(this.#policy)}`);
  }

  /** The transport connection is gone, whoever closed it. */
  disconnected(timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs}`);
  }

  /** A frame from the framer, or a message parsed from one. */
  received(frame: Uint8Array | FixMessage, timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs} ${String(frame)}`);
  }

  /** The framer skipped bytes: ignored after a logon, the end of the connection before one. */
  garbled(reason: string, timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs} ${reason}`);
  }

  /** Time has passed. Needed no later than nextDeadlineUs(); harmless at any other time. */
  tick(timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs}`);
  }

  /** Sends an application message. Refused unless logged on: queueing is the owner's business. */
  send(msgType: string, body: Uint8Array, timeUs: number, key = ''): SendOutcome {
    throw new Error(`not yet ${timeUs} ${msgType} ${body.length} ${key}`);
  }

  /** Sends a TestRequest; 'test-answered' with the same id follows when the peer has answered it. */
  testRequest(id: string, timeUs: number): SendOutcome {
    throw new Error(`not yet ${timeUs} ${id}`);
  }

  /** Sends a Logout and waits for the peer's, at most logoutTimeoutMs. Without a logon it only disconnects. */
  logout(text: string, timeUs: number): SessionOutput[] {
    throw new Error(`not yet ${timeUs} ${text}`);
  }

  /** When a tick will next do something, µs; undefined when never. */
  nextDeadlineUs(): number | undefined {
    throw new Error('not yet');
  }
}
