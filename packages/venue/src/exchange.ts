/**
 * The whole venue without sockets and clocks: acceptor, order entry, market, counter-flow and records, as its profile has
 * them. Deterministic: the same inputs at the same instants give the same bytes. Each input returns what its shell has to
 * do, in order.
 */
import { encodeBody, MsgType, Tag } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import { Acceptor } from './acceptor.ts';
import { CounterFlow } from './counter-flow.ts';
import { DelayLine } from './delay-line.ts';
import { EntryGate, isOrderMessage } from './entry-gate.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { Instant } from './instant.ts';
import { Market, type OrderRequest } from './market.ts';
import { MarketDataFeed } from './market-data-feed.ts';
import { type Inbound, OrderEntry } from './order-entry.ts';
import type { ExecutionOutbound, Outbound } from './outbound.ts';
import { Records } from './records.ts';
import { ReportLine } from './report-line.ts';
import { RestApi } from './rest-api.ts';
import { checkFault, type VenueFault } from './venue-fault.ts';
import type { VenueConfig } from './venue-options.ts';
import type { VenueSession } from './venue-session.ts';

/** At most so many counter-flow actions in one tick; a late tick does not make up for more. */
const ACTIONS_PER_TICK_MAX = 100;
const SECOND_US = 1_000_000;

export class Exchange {
  readonly profile: VenueProfile;
  readonly market: Market;
  readonly records = new Records();
  readonly acceptor: Acceptor;
  /** The REST API of the venue's clients. */
  readonly rest: RestApi;
  readonly #orderEntry: OrderEntry;
  readonly #entryGate: EntryGate;
  readonly #counterFlow: CounterFlow;
  readonly #actionPeriodUs: number;
  #isCounterFlowOn: boolean;
  /** When the counter-flow acts next, monotonic clock; null until the first tick. */
  #nextActionUs: number | null = null;
  /** Order messages in the venue's machine: read, and not in the book yet. */
  readonly #processing = new DelayLine<Inbound>();
  #processingDelayMs: number;
  readonly #reports = new ReportLine();
  readonly #dropCopies = new DelayLine<ExecutionOutbound>();
  readonly #marketData: MarketDataFeed;

  /** `idPrefix` begins every OrderID, ExecID and TradeID, so that they stay unique over restarts of the venue. */
  constructor(config: VenueConfig, idPrefix: string) {
    this.profile = config.profile;
    this.market = new Market(config.instruments, idPrefix, config.profile.orders.clOrdIdScope);
    this.#orderEntry = new OrderEntry(this.market, this.records, config.profile);
    this.#entryGate = new EntryGate(config.profile);
    this.acceptor = new Acceptor(config.sessions, config.profile, this.records, {
      delivered: (inbound, at) => this.#delivered(inbound, at),
      ended: (session, isClean, at) => this.#ended(session, isClean, at),
    });
    this.rest = new RestApi(this.market, config.profile, this.acceptor.directory.owners(), config.counterFlow.seed);
    this.#marketData = new MarketDataFeed(this.market);
    this.#counterFlow = new CounterFlow(this.market, config.counterFlow.seed);
    this.#isCounterFlowOn = config.counterFlow.enabled;
    this.#actionPeriodUs = SECOND_US / config.counterFlow.ordersPerSecond;
    this.#processingDelayMs = config.processingDelayMs;
  }

  get isCounterFlowOn(): boolean {
    return this.#isCounterFlowOn;
  }

  /** `gateway`: 2 for a connection to the second of two independent gateways. */
  connectionOpened(connectionId: number, remote: string, at: Instant, gateway: 1 | 2 = 1): ExchangeAction[] {
    this.acceptor.opened(connectionId, remote, gateway, at);
    return this.#actions(at);
  }

  bytesReceived(connectionId: number, bytes: Uint8Array, at: Instant): ExchangeAction[] {
    this.acceptor.received(connectionId, bytes, at);
    return this.#actions(at);
  }

  connectionClosed(connectionId: number, reason: string, at: Instant): ExchangeAction[] {
    this.acceptor.closed(connectionId, reason, at);
    return this.#actions(at);
  }

