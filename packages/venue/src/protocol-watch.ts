/**
 * Watches how a client keeps FIX's rules and the cluster's own, and writes down what it breaks: sequence numbers begun again
 * where they should live on, gone back or left out, garbled bytes, orders from two writers, and messages on a connection
 * after another one has tried to log on for the same CompID.
 */
import { type FixMessage, type LoggedOnOutput, MsgType, type SessionOutput, Tag } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import type { AcceptorConnection } from './acceptor-connection.ts';
import type { Instant } from './instant.ts';
import type { Records } from './records.ts';
import type { VenueSession } from './venue-session.ts';
import type { ViolationCode } from './violation.ts';
import { WriterWatch } from './writer-watch.ts';

type AlarmOutput = Extract<SessionOutput, { type: 'alarm' }>;

/** What brings or grows exposure. */
const NEW_RISK: ReadonlySet<string> = new Set([MsgType.NewOrderSingle, MsgType.OrderCancelReplaceRequest]);

const ORDER_MESSAGES: ReadonlySet<string> = new Set([
  ...NEW_RISK,
  MsgType.OrderCancelRequest,
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
  readonly #profile: VenueProfile;
  readonly #writers = new WriterWatch();

  constructor(records: Records, profile: VenueProfile) {
    this.#records = records;
    this.#profile = profile;
  }

  alarm(connection: AcceptorConnection, session: VenueSession, alarm: AlarmOutput, at: Instant): void {
    const code = VIOLATION_OF[alarm.code];
    // Where every logon begins the numbers again, that it does is no news.
    if (code === 'sequence-reset' && this.#profile.session.sequence === 'reset-at-logon') return;
    if (code !== undefined) this.#note(code, connection, session, null, alarm.text, at);
  }

  /** Numbers were left out on a line that loses nothing, where nothing is ever sent again. */
  gap(connection: AcceptorConnection, session: VenueSession, text: string, at: Instant): void {
    this.#note('sequence-gap', connection, session, null, text, at);
  }

  /** Bytes of a stranger that are no FIX message. */
  garbledBeforeLogon(connection: AcceptorConnection, text: string, at: Instant): void {
    const { id: connectionId } = connection;
    this.#records.violation({
      code: 'garbled-before-logon',
      owner: '',
      compId: '',
      connectionId,
      clOrdId: null,
      text,
      at,
    });
  }

  /** Also checks the venue itself: nobody else may be logged on to this session. */
  loggedOn(connection: AcceptorConnection, session: VenueSession, _output: LoggedOnOutput, at: Instant): void {
    const others = this.#records
      .connections()
      .filter(
        (other) => other.sessionId === session.sessionId && other.loggedOffAt === null && other !== connection.record,
      );
    if (others.length === 0) return;
    const text = `connection ${connection.id} logged on while ${others.map(({ connectionId }) => connectionId)} was`;
    this.#note('two-live-connections', connection, session, null, text, at);
  }

  orderMessage(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): void {
    if (!ORDER_MESSAGES.has(message.msgType)) return;
    if (session.rivalConnectionId !== null && !connection.isRivalWriteReported) {
      connection.isRivalWriteReported = true;
      const text = `message ${message.msgSeqNum} came after connection ${session.rivalConnectionId} had tried to log on`;
      this.#note('write-after-rival-logon', connection, session, message, text, at);
    }
    if (!NEW_RISK.has(message.msgType)) return;
    // What is sent again says nothing about who writes now.
    if (!message.possDup) this.#writer(connection, session, message, at);
    const { receiveWindow } = this.#profile.orders;
    if (receiveWindow !== undefined && !message.has(receiveWindow.tag)) {
      const text = `message ${message.msgSeqNum} has no field ${receiveWindow.tag}: it may enter the book at any time`;
      this.#note('receive-window-missing', connection, session, message, text, at);
    }
  }

  #writer(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): void {
    const writer = { connectionId: connection.id, owner: session.owner, loggedOnAt: connection.record.loggedOnAt };
    const finding = this.#writers.order(writer, message.getString(Tag.ClOrdID) ?? '', at);
    if (finding !== null) this.#note(finding.code, connection, session, message, finding.text, at);
  }

  #note(
    code: ViolationCode,
    connection: AcceptorConnection,
    { owner, compId }: VenueSession,
    message: FixMessage | null,
    text: string,
    at: Instant,
  ): void {
    const clOrdId = message?.getString(Tag.ClOrdID) ?? null;
    this.#records.violation({ code, owner, compId, connectionId: connection.id, clOrdId, text, at });
  }
}
