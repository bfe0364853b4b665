/**
 * Watches how a client keeps FIX's rules, and writes down what it breaks: sequence numbers begun again or gone back,
 * garbled bytes, and messages on a connection after another one has tried to log on for the same CompID.
 */
import { type FixMessage, type LoggedOnOutput, MsgType, type SessionOutput } from '@baton/fix';
import type { AcceptorConnection } from './acceptor-connection.ts';
import type { Instant } from './instant.ts';
import type { Records } from './records.ts';
import type { VenueSession } from './venue-session.ts';
import type { ViolationCode } from './violation.ts';

type AlarmOutput = Extract<SessionOutput, { type: 'alarm' }>;

const ORDER_MESSAGES: ReadonlySet<string> = new Set([
  MsgType.NewOrderSingle,
  MsgType.OrderCancelRequest,
  MsgType.OrderCancelReplaceRequest,
  MsgType.OrderMassCancelRequest,
]);

/** Alarms of the session that are the client's fault. */
const VIOLATION_OF: Partial<Record<AlarmOutput['code'], ViolationCode>> = {
  'sequence-reset': 'sequence-reset',
  'sequence-too-low': 'sequence-too-low',
  'next-expected-too-high': 'next-expected-too-high',
  garbled: 'garbled',
  'message-rejected': 'message-rejected',
};

export class ProtocolWatch {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  alarm(connection: AcceptorConnection, session: VenueSession, alarm: AlarmOutput, at: Instant): void {
    const code = VIOLATION_OF[alarm.code];
    if (code !== undefined) this.#note(code, connection, session, null, alarm.text, at);
  }

  /** Also checks the venue itself: nobody else may be logged on for this CompID. */
  loggedOn(connection: AcceptorConnection, session: VenueSession, _output: LoggedOnOutput, at: Instant): void {
    const others = this.#records
      .connections()
      .filter((other) => other.compId === session.compId && other.loggedOffAt === null && other !== connection.record);
    if (others.length === 0) return;
    const text = `connection ${connection.id} logged on while ${others.map(({ connectionId }) => connectionId)} was`;
    this.#note('two-live-connections', connection, session, null, text, at);
  }

  orderMessage(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): void {
    if (session.rivalConnectionId === null || connection.isRivalWriteReported) return;
    if (!ORDER_MESSAGES.has(message.msgType)) return;
    connection.isRivalWriteReported = true;
    const text = `message ${message.msgSeqNum} came after connection ${session.rivalConnectionId} had tried to log on`;
    this.#note('write-after-rival-logon', connection, session, message, text, at);
  }

  #note(
    code: ViolationCode,
    connection: AcceptorConnection,
    session: VenueSession,
    message: FixMessage | null,
    text: string,
    at: Instant,
  ): void {
    const clOrdId = message?.getString(11) ?? null;
    this.#records.violation({ code, compId: session.compId, connectionId: connection.id, clOrdId, text, at });
  }
}
