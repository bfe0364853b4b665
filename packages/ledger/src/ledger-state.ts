/**
 * The whole replicated state, and the entry that is being applied. All of the ledger's rules are functions over this one
 * object; what it holds is exactly what a snapshot carries. Nothing outside the package sees it.
 */
import type { Adjustment } from './adjustment.ts';
import { ClientKeys } from './client-keys.ts';
import { ClientOrderArchive } from './client-order-archive.ts';
import type { ClientSession } from './client-session.ts';
import type { Configured } from './configured.ts';
import { Deployments } from './deployment.ts';
import { Drills } from './drills.ts';
import type { Effect } from './effect.ts';
import type { EventBody, LedgerEvent } from './event.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';
import type { Instrument } from './instrument.ts';
import type { RecordTable } from './memory/record-table.ts';
import { Operations } from './operations.ts';
import { type Order, stateOf, viewOf } from './order.ts';
import { Orders } from './orders.ts';
import { positionView, strategyPositionView } from './position-view.ts';
import { type InstrumentPosition, Positions } from './positions.ts';
import { Reconciliation } from './reconcile/reconciliation.ts';
import { RiskState } from './risk-state.ts';
import { Strategies } from './strategies.ts';
import { type DoubtRecord, TakeoverRecords } from './takeover-record.ts';
import { Timers } from './timers.ts';
import type { VenueSession } from './venue-session.ts';

/** How much history stays in memory. Part of the state: all nodes must forget the same things at the same entry. */
export interface Horizons {
  /** Closed orders kept for queries and late messages; each costs about 150 bytes outside the JavaScript heap. */
  readonly closedOrdersMax: number;
  /** ExecIDs a venue remembered against duplicates: more than a session can be asked to replay. 50 to 100 bytes each. */
  readonly executionsMax: number;
  /** Client requests remembered against retries: minutes of trading, where retries come within seconds. 80 bytes each. */
  readonly clientKeysMax: number;
}

export const DEFAULT_HORIZONS: Horizons = { closedOrdersMax: 50_000, executionsMax: 200_000, clientKeysMax: 100_000 };

/** The entry being applied, and what applying it made happen so far. */
export interface EntryInProgress {
  index: number;
  term: number;
  timeUs: number;
  events: LedgerEvent[];
  effects: Effect[];
  /** Events that the clients concerned have been told of. */
  toldEvents: number;
  /** Execution reports made for clients: numbers their ExecIDs. */
  clientReports: number;
  /** What the entry proves about orders that were in doubt. */
  evidence: Evidence;
}

export class LedgerState {
  readonly horizons: Horizons;
  configured: Configured | undefined;
  readonly orders: Orders;
  readonly risk = new RiskState();
  readonly positions = new Positions(this.risk);
  readonly strategies = new Strategies();
  readonly deployments = new Deployments();
  readonly timers = new Timers();
  /** By id, in the order in which they were booked. */
  readonly adjustments = new Map<string, Adjustment>();
  readonly reconciliation = new Reconciliation();
  readonly clientKeys: ClientKeys;
  /** In the order of configuration. */
  readonly venues = new Map<string, VenueSession>();
  /** In the order of configuration. */
  readonly clients = new Map<string, ClientSession>();
  /** Orders of clients that were told to be closed. */
  readonly clientOrderArchive: ClientOrderArchive;
  /** Term and node of the last barrier; term 0 before the first. */
  takeoverTerm = 0;
  takeoverNode = 0;
  readonly takeovers = new TakeoverRecords();
  /** Orders that wait for evidence since the last recovery, by root ClOrdID; the values stand in `takeovers`. */
  readonly doubts = new Map<string, DoubtRecord>();
  /** Transport commands of connections that are not (or no longer) current. */
  staleCommands = 0;
  /** Since the incarnation began. */
  /** Stop, drain, recovery, configuration and version: what operators steer beside risk. */
  readonly operations = new Operations();
  readonly drills = new Drills();
  readonly counts = { orders: 0, voided: 0, fills: 0 };
  readonly entry: EntryInProgress = {
    index: 0,
    term: 0,
    timeUs: 0,
    events: [],
    effects: [],
    toldEvents: 0,
    clientReports: 0,
    evidence: NO_EVIDENCE,
  };

  constructor(horizons: Horizons) {
    this.horizons = horizons;
    this.orders = new Orders(horizons.closedOrdersMax, (symbol) => this.instrument(symbol));
    this.clientOrderArchive = new ClientOrderArchive(horizons.closedOrdersMax);
    this.clientKeys = new ClientKeys(horizons.clientKeysMax);
  }

  /** The kill switch of everything is on: no new order leaves. */
  get killSwitch(): boolean {
    const { mode } = this.risk.whole;
    return mode === 'cancel-only' || mode === 'halted';
  }

  instrument(symbol: string): Instrument | undefined {
    return this.configured?.instruments.get(symbol);
  }

  /** All that is remembered of the past. */
  *recordTables(): Generator<RecordTable, void, undefined> {
    yield this.clientKeys.table;
    yield this.orders.table;
    yield this.clientOrderArchive.table;
    for (const venue of this.venues.values()) yield venue.executions.table;
  }

  /** The end of an entry: what has closed leaves the JavaScript heap. */
  settle(): void {
    this.orders.settle();
    this.clientOrderArchive.settle();
  }

  emit(body: EventBody): void {
    const { events, index, timeUs } = this.entry;
    // The body is a fresh object of the caller: completed in place, a copy of every event would double their cost.
    const event = body as unknown as { -readonly [Key in keyof LedgerEvent]: LedgerEvent[Key] };
    event.index = index;
    event.n = events.length;
    event.timeUs = timeUs;
    events.push(event as LedgerEvent);
  }

  alarm(code: string, text: string): void {
    this.emit({ type: 'Alarm', code, text });
  }

  /** Says that an order has changed, once all of a change is done: reservation, digest and event follow the order. */
  orderChanged(order: Order): void {
    this.positions.reserve(order);
    this.orders.touch(order);
    this.emit({ type: 'OrderChanged', order: viewOf(order) });
    if (this.doubts.size > 0) this.#noteDoubt(order);
  }

  /** Is the order out of doubt? Then on the evidence of this entry. */
  #noteDoubt(order: Order): void {
    const doubt = this.doubts.get(order.rootClOrdId);
    if (doubt === undefined || order.inDoubt) return;
    this.doubts.delete(order.rootClOrdId);
    const { evidence, index, timeUs } = this.entry;
    const { detail, kind } = evidence;
    Object.assign(doubt, { outcome: stateOf(order), evidence: kind, detail, index, timeUs });
    const { clOrdId, outcome } = doubt;
    const { venue } = order.instrument;
    this.emit({ type: 'DoubtResolved', venue, clOrdId, evidence: kind, detail, outcome });
  }

  /** `strategyId`: whose order, or adjustment, changed it; '' for nobody's of ours. */
  positionChanged(position: InstrumentPosition, instrument: Instrument, strategyId: string): void {
    position.changedIndex = this.entry.index;
    const strategyPosition = strategyPositionView(position, instrument, strategyId);
    this.emit({ type: 'PositionChanged', position: positionView(position, instrument), strategyPosition });
  }
}
