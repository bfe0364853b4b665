/**
 * The venue's memory as a witness: connections, refused logons, inbound messages, violations, and the stream of events.
 * It only writes down; the acceptor and order entry decide what there is to write. Records are kept for ever, events up to
 * `EVENTS_KEPT` (a late watcher reads the records instead).
 */
import type { Acceptance } from './acceptance.ts';
import type { ConnectionRecord, RefusedLogon } from './connection-record.ts';
import type { Instant } from './instant.ts';
import type { MessageRecord } from './message-record.ts';
import type { Execution } from './order.ts';
import type { VenueEvent, VenueEventBody } from './venue-event.ts';
import { severityOf, type Violation } from './violation.ts';

/** Newest events that a new watcher can still have. */
export const EVENTS_KEPT = 100_000;

/** MsgType of what only asks: Heartbeat, TestRequest, and the questions for orders, fills and positions. */
const QUESTIONS = new Set(['0', '1', 'H', 'AF', 'AD', 'AN']);

export class Records {
  readonly #connections = new Map<number, ConnectionRecord>();
  readonly #refusedLogons: RefusedLogon[] = [];
  readonly #messages: MessageRecord[] = [];
  /** Read and not handed on: above a gap, or a repetition. By session and MsgSeqNum. */
  readonly #undelivered = new Map<string, MessageRecord>();
  readonly #violations: Violation[] = [];
  readonly #acceptances: Acceptance[] = [];
  readonly #watchers = new Set<(event: VenueEvent) => void>();
  #events: VenueEvent[] = [];
  #revision = 0;
  #booksRevision = 0;

  /** Number of the newest event; grows with everything that happens. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows with everything but messages that only ask: equal twice, the books have not changed. */
  get booksRevision(): number {
    return this.#booksRevision;
  }

  event(body: VenueEventBody, at: Instant): void {
    this.#revision += 1;
    if (body.type !== 'message' || !QUESTIONS.has(body.msgType)) this.#booksRevision += 1;
    const event: VenueEvent = { n: this.#revision, at, ...body };
    this.#events.push(event);
    // Cut in halves, so that cutting costs nothing on average.
    if (this.#events.length > 2 * EVENTS_KEPT) this.#events = this.#events.slice(-EVENTS_KEPT);
    for (const watcher of this.#watchers) watcher(event);
  }

  /** Kept events after number `since`. */
  eventsAfter(since: number): VenueEvent[] {
    const first = this.#events[0]?.n ?? 1;
    return this.#events.slice(Math.max(0, since - first + 1));
  }

  /** Calls `watcher` with every later event; the returned function ends that. */
  watch(watcher: (event: VenueEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  opened(connectionId: number, remote: string, gateway: 1 | 2, at: Instant): ConnectionRecord {
    const record: ConnectionRecord = {
      connectionId,
      remote,
      openedAt: at,
      gateway,
      compId: null,
      owner: null,
      sessionId: null,
      loggedOnAt: null,
      logonMsgSeqNum: null,
      expectedMsgSeqNum: null,
      loggedOffAt: null,
      closedAt: null,
      endReason: null,
      inboundMessageCount: 0,
      trailingByteCount: 0,
    };
    this.#connections.set(connectionId, record);
    this.event({ type: 'connection-opened', connectionId, remote }, at);
    return record;
  }

  loggedOn(
    record: ConnectionRecord,
    { compId, owner, sessionId }: { readonly compId: string; readonly owner: string; readonly sessionId: string },
    msgSeqNum: number,
    expectedMsgSeqNum: number,
    at: Instant,
  ): void {
    record.compId = compId;
    record.owner = owner;
    record.sessionId = sessionId;
    record.loggedOnAt = at;
    record.logonMsgSeqNum = msgSeqNum;
    record.expectedMsgSeqNum = expectedMsgSeqNum;
    this.event({ type: 'logged-on', connectionId: record.connectionId, compId, msgSeqNum }, at);
  }

  loggedOff(record: ConnectionRecord, reason: string, at: Instant): void {
    record.endReason ??= reason;
    if (record.compId === null || record.loggedOffAt !== null) return;
    record.loggedOffAt = at;
    this.event({ type: 'logged-off', connectionId: record.connectionId, compId: record.compId, reason }, at);
  }

  closed(record: ConnectionRecord, reason: string, trailingByteCount: number, at: Instant): void {
    this.loggedOff(record, reason, at);
    record.closedAt = at;
    record.trailingByteCount = trailingByteCount;
    const { connectionId, compId, endReason } = record;
    this.event({ type: 'connection-closed', connectionId, compId, reason: endReason ?? reason }, at);
  }

  refusedLogon(refused: RefusedLogon): void {
    this.#refusedLogons.push(refused);
    const { connectionId, senderCompId, reason, text, at } = refused;
    this.event({ type: 'logon-refused', connectionId, senderCompId, reason, text }, at);
  }

  message(sessionId: string, message: Omit<MessageRecord, 'n' | 'deliveredAt' | 'outcome'>): void {
    const record = { n: this.#messages.length + 1, ...message, deliveredAt: null, outcome: null };
    this.#messages.push(record);
    this.#undelivered.set(`${sessionId} ${message.msgSeqNum}`, record);
    const { connectionId, compId, msgType, msgSeqNum, possDup, clOrdId, receivedAt } = message;
    this.event({ type: 'message', connectionId, compId, msgType, msgSeqNum, possDup, clOrdId }, receivedAt);
  }

  /** The session handed on a message that was noted before. */
  delivered(sessionId: string, msgSeqNum: number, at: Instant): MessageRecord {
    const key = `${sessionId} ${msgSeqNum}`;
    const record = this.#undelivered.get(key);
    if (record === undefined) throw new Error(`message ${msgSeqNum} of ${sessionId} was delivered and never read`);
    this.#undelivered.delete(key);
    record.deliveredAt = at;
    return record;
  }

  violation(violation: Omit<Violation, 'severity'>): void {
    this.#violations.push({ ...violation, severity: severityOf(violation.code) });
    const { code, owner, compId, connectionId, text, at } = violation;
    this.event({ type: 'violation', code, owner, compId, connectionId, text }, at);
  }

  accepted({ clOrdId, order, type, at }: Execution): void {
    const kind = type === 'replaced' ? 'replaced' : 'new';
    const connectionId = order.origin?.connectionId ?? null;
    this.#acceptances.push({ clOrdId, compId: order.owner, orderId: order.orderId, kind, connectionId, at });
  }

  acceptances(): readonly Acceptance[] {
    return this.#acceptances;
  }

  connection(connectionId: number): ConnectionRecord | undefined {
    return this.#connections.get(connectionId);
  }

  connections(): ConnectionRecord[] {
    return [...this.#connections.values()];
  }

  refusedLogons(): readonly RefusedLogon[] {
    return this.#refusedLogons;
  }

  /** All messages; the one at position i has number i + 1. */
  messages(): readonly MessageRecord[] {
    return this.#messages;
  }

  violations(): readonly Violation[] {
    return this.#violations;
  }
}
