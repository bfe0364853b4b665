/**
 * The FIX acceptor without sockets: bytes of connections in; bytes, closes and application messages out. Who may log on is
 * the logon desk's decision; who is refused is written down. One session, one connection; how numbers live on is the
 * session's business. Where the profile knows no resend, a gap ends the connection.
 */
import {
  encodeBody,
  encodeMessage,
  encodeTransmit,
  type FixMessage,
  type Frame,
  isAdminMsgType,
  MsgType,
  parseMessage,
  type SessionOutput,
  Tag,
} from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import { AcceptorConnection } from './acceptor-connection.ts';
import type { LogonRefusal } from './connection-record.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { Instant } from './instant.ts';
import { cancelsOnDisconnect, LogonDesk } from './logon-desk.ts';
import type { Inbound } from './order-entry.ts';
import type { Outbound } from './outbound.ts';
import { ProtocolWatch } from './protocol-watch.ts';
import type { Records } from './records.ts';
import { SessionDirectory } from './session-directory.ts';
import type { SessionSpec, VenueSession } from './venue-session.ts';

/** Whom the acceptor tells. */
export interface AcceptorOwner {
  /** An application message in sequence. */
  delivered(inbound: Inbound, at: Instant): void;
  /** A session that was logged on has lost its connection; `isClean`: by Logout. */
  ended(session: VenueSession, isClean: boolean, at: Instant): void;
}

export class Acceptor {
  readonly directory: SessionDirectory;
  readonly #profile: VenueProfile;
  readonly #records: Records;
  readonly #watch: ProtocolWatch;
  readonly #desk: LogonDesk;
  readonly #owner: AcceptorOwner;
  readonly #connections = new Map<number, AcceptorConnection>();
  #actions: ExchangeAction[] = [];
  #isSilent = false;
  /** Fault: connections are reset at once until then, monotonic µs. */
  refuseUntilUs = Number.NEGATIVE_INFINITY;
  /** Fault: a Logon waits so long before it is read. */
  logonDelayMs = 0;

  constructor(specs: readonly SessionSpec[], profile: VenueProfile, records: Records, owner: AcceptorOwner) {
    this.directory = new SessionDirectory(specs, profile);
    this.#profile = profile;
    this.#records = records;
    this.#watch = new ProtocolWatch(records, profile);
    this.#desk = new LogonDesk(profile, this.directory);
    this.#owner = owner;
  }

  sessions(): Iterable<VenueSession> {
    return this.directory.all();
  }

  /** What is to be done since the last call. */
  takeActions(): ExchangeAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  opened(connectionId: number, remote: string, gateway: 1 | 2, at: Instant): void {
    const connection = new AcceptorConnection(this.#records.opened(connectionId, remote, gateway, at));
    if (this.#isSilent) connection.silence();
    this.#connections.set(connectionId, connection);
    if (at.monotonicUs < this.refuseUntilUs) this.#end(connection, 'the venue refuses connections', 'reset', at);
  }

  received(connectionId: number, bytes: Uint8Array, at: Instant): void {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined || connection.isEnded) return;
    if (connection.withheld !== null) {
      connection.withheld.inbound.push(bytes);
      return;
    }
    connection.framer.push(bytes);
    this.#read(connection, at);
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
      const { session, heldLogon } = connection;
      if (session !== null) this.#carryOut(connection, session.fix.tick(at.wallUs), at);
      else if (heldLogon !== null) {
        if (at.monotonicUs < heldLogon.dueUs) continue;
        connection.heldLogon = null;
        this.#firstMessage(connection, heldLogon.message, at);
        this.#read(connection, at);
      } else if (at.wallUs >= connection.logonDeadlineUs) {
        this.#refuse(connection, null, 'logon-timeout', 'no Logon in time', at);
      }
    }
  }

  /** How long until a tick does something, µs; infinite when none ever does. */
  untilNextTickUs(at: Instant): number {
    let until = Number.POSITIVE_INFINITY;
    for (const { isEnded, withheld, session, heldLogon, logonDeadlineUs } of this.#connections.values()) {
      if (isEnded || withheld !== null) continue;
      if (session !== null) until = Math.min(until, (session.fix.nextDeadlineUs() ?? until + at.wallUs) - at.wallUs);
      else if (heldLogon !== null) until = Math.min(until, heldLogon.dueUs - at.monotonicUs);
      else until = Math.min(until, logonDeadlineUs - at.wallUs);
    }
    return until;
  }

