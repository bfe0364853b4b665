/**
 * The FIX acceptor without sockets: bytes of connections in; bytes, closes and application messages out. It decides who may
 * log on: a CompID the venue does not know, or one that is logged on already, is dropped without a message (FIX session
 * test cases 1S b and c) and written down. One session, one connection; numbers and the resend store outlive both.
 */
import {
  encodeTransmit,
  type FixMessage,
  type Frame,
  identifyLogon,
  isAdminMsgType,
  parseMessage,
  type SessionOutput,
  Tag,
} from '@baton/fix';
import { AcceptorConnection } from './acceptor-connection.ts';
import type { LogonRefusal } from './connection-record.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { Instant } from './instant.ts';
import type { Inbound } from './order-entry.ts';
import type { Outbound } from './outbound.ts';
import { ProtocolWatch } from './protocol-watch.ts';
import type { Records } from './records.ts';
import { type SessionSpec, VenueSession } from './venue-session.ts';

/** What the exchange does with an application message in sequence. */
export type Application = (inbound: Inbound, at: Instant) => Outbound[];

export class Acceptor {
  readonly #records: Records;
  readonly #watch: ProtocolWatch;
  readonly #application: Application;
  readonly #sessions = new Map<string, VenueSession>();
  readonly #connections = new Map<number, AcceptorConnection>();
  #actions: ExchangeAction[] = [];
  #isSilent = false;

  constructor(specs: readonly SessionSpec[], records: Records, application: Application) {
    this.#records = records;
    this.#watch = new ProtocolWatch(records);
    this.#application = application;
    for (const spec of specs) this.#sessions.set(spec.targetCompId, new VenueSession(spec));
  }

  sessions(): Iterable<VenueSession> {
    return this.#sessions.values();
  }

  /** What is to be done since the last call. */
  takeActions(): ExchangeAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  opened(connectionId: number, remote: string, at: Instant): void {
    const connection = new AcceptorConnection(this.#records.opened(connectionId, remote, at));
    if (this.#isSilent) connection.silence();
    this.#connections.set(connectionId, connection);
  }

  received(connectionId: number, bytes: Uint8Array, at: Instant): void {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined || connection.isEnded) return;
    if (connection.withheld !== null) {
      connection.withheld.inbound.push(bytes);
      return;
    }
    connection.framer.push(bytes);
    while (!connection.isEnded) {
      const frame = connection.framer.next();
      if (frame === undefined) return;
      this.#frame(connection, frame, at);
    }
  }

  /** The other end closed it, or it broke, or our own close is complete. */
  closed(connectionId: number, reason: string, at: Instant): void {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) return;
    this.#connections.delete(connectionId);
    this.#detach(connection, reason, at);
    this.#records.closed(connection.record, reason, connection.framer.pendingByteCount, at);
  }

