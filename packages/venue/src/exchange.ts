/**
 * The whole venue without sockets and clocks: acceptor, order entry, market, counter-flow and records. Deterministic: the
 * same inputs at the same instants give the same bytes. Each input returns what its shell has to do, in order.
 */
import { Acceptor } from './acceptor.ts';
import { CounterFlow } from './counter-flow.ts';
import type { ExchangeAction } from './exchange-action.ts';
import type { Instant } from './instant.ts';
import { Market, type OrderRequest } from './market.ts';
import { OrderEntry } from './order-entry.ts';
import { Records } from './records.ts';
import type { VenueConfig } from './venue-options.ts';

/** At most so many counter-flow actions in one tick; a late tick does not make up for more. */
const ACTIONS_PER_TICK_MAX = 100;
const SECOND_US = 1_000_000;

export class Exchange {
  readonly market: Market;
  readonly records = new Records();
  readonly acceptor: Acceptor;
  readonly #orderEntry: OrderEntry;
  readonly #counterFlow: CounterFlow;
  readonly #actionPeriodUs: number;
  #isCounterFlowOn: boolean;
  /** When the counter-flow acts next, monotonic clock; null until the first tick. */
  #nextActionUs: number | null = null;

  /** `idPrefix` begins every OrderID, ExecID and TradeID, so that they stay unique over restarts of the venue. */
  constructor(config: VenueConfig, idPrefix: string) {
    this.market = new Market(config.instruments, idPrefix);
    this.#orderEntry = new OrderEntry(this.market, this.records);
    this.acceptor = new Acceptor(config.sessions, this.records, (inbound, at) => this.#orderEntry.handle(inbound, at));
    this.#counterFlow = new CounterFlow(this.market, config.counterFlow.seed);
    this.#isCounterFlowOn = config.counterFlow.enabled;
    this.#actionPeriodUs = SECOND_US / config.counterFlow.ordersPerSecond;
  }

  get isCounterFlowOn(): boolean {
    return this.#isCounterFlowOn;
  }

  connectionOpened(connectionId: number, remote: string, at: Instant): ExchangeAction[] {
    this.acceptor.opened(connectionId, remote, at);
    return this.acceptor.takeActions();
  }

  bytesReceived(connectionId: number, bytes: Uint8Array, at: Instant): ExchangeAction[] {
    this.acceptor.received(connectionId, bytes, at);
    return this.acceptor.takeActions();
  }

  connectionClosed(connectionId: number, reason: string, at: Instant): ExchangeAction[] {
    this.acceptor.closed(connectionId, reason, at);
    return this.acceptor.takeActions();
  }

  /** Time passes: session timers and the counter-flow. Harmless at any time. */
  tick(at: Instant): ExchangeAction[] {
    this.acceptor.tick(at);
    if (this.#isCounterFlowOn) this.#runCounterFlow(at);
    return this.acceptor.takeActions();
  }

  /** How long until the next tick does something, µs, at most a second. */
  untilNextTickUs(at: Instant): number {
    const session = this.acceptor.nextDeadlineUs();
    const untilSession = session === undefined ? SECOND_US : session - at.wallUs;
    const untilAction = this.#isCounterFlowOn ? (this.#nextActionUs ?? at.monotonicUs) - at.monotonicUs : SECOND_US;
    return Math.max(0, Math.min(SECOND_US, untilSession, untilAction));
  }

  /** One action of the counter-flow now, whether it is on or not. */
  counterFlow(at: Instant): ExchangeAction[] {
    this.acceptor.send(this.#orderEntry.report(this.#counterFlow.act(at)), at);
    return this.acceptor.takeActions();
  }

  /** An order of the house, which trades like everybody's: for those who want a fill at a moment of their choice. */
  houseOrder(request: OrderRequest, at: Instant): ExchangeAction[] {
    this.acceptor.send(this.#orderEntry.report(this.market.submit(request, at)), at);
    return this.acceptor.takeActions();
  }

  setCounterFlow(isOn: boolean, at: Instant): ExchangeAction[] {
    this.#isCounterFlowOn = isOn;
    this.#nextActionUs = null;
    return this.#admin(isOn ? 'resume-counterflow' : 'halt-counterflow', at);
  }

  /** Breaks the connection of one CompID, or (null) every connection, with RST. */
  drop(compId: string | null, at: Instant): ExchangeAction[] {
    const count = this.acceptor.drop(compId, at);
    return this.#admin(`drop ${compId ?? 'all'}: ${count} connections`, at);
  }

  /** Keeps connections open and neither reads nor writes: of one CompID, or (null) all, new ones included. */
  silence(compId: string | null, at: Instant): ExchangeAction[] {
    const count = this.acceptor.silence(compId);
    return this.#admin(`silence ${compId ?? 'all'}: ${count} connections`, at);
  }

  resume(at: Instant): ExchangeAction[] {
    const count = this.acceptor.resume(at);
    return this.#admin(`resume: ${count} connections`, at);
  }

  /** The trading day ends: open Day orders of all sessions expire. */
  endDay(at: Instant): ExchangeAction[] {
    for (const { compId } of this.acceptor.sessions()) {
      this.acceptor.send(this.#orderEntry.report(this.market.expireDayOrders(compId, at)), at);
    }
    return this.#admin('end-day', at);
  }

  /** Asks everybody to log out, as before a planned stop. */
  logout(text: string, at: Instant): ExchangeAction[] {
    this.acceptor.logout(text, at);
    return this.acceptor.takeActions();
  }

  #admin(action: string, at: Instant): ExchangeAction[] {
    this.records.event({ type: 'admin', action }, at);
    return this.acceptor.takeActions();
  }

  #runCounterFlow(at: Instant): void {
    let next = this.#nextActionUs ?? at.monotonicUs;
    for (let n = 0; n < ACTIONS_PER_TICK_MAX && next <= at.monotonicUs; n++) {
      this.acceptor.send(this.#orderEntry.report(this.#counterFlow.act(at)), at);
      next += this.#actionPeriodUs;
    }
    this.#nextActionUs = next <= at.monotonicUs ? at.monotonicUs + this.#actionPeriodUs : next;
  }
}