  /** Hands a report to one session. */
  send(session: VenueSession, outbound: Outbound, at: Instant): void {
    const outputs = session.send(outbound, at);
    const connection = this.#connectionOf(session);
    if (connection !== undefined) this.#carryOut(connection, outputs, at);
  }

  /** Logs everybody out, as before a planned stop. */
  logout(text: string, at: Instant): void {
    for (const session of this.directory.all()) {
      const connection = this.#connectionOf(session);
      if (connection !== undefined) this.#carryOut(connection, session.fix.logout(text, at.wallUs), at);
    }
  }

  /** Ends connections: of one CompID, or (null) all. Gives how many. */
  drop(compId: string | null, how: 'reset' | 'end', at: Instant): number {
    const connections = this.#select(compId);
    for (const connection of connections) this.#end(connection, 'dropped by the operator', how, at);
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

  /** Begins the numbers of a session again: in a Logon with 141=Y, or by forgetting them, which ends its connection. */
  resetSequence(session: VenueSession, how: 'logon' | 'forget', at: Instant): void {
    const connection = this.#connectionOf(session);
    if (how === 'logon') {
      // Its alarm would be held against the client.
      const outputs = session.fix.resetSequenceNumbers(at.wallUs).filter(({ type }) => type !== 'alarm');
      if (connection !== undefined) this.#carryOut(connection, outputs, at);
      return;
    }
    if (connection !== undefined) this.#end(connection, 'the venue forgets its sequence numbers', 'end', at);
    session.forget();
  }

  #select(compId: string | null): AcceptorConnection[] {
    const live = [...this.#connections.values()].filter(({ isEnded }) => !isEnded);
    return live.filter(({ session }) => compId === null || session?.compId === compId);
  }

  #connectionOf({ connectionId }: VenueSession): AcceptorConnection | undefined {
    return connectionId === null ? undefined : this.#connections.get(connectionId);
  }