  tick(at: Instant): void {
    for (const connection of [...this.#connections.values()]) {
      if (connection.isEnded || connection.withheld !== null) continue;
      const { session } = connection;
      if (session !== null) this.#carryOut(connection, session.fix.tick(at.wallUs), at);
      else if (at.wallUs >= connection.logonDeadlineUs) {
        this.#refuse(connection, null, 'logon-timeout', 'no Logon in time', at);
      }
    }
  }

  /** When the next tick is due, wall clock; undefined when none is. */
  nextDeadlineUs(): number | undefined {
    let next: number | undefined;
    for (const { isEnded, withheld, session, logonDeadlineUs } of this.#connections.values()) {
      if (isEnded || withheld !== null) continue;
      const due = session === null ? logonDeadlineUs : session.fix.nextDeadlineUs();
      if (due !== undefined && (next === undefined || due < next)) next = due;
    }
    return next;
  }

  send(outbound: readonly Outbound[], at: Instant): void {
    for (const report of outbound) {
      const session = this.#sessions.get(report.compId);
      if (session === undefined) throw new Error(`no session belongs to CompID ${report.compId}`);
      const outputs = session.send(report, at);
      const connection = this.#connectionOf(session);
      if (connection !== undefined) this.#carryOut(connection, outputs, at);
    }
  }

  /** Logs everybody out, as before a planned stop. */
  logout(text: string, at: Instant): void {
    for (const session of this.#sessions.values()) {
      const connection = this.#connectionOf(session);
      if (connection !== undefined) this.#carryOut(connection, session.fix.logout(text, at.wallUs), at);
    }
  }

  /** Breaks connections with RST: of one CompID, or (null) all. Gives how many. */
  drop(compId: string | null, at: Instant): number {
    const connections = this.#select(compId);
    for (const connection of connections) this.#end(connection, 'dropped by the operator', 'reset', at);
    return connections.length;
  }

  /** Neither reads nor writes any more, though the connections stay: of one CompID's connection, or (null) of all. */
  silence(compId: string | null): number {
    if (compId === null) this.#isSilent = true;
    const connections = this.#select(compId);
    for (const connection of connections) connection.silence();
    return connections.length;
  }

  /** Ends every silence: writes what was held back, then reads what came meanwhile. */
  resume(at: Instant): number {
    this.#isSilent = false;
    const connections = this.#select(null).filter(({ withheld }) => withheld !== null);
    for (const connection of connections) {
      const held = connection.withheld;
      connection.withheld = null;
      for (const bytes of held?.outbound ?? []) this.#write(connection, bytes);
      for (const bytes of held?.inbound ?? []) this.received(connection.id, bytes, at);
    }
    return connections.length;
  }

  #select(compId: string | null): AcceptorConnection[] {
    const live = [...this.#connections.values()].filter(({ isEnded }) => !isEnded);
    return live.filter(({ session }) => compId === null || session?.compId === compId);
  }

  #connectionOf({ connectionId }: VenueSession): AcceptorConnection | undefined {
    return connectionId === null ? undefined : this.#connections.get(connectionId);
  }

