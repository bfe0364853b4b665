/**
 * Positions per account and symbol, and per strategy within; and what open orders may still add to them. The worst case
 * of a position is itself plus everything that open orders of one side may fill: held, sent, working and in doubt alike,
 * because an order in doubt may be filled entirely (trading reference §3.2, §3.10). Every change here is carried on to the
 * scopes of risk that it concerns, so that a limit is compared with a figure that is already there.
 */
import type { Side } from './command.ts';
import { Digest } from './digest.ts';
import { amountOf, type Instrument } from './instrument.ts';
import { capitalPrice, isClosed, type Order, worstCaseLeaves } from './order.ts';
import { OwnLevels } from './own-levels.ts';
import { bookInto, flatPosition, type Position, realisedOf } from './position.ts';
import { adjustReservation } from './reservation.ts';
import type { RiskScope } from './risk-scope.ts';
import type { RiskState } from './risk-state.ts';

export interface StrategyPosition extends Position {
  readonly scope: RiskScope;
}

/** All about one instrument on its venue's account. */
export interface InstrumentPosition {
  readonly symbol: string;
  readonly account: string;
  readonly total: Position;
  /** In the order of the strategies' first orders or fills; '' is what no strategy of ours caused. */
  readonly byStrategy: Map<string, StrategyPosition>;
  /** What concerns the whole account: global, venue, symbol. */
  readonly scopes: readonly RiskScope[];
  /** Entry that last booked something. */
  changedIndex: number;
  /** Prices of our own orders; undefined while no limit asks for the guard. */
  levels: OwnLevels | undefined;
}

export class Positions {
  readonly #bySymbol = new Map<string, InstrumentPosition>();
  readonly #risk: RiskState;

  constructor(risk: RiskState) {
    this.#risk = risk;
  }

  of(instrument: Instrument): InstrumentPosition {
    let position = this.#bySymbol.get(instrument.symbol);
    if (position === undefined) {
      const risk = this.#risk;
      position = {
        symbol: instrument.symbol,
        account: instrument.account,
        total: flatPosition(),
        byStrategy: new Map(),
        scopes: [risk.whole, risk.scopeOf('venue', instrument.venue), risk.scopeOf('symbol', instrument.symbol)],
        changedIndex: 0,
        levels: undefined,
      };
      if (position.scopes.some((scope) => scope.limits.limits.selfMatchGuard)) position.levels = new OwnLevels();
      this.#bySymbol.set(instrument.symbol, position);
    }
    return position;
  }

  /** To be looked at only. */
  peek(symbol: string): InstrumentPosition | undefined {
    return this.#bySymbol.get(symbol);
  }