  #read(connection: AcceptorConnection, at: Instant): void {
    while (!connection.isEnded && connection.heldLogon === null) {
      const frame = connection.framer.next();
      if (frame === undefined) return;
      this.#frame(connection, frame, at);
    }
  }

  #frame(connection: AcceptorConnection, frame: Frame, at: Instant): void {
    const { session } = connection;
    if (session === null) {
      if (frame.type === 'garbled') {
        const text = `${frame.byteCount} bytes: ${frame.reason}`;
        this.#watch.garbledBeforeLogon(connection, text, at);
        this.#refuse(connection, null, 'garbled-before-logon', text, at);
        return;
      }
      const message = parseMessage(frame.bytes);
      if (this.logonDelayMs === 0) this.#firstMessage(connection, message, at);
      else connection.heldLogon = { message, dueUs: at.monotonicUs + this.logonDelayMs * 1_000 };
      return;
    }
    if (frame.type === 'garbled') {
      const reason = `${frame.byteCount} bytes: ${frame.reason}`;
      this.#carryOut(connection, session.fix.garbled(reason, at.wallUs), at);
      return;
    }
    const message = parseMessage(frame.bytes);
    connection.record.inboundMessageCount += 1;
    if (this.#isUnanswerable(connection, session, message, at)) return;
    if (!isAdminMsgType(message.msgType)) this.#note(connection, session, message, at);
    this.#carryOut(connection, session.fix.received(message, at.wallUs), at);
  }

  /** Where nothing is ever sent again, a gap and a ResendRequest end the connection with a Logout that says so. */
  #isUnanswerable(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): boolean {
    if (this.#profile.session.resend) return false;
    const { nextIn } = session.fix.state;
    const isGap = (message.msgSeqNum ?? 0) > nextIn;
    if (!isGap && message.msgType !== MsgType.ResendRequest) return false;
    const text = isGap
      ? `MsgSeqNum too high, expecting ${nextIn} but received ${message.msgSeqNum}`
      : 'ResendRequest is not supported';
    if (isGap) this.#watch.gap(connection, session, text, at);
    this.#carryOut(connection, session.fix.logout(text, at.wallUs), at);
    this.#end(connection, isGap ? 'sequence-gap' : 'resend-unsupported', 'end', at);
    return true;
  }

  #firstMessage(connection: AcceptorConnection, message: FixMessage, at: Instant): void {
    const judgement = this.#desk.judge(message, connection.record.gateway, at);
    if (!judgement.ok) {
      const { reason, text, session, manner } = judgement;
      if (session !== null && reason === 'already-logged-on') session.rivalConnectionId = connection.id;
      if (session !== null && manner === 'logout') this.#write(connection, this.#refusal(session, text, at));
      this.#refuse(connection, message, reason, text, at, session?.connectionId ?? null);
      return;
    }
    const { session, hijacked } = judgement;
    const holder = hijacked === null ? undefined : this.#connections.get(hijacked);
    if (holder !== undefined) this.#end(holder, `hijacked by connection ${connection.id}`, 'end', at);
    connection.hold(session);
    connection.record.inboundMessageCount += 1;
    session.cancelsOnDisconnect = cancelsOnDisconnect(this.#profile, message);
    const outputs = [...session.attach(connection.id, at), ...session.fix.received(message, at.wallUs)];
    if (!outputs.some(({ type }) => type === 'logged-on')) {
      this.#noteRefusal(connection, message, 'logon-refused', alarmText(outputs), null, at);
    }
    this.#carryOut(connection, outputs, at, message);
  }

  /** A Logout outside any session's numbers: 1 where numbers begin at every logon, else 0, which nobody waits for. */
  #refusal({ spec, compId }: VenueSession, text: string, at: Instant): Buffer {
    const { beginString, sequence } = this.#profile.session;
    const header = {
      beginString,
      msgType: MsgType.Logout,
      msgSeqNum: sequence === 'persistent' ? 0 : 1,
      senderCompId: spec.senderCompId,
      targetCompId: compId,
      sendingTimeUs: at.wallUs,
    };
    return encodeMessage(header, encodeBody([[Tag.Text, text]]));
  }

  /** Writes an application message down the moment it is read. */
  #note(connection: AcceptorConnection, session: VenueSession, message: FixMessage, at: Instant): void {
    this.#watch.orderMessage(connection, session, message, at);
    this.#records.message(session.sessionId, {
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
  #carryOut(connection: AcceptorConnection, outputs: readonly SessionOutput[], at: Instant, logon?: FixMessage): void {
    const { session } = connection;
    if (session === null) return;
    const delivered: { message: FixMessage; seq: number; possDup: boolean }[] = [];
    for (const output of outputs) {
      if (output.type === 'transmit') this.#write(connection, encodeTransmit(session.fix.config, output, at.wallUs));
      else if (output.type === 'deliver') delivered.push(output);
      else if (output.type === 'alarm') this.#watch.alarm(connection, session, output, at);
      else if (output.type === 'disconnect') this.#end(connection, output.reason, 'end', at);
      else if (output.type === 'logged-on') {
        this.#watch.loggedOn(connection, session, output, at);
        this.#records.loggedOn(connection.record, session, logon?.msgSeqNum ?? 0, output.nextIn, at);
      }
    }
    for (const { message, seq, possDup } of delivered) {
      const record = this.#records.delivered(session.sessionId, seq, at);
      const inbound = { session, connectionId: connection.id, msgSeqNum: seq, possDup, message, record };
      this.#owner.delivered(inbound, at);
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

  /** Closes from the venue's side; the session is free at once, unless its CompID cools down. */
  #end(connection: AcceptorConnection, reason: string, how: 'end' | 'reset', at: Instant): void {
    if (connection.isEnded) return;
    connection.isEnded = true;
    this.#actions.push({ type: 'close', connectionId: connection.id, how });
    this.#detach(connection, reason, at);
  }

  #detach(connection: AcceptorConnection, reason: string, at: Instant): void {
    this.#records.loggedOff(connection.record, reason, at);
    const { session } = connection;
    connection.session = null;
    if (session === null) return;
    const isClean = reason === 'logout-complete';
    session.detach(isClean, at);
    if (connection.record.loggedOnAt !== null) this.#owner.ended(session, isClean, at);
  }
}

function alarmText(outputs: readonly SessionOutput[]): string {
  return outputs.flatMap((output) => (output.type === 'alarm' ? [output.text] : [])).join('; ');
}