  /** Time passes: session timers, what waits on a line, and the counter-flow. Harmless at any time. */
  tick(at: Instant): ExchangeAction[] {
    this.acceptor.tick(at);
    for (const inbound of this.#processing.takeDue(at.monotonicUs)) {
      this.#dispatch(this.#orderEntry.handle(inbound, at), at);
    }
    if (this.#isCounterFlowOn) this.#runCounterFlow(at);
    this.#tellDue(at);
    return this.#actions(at);
  }

  /** How long until the next tick does something, µs, at most a second. */
  untilNextTickUs(at: Instant): number {
    const untilAction = this.#isCounterFlowOn ? (this.#nextActionUs ?? at.monotonicUs) - at.monotonicUs : SECOND_US;
    const lines = [this.#processing, this.#reports, this.#dropCopies].map(
      ({ nextDueUs }) => (nextDueUs ?? Number.POSITIVE_INFINITY) - at.monotonicUs,
    );
    return Math.max(0, Math.min(SECOND_US, this.acceptor.untilNextTickUs(at), untilAction, ...lines));
  }

  /** One action of the counter-flow now, whether it is on or not. */
  counterFlow(at: Instant): ExchangeAction[] {
    this.#dispatch(this.#orderEntry.report(this.#counterFlow.act(at)), at);
    return this.#actions(at);
  }

  /** An order of the house, which trades like everybody's: for those who want a fill at a moment of their choice. */
  houseOrder(request: OrderRequest, at: Instant): ExchangeAction[] {
    this.#dispatch(this.#orderEntry.report(this.market.submit(request, at)), at);
    return this.#actions(at);
  }

  setCounterFlow(isOn: boolean, at: Instant): ExchangeAction[] {
    this.#isCounterFlowOn = isOn;
    this.#nextActionUs = null;
    return this.#admin(isOn ? 'resume-counterflow' : 'halt-counterflow', at);
  }

  /** Breaks the connection of one CompID, or (null) every connection, with RST. */
  drop(compId: string | null, at: Instant): ExchangeAction[] {
    return this.fault({ type: 'drop', compId }, at);
  }

  /** Keeps connections open and neither reads nor writes: of one CompID, or (null) all, new ones included. */
  silence(compId: string | null, at: Instant): ExchangeAction[] {
    return this.fault({ type: 'silence', compId }, at);
  }

  resume(at: Instant): ExchangeAction[] {
    return this.fault({ type: 'resume' }, at);
  }

  /**
   * Plays a fault from this instant on.
   * @throws VenueFaultError for one that this venue cannot play.
   */
  fault(fault: VenueFault, at: Instant): ExchangeAction[] {
    checkFault(fault, this.profile.recovery.processingDelayMaxMs);
    const note = this.#play(fault, at);
    this.#tellDue(at);
    return this.#admin(note, at);
  }

  /** The trading day ends: open Day orders of all participants expire. */
  endDay(at: Instant): ExchangeAction[] {
    for (const owner of this.acceptor.directory.owners()) {
      this.#dispatch(this.#orderEntry.report(this.market.expireDayOrders(owner, at)), at);
    }
    return this.#admin('end-day', at);
  }

  /** Asks everybody to log out, as before a planned stop. */
  logout(text: string, at: Instant): ExchangeAction[] {
    this.acceptor.logout(text, at);
    return this.#actions(at);
  }

  /** What is to be done, market data last: one increment for everything an input has changed. */
  #actions(at: Instant): ExchangeAction[] {
    for (const outbound of this.#marketData.publish()) this.#sendTo(outbound.sessionId, outbound, at);
    return this.acceptor.takeActions();
  }

  #admin(action: string, at: Instant): ExchangeAction[] {
    this.records.event({ type: 'admin', action }, at);
    return this.#actions(at);
  }