  ofStrategy(position: InstrumentPosition, strategyId: string): StrategyPosition {
    let own = position.byStrategy.get(strategyId);
    if (own === undefined) {
      own = Object.assign(flatPosition(), { scope: this.#risk.scopeOf('strategy', strategyId) });
      position.byStrategy.set(strategyId, own);
    }
    return own;
  }

  /** Undefined while nothing has happened in the symbol. */
  find(symbol: string): InstrumentPosition | undefined {
    return this.#bySymbol.get(symbol);
  }

  /** In the order in which they came to be. */
  all(): IterableIterator<InstrumentPosition> {
    return this.#bySymbol.values();
  }

  /** Books a fill, or takes one back with a negative quantity. */
  book(fill: {
    readonly instrument: Instrument;
    readonly strategyId: string;
    readonly side: Side;
    readonly quantity: bigint;
    readonly price: bigint;
    readonly timeUs: number;
  }): InstrumentPosition {
    const { instrument, timeUs } = fill;
    const position = this.of(instrument);
    const own = this.ofStrategy(position, fill.strategyId);
    bookInto(position.total, fill);
    bookInto(own, fill);
    this.#value(position.total, position.scopes, instrument, timeUs);
    this.#value(own, [own.scope], instrument, timeUs);
    return position;
  }

  /** Brings P&L and margin of a symbol up to date: its reference price has changed. */
  revalue(instrument: Instrument, timeUs: number | undefined): void {
    const position = this.#bySymbol.get(instrument.symbol);
    if (position === undefined) return;
    this.#value(position.total, position.scopes, instrument, timeUs);
    for (const own of position.byStrategy.values()) this.#value(own, [own.scope], instrument, timeUs);
  }

  /** After a restore: the figures of the scopes as they were, without beginning a day. */
  restoreFigures(instrument: Instrument): void {
    this.revalue(instrument, undefined);
  }

  /** Brings what an order reserves, and what it counts as, to what it is now; called after every change of an order. */
  reserve(order: Order): void {
    const { reservation } = order;
    const wanted = worstCaseLeaves(order);
    const price = capitalPrice(order);
    const isOpen = !isClosed(order);
    const position = this.of(order.instrument);
    position.levels?.follow(order);
    if (
      wanted === order.reserved &&
      price === reservation.price &&
      order.cumQuantity === reservation.cumQuantity &&
      isOpen === reservation.isOpen &&
      order.inDoubt === reservation.isInDoubt
    ) {
      return;
    }
    const change = wanted - order.reserved;
    const pending = adjustReservation(order, wanted, price);
    const opened = Number(isOpen) - Number(reservation.isOpen);
    const doubted = Number(order.inDoubt) - Number(reservation.isInDoubt);
    order.reserved = wanted;
    reservation.isOpen = isOpen;
    reservation.isInDoubt = order.inDoubt;
    this.#count(position, order, { change, pending, opened, doubted });
  }

  /** An order, with all that it reserves, becomes another strategy's. */
  move(order: Order, strategyId: string): void {
    const { reservation, reserved } = order;
    const position = this.of(order.instrument);
    const opened = Number(reservation.isOpen);
    const doubted = Number(reservation.isInDoubt);
    const { pending } = reservation;
    const away = { change: -reserved, pending: -pending, opened: -opened, doubted: -doubted };
    this.#countOwn(this.ofStrategy(position, order.strategyId), order, away);
    order.strategyId = strategyId;
    this.#countOwn(this.ofStrategy(position, strategyId), order, { change: reserved, pending, opened, doubted });
  }

  /** Begins or ends to keep the prices of our own orders, as the limits ask. */
  followLevels(open: () => Iterable<Order>): void {
    for (const position of this.#bySymbol.values()) {
      const isWanted = position.scopes.some((scope) => scope.limits.limits.selfMatchGuard);
      if (!isWanted) position.levels = undefined;
      else if (position.levels === undefined) {
        position.levels = new OwnLevels();
        for (const order of open()) if (order.instrument.symbol === position.symbol) position.levels.follow(order);
      }
    }
  }

  digest(): Digest {
    const digest = new Digest();
    for (const one of this.#bySymbol.values()) {
      digest.text(one.symbol).text(one.account).integer(one.changedIndex);
      digestPosition(digest, one.total);
      for (const [strategyId, own] of one.byStrategy) digestPosition(digest.text(strategyId), own);
    }
    return digest;
  }

  #count(position: InstrumentPosition, order: Order, figures: OrderFigures): void {
    addReserved(position.total, order, figures.change);
    for (const scope of position.scopes) addFigures(scope, order, figures);
    this.#countOwn(this.ofStrategy(position, order.strategyId), order, figures);
  }

  #countOwn(own: StrategyPosition, order: Order, figures: OrderFigures): void {
    addReserved(own, order, figures.change);
    addFigures(own.scope, order, figures);
  }

  /** Marked at the reference price; without one, only what is realised counts. */
  #value(position: Position, scopes: readonly RiskScope[], instrument: Instrument, timeUs: number | undefined): void {
    const reference = position.net === 0n ? undefined : this.#risk.references.get(instrument.symbol);
    const worth = reference === undefined ? realisedOf(position) : position.net * reference.price - position.cost;
    const pnl = amountOf(instrument, worth);
    const margin = amountOf(instrument, position.openCost < 0n ? -position.openCost : position.openCost);
    for (const scope of scopes) {
      if (pnl !== position.pnl) scope.addPnl(instrument.currency, pnl - position.pnl, timeUs);
      if (margin !== position.margin) scope.capital(instrument.currency).margin += margin - position.margin;
    }
    position.pnl = pnl;
    position.margin = margin;
  }
}

/** What an order's change adds to the figures of its scopes. */
interface OrderFigures {
  /** Reserved quantity and amount. */
  readonly change: bigint;
  readonly pending: bigint;
  readonly opened: number;
  readonly doubted: number;
}

function addReserved(position: Position, order: Order, change: bigint): void {
  if (order.side === 'buy') position.reservedBuy += change;
  else position.reservedSell += change;
  if (position.reservedBuy < 0n || position.reservedSell < 0n) {
    throw new Error(`broken invariant: negative reservation on ${order.instrument.symbol}`);
  }
}

function addFigures(scope: RiskScope, order: Order, figures: OrderFigures): void {
  scope.openOrders += figures.opened;
  scope.inDoubt += figures.doubted;
  if (figures.pending !== 0n) scope.capital(order.instrument.currency).pending += figures.pending;
}

function digestPosition(digest: Digest, position: Position): void {
  digest.bigint(position.net).bigint(position.bought).bigint(position.sold).bigint(position.cost);
  digest.bigint(position.openCost).bigint(position.reservedBuy).bigint(position.reservedSell);
}