  #frame(connection: AcceptorConnection, frame: Frame, at: Instant): void {
    const { session } = connection;
    if (session === null) {
      if (frame.type === 'message') this.#firstMessage(connection, parseMessage(frame.bytes), at);
      else this.#refuse(connection, null, 'garbled-before-logon', `${frame.byteCount} bytes: ${frame.reason}`, at);
      return;
    }
    if (frame.type === 'garbled') {
      const reason = `${frame.byteCount} bytes: ${frame.reason}`;
      this.#carryOut(connection, session.fix.garbled(reason, at.wallUs), at);
      return;
    }
    const message = parseMessage(frame.bytes);
    connection.record.inboundMessageCount += 1;
    if (!isAdminMsgType(message.msgType)) this.#note(connection, session, message, at);
    this.#carryOut(connection, session.fix.received(message, at.wallUs), at);
  }

  #firstMessage(connection: AcceptorConnection, message: FixMessage, at: Instant): void {
    const identity = identifyLogon(message);
    if (identity === undefined) {
      this.#refuse(connection, message, 'first-message-not-logon', `first message is 35=${message.msgType}`, at);
      return;
    }
    const session = this.#sessions.get(identity.senderCompId);
    if (session === undefined || session.spec.senderCompId !== identity.targetCompId) {
      const text = `no session for SenderCompID ${identity.senderCompId}, TargetCompID ${identity.targetCompId}`;
      this.#refuse(connection, message, 'unknown-comp-id', text, at);
      return;
    }
    if (session.connectionId !== null) {
      session.rivalConnectionId = connection.id;
      const text = `CompID ${session.compId} is logged on over connection ${session.connectionId}`;
      this.#refuse(connection, message, 'already-logged-on', text, at, session.connectionId);
      return;
    }
    connection.hold(session);
    connection.record.inboundMessageCount += 1;
    const outputs = [...session.attach(connection.id, at), ...session.fix.received(message, at.wallUs)];
    if (!outputs.some(({ type }) => type === 'logged-on')) {
      this.#noteRefusal(connection, message, 'logon-refused', alarmText(outputs), null, at);
    }
    this.#carryOut(connection, outputs, at, message);
  }

  /** Writes an application message down the moment it is read. */
  #note(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): void {
    this.#watch.orderMessage(connection, session, message, at);
    this.#records.message({
      compId: session.compId,
      connectionId: connection.id,
      msgType: message.msgType,
      msgSeqNum: message.msgSeqNum ?? null,
      possDup: message.possDup,
      clOrdId: message.getString(Tag.ClOrdID) ?? null,
      origClOrdId: message.getString(Tag.OrigClOrdID) ?? null,
      receivedAt: at,
    });
  }

  /**
   * Carries out what a session asks. Messages are delivered last: their answers take later sequence numbers than anything
   * the session has already asked to transmit, and must not overtake it.
   */
  #carryOut(
    connection: AcceptorConnection,
    outputs: readonly SessionOutput[],
    at: Instant,
    logon: FixMessage | null = null,
  ): void {
    const { session } = connection;
    if (session === null || outputs.length === 0) return;
    const delivered: { message: FixMessage; seq: number; possDup: boolean }[] = [];
    for (const output of outputs) {
      if (output.type === 'transmit') this.#write(connection, encodeTransmit(session.fix.config, output, at.wallUs));
      else if (output.type === 'deliver') delivered.push(output);
      else if (output.type === 'alarm') this.#watch.alarm(connection, session, output, at);
      else if (output.type === 'disconnect') this.#end(connection, output.reason, 'end', at);
      else if (output.type === 'logged-on') {
        this.#watch.loggedOn(connection, session, output, at);
        const msgSeqNum = logon?.msgSeqNum ?? 0;
        this.#records.loggedOn(connection.record, session.compId, msgSeqNum, output.nextIn, at);
      }
    }
    for (const { message, seq, possDup } of delivered) {
      const { compId } = session;
      const record = this.#records.delivered(compId, seq, at);
      const inbound = { compId, connectionId: connection.id, msgSeqNum: seq, possDup, message, record };
      this.send(this.#application(inbound, at), at);
    }
  }

  #write(connection: AcceptorConnection, bytes: Uint8Array): void {
    if (connection.withheld !== null) connection.withheld.outbound.push(bytes);
    else this.#actions.push({ type: 'write', connectionId: connection.id, bytes });
  }

  #refuse(
    connection: AcceptorConnection,
    message: FixMessage | null,
    reason: LogonRefusal,
    text: string,
    at: Instant,
    holderConnectionId: number | null = null,
  ): void {
    this.#noteRefusal(connection, message, reason, text, holderConnectionId, at);
    this.#end(connection, reason, 'end', at);
  }

  #noteRefusal(
    connection: AcceptorConnection,
    message: FixMessage | null,
    reason: LogonRefusal,
    text: string,
    holderConnectionId: number | null,
    at: Instant,
  ): void {
    this.#records.refusedLogon({
      connectionId: connection.id,
      remote: connection.record.remote,
      reason,
      text,
      senderCompId: message?.senderCompId ?? null,
      targetCompId: message?.targetCompId ?? null,
      msgSeqNum: message?.msgSeqNum ?? null,
      holderConnectionId,
      at,
    });
  }

  /** Closes from the venue's side; the session is free at once. */
  #end(connection: AcceptorConnection, reason: string, how: 'end' | 'reset', at: Instant): void {
    if (connection.isEnded) return;
    connection.isEnded = true;
    this.#detach(connection, reason, at);
    this.#actions.push({ type: 'close', connectionId: connection.id, how });
  }

  #detach(connection: AcceptorConnection, reason: string, at: Instant): void {
    this.#records.loggedOff(connection.record, reason, at);
    connection.session?.detach(at);
    connection.session = null;
  }
}

function alarmText(outputs: readonly SessionOutput[]): string {
  return outputs.flatMap((output) => (output.type === 'alarm' ? [output.text] : [])).join('; ');
}