  #delivered(inbound: Inbound, at: Instant): void {
    const { session, message } = inbound;
    if (session.isDropCopy) {
      this.#dispatch(this.#orderEntry.unsupported(inbound, at), at);
      return;
    }
    const objection = this.#entryGate.objection(session, message, at);
    if (objection !== null) this.#dispatch(this.#orderEntry.turnAway(inbound, objection, at), at);
    else if (isOrderMessage(message.msgType) && this.#processingDelayMs + this.#processing.size > 0) {
      this.#processing.push(inbound, at.monotonicUs + this.#processingDelayMs * 1_000);
    } else if (message.msgType === MsgType.MarketDataRequest) {
      const answers = this.#marketData.request(session, message);
      this.#dispatch(answers ?? this.#orderEntry.incomplete(inbound, Tag.MDReqID, at), at);
    } else this.#dispatch(this.#orderEntry.handle(inbound, at), at);
  }

  #ended(session: VenueSession, isClean: boolean, at: Instant): void {
    this.#marketData.ended(session);
    const { mode, atLogout } = this.profile.cancelOnDisconnect;
    if (mode === 'none' || (isClean && !atLogout)) return;
    this.#dispatch(this.#orderEntry.disconnected(session, at), at);
  }

  /** Sends answers at once, and executions down the line. */
  #dispatch(outbound: readonly (Outbound | ExecutionOutbound)[], at: Instant): void {
    for (const report of outbound) {
      if (report.kind === 'execution') this.#reports.push(report as ExecutionOutbound, at);
      else this.#sendTo(report.sessionId, report, at);
    }
    this.#tellDue(at);
  }

  /** Tells what is due on the lines: to the session that entered the order or to all of its account, and as drop copy. */
  #tellDue(at: Instant): void {
    const { directory } = this.acceptor;
    for (const execution of this.#reports.takeDue(at)) {
      if (this.profile.logon.reportsTo === 'own-session') this.#sendTo(execution.sessionId, execution, at);
      else for (const session of directory.ofOwner(execution.owner)) this.acceptor.send(session, execution, at);
      if (this.profile.dropCopy === undefined || directory.dropCopiesOf(execution.owner).length === 0) continue;
      this.#dropCopies.push(asCopy(execution), at.monotonicUs + this.profile.dropCopy.delayMs * 1_000);
    }
    for (const copy of this.#dropCopies.takeDue(at.monotonicUs)) {
      for (const session of directory.dropCopiesOf(copy.owner)) this.acceptor.send(session, copy, at);
    }
  }

  #sendTo(sessionId: string, outbound: Outbound, at: Instant): void {
    const session = this.acceptor.directory.get(sessionId);
    if (session === undefined) throw new Error(`there is no session ${sessionId}`);
    this.acceptor.send(session, outbound, at);
  }

  /** Carries a fault out; gives the words for the record. */
  #play(fault: VenueFault, at: Instant): string {
    switch (fault.type) {
      case 'drop': {
        const { compId = null, how = 'reset' } = fault;
        return `drop ${compId ?? 'all'}: ${this.acceptor.drop(compId, how, at)} connections`;
      }
      case 'silence': {
        const { compId = null } = fault;
        return `silence ${compId ?? 'all'}: ${this.acceptor.silence(compId)} connections`;
      }
      case 'resume':
        return `resume: ${this.acceptor.resume(at)} connections`;
      case 'hold-reports':
        this.#reports.hold(fault.clOrdId ?? null);
        break;
      case 'release-reports':
        this.#reports.release(at);
        break;
      case 'reset-sequence':
        for (const session of this.#sessionsOf(fault.compId ?? null)) {
          this.acceptor.resetSequence(session, fault.how, at);
        }
        break;
      case 'restart':
        this.#restart(fault.keepsState, fault.downMs, at);
        break;
      default:
        this.#set(fault, at);
    }
    return JSON.stringify(fault);
  }

  #set(fault: VenueFault, at: Instant): void {
    if (fault.type === 'delay-reports') this.#reports.delayMs = fault.delayMs;
    else if (fault.type === 'duplicate-reports') this.#reports.duplicateCount = fault.count;
    else if (fault.type === 'reorder-reports') this.#reports.reorder(fault.count);
    else if (fault.type === 'reject-orders') this.#entryGate.rejectCount = fault.count;
    else if (fault.type === 'delay-orders') this.#processingDelayMs = fault.delayMs;
    else if (fault.type === 'delay-logon') this.acceptor.logonDelayMs = fault.delayMs;
    else if (fault.type === 'skip-market-data') this.#marketData.skipCount = fault.count;
    else if (fault.type === 'refuse-connections') {
      this.acceptor.refuseUntilUs = at.monotonicUs + fault.durationMs * 1_000;
    }
  }

  #sessionsOf(compId: string | null): VenueSession[] {
    return [...this.acceptor.sessions()].filter((session) => compId === null || session.compId === compId);
  }

  #restart(keepsState: boolean, downMs: number, at: Instant): void {
    this.acceptor.refuseUntilUs = at.monotonicUs + downMs * 1_000;
    this.acceptor.drop(null, 'reset', at);
    if (keepsState) return;
    this.#processing.takeAll();
    this.#reports.forget();
    this.#dropCopies.takeAll();
    for (const session of this.acceptor.sessions()) session.forget();
    this.market.forget(this.acceptor.directory.owners(), at);
  }

  #runCounterFlow(at: Instant): void {
    let next = this.#nextActionUs ?? at.monotonicUs;
    for (let n = 0; n < ACTIONS_PER_TICK_MAX && next <= at.monotonicUs; n++) {
      this.#dispatch(this.#orderEntry.report(this.#counterFlow.act(at)), at);
      next += this.#actionPeriodUs;
    }
    this.#nextActionUs = next <= at.monotonicUs ? at.monotonicUs + this.#actionPeriodUs : next;
  }
}

/** The same execution as a drop copy tells it. */
function asCopy(execution: ExecutionOutbound): ExecutionOutbound {
  const mark = encodeBody([[Tag.CopyMsgIndicator, 'Y']]);
  return { ...execution, msgType: MsgType.ExecutionReport, body: Buffer.concat([execution.body, mark]) };
}
