/**
 * The books of a trading desk, kept the long way: a list of orders and a list of trades, every figure summed from the
 * beginning whenever it is asked for. Slow, and therefore its own proof; the ledger's running figures are compared with it.
 * Whole numbers only: prices and quantities of the tests have no fraction.
 */
import type { DenialCode, Limits, Side, TradingMode } from '../index.ts';

export interface NaiveOrder {
  readonly id: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
  quantity: number;
  price: number;
  cum: number;
  open: boolean;
  /** A replace or cancel that the venue has not answered. */
  pending: { readonly kind: 'cancel' | 'replace'; readonly quantity: number; readonly price: number } | undefined;
}

export interface NaiveTrade {
  readonly orderId: string;
  readonly symbol: string;
  readonly strategyId: string;
  /** Negative for sells; what a bust takes back has the opposite sign of its trade. */
  readonly signed: number;
  readonly price: number;
  readonly isReversal: boolean;
}

export interface Question {
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
}

type Which = (one: { readonly symbol: string; readonly strategyId: string }) => boolean;

/** One scope's members, limits and mode. */
export interface NaiveScope {
  readonly name: string;
  readonly has: Which;
  limits: Limits;
  mode: TradingMode;
  /** Daily loss: the day, and the P&L with which it began. */
  day: number;
  dayStart: number;
}

export class NaiveBooks {
  readonly orders: NaiveOrder[] = [];
  readonly trades: NaiveTrade[] = [];
  readonly references = new Map<string, number>();
  readonly scopes: NaiveScope[];
  #day = 0;

  constructor(symbols: readonly string[], strategies: readonly string[], limits: Limits) {
    const scope = (name: string, has: Which): NaiveScope => ({
      name,
      has,
      limits: {},
      mode: 'active',
      day: 0,
      dayStart: 0,
    });
    this.scopes = [
      { ...scope('global ', () => true), limits },
      ...symbols.map((symbol) => scope(`symbol ${symbol}`, (one) => one.symbol === symbol)),
      ...strategies.map((strategyId) => scope(`strategy ${strategyId}`, (one) => one.strategyId === strategyId)),
    ];
  }

  /** Called before anything happens at a time: a new day begins with the P&L that the last one ended with. */
  passTime(timeUs: number): void {
    const day = Math.floor(timeUs / 86_400_000_000);
    if (day === this.#day) return;
    this.#day = day;
    for (const scope of this.scopes) scope.dayStart = this.pnl(scope);
  }

  net(which: Which): number {
    return sum(this.trades.filter(which), (trade) => trade.signed);
  }

  cost(which: Which): number {
    return sum(this.trades.filter(which), (trade) => trade.signed * trade.price);
  }

  /** Open orders of one side, each at the most that it may still fill. */
  worstOpen(which: Which, side: Side): number {
    return sum(
      this.orders.filter((order) => order.open && order.side === side && which(order)),
      worstLeaves,
    );
  }

  pending(which: Which): number {
    return sum(
      this.orders.filter((order) => order.open && which(order)),
      (order) => {
        const price = order.pending?.kind === 'replace' ? Math.max(order.price, order.pending.price) : order.price;
        return worstLeaves(order) * price;
      },
    );
  }

  /** Cost of the open position by average cost, told as [numerator, denominator]-free doubles: exact for these sizes. */
  openCost(which: Which): number {
    let net = 0;
    let open = 0;
    for (const { isReversal, price, signed } of this.trades.filter(which)) {
      const after = net + signed;
      const own = open + signed * price;
      if (after === 0) open = 0;
      else if (net === 0 || Math.sign(net) === Math.sign(signed)) open = own;
      else if (Math.sign(net) !== Math.sign(after)) open = after * price;
      else if (isReversal && Math.sign(own) === Math.sign(after)) open = own;
      else open = (open * after) / net;
      net = after;
    }
    return open;
  }

  /** Realised and marked. By symbol, because marks are. */
  pnl(scope: NaiveScope): number {
    let pnl = 0;
    for (const symbol of new Set(this.trades.map((trade) => trade.symbol))) {
      const which: Which = (one) => one.symbol === symbol && scope.has(one);
      const net = this.net(which);
      const reference = this.references.get(symbol);
      const value = net === 0 ? 0 : reference === undefined ? this.openCost(which) : net * reference;
      pnl += value - this.cost(which);
    }
    return pnl;
  }

  margin(scope: NaiveScope): number {
    return sum([...new Set(this.trades.map((trade) => trade.symbol))], (symbol) =>
      Math.abs(this.openCost((one) => one.symbol === symbol && scope.has(one))),
    );
  }

  /** Every reason to deny an order; none when it may leave. `margin` of doubt: figures that no rounding decides. */
  reasons(question: Question): { readonly sure: Set<DenialCode>; readonly unsure: Set<DenialCode> } {
    const sure = new Set<DenialCode>();
    const unsure = new Set<DenialCode>();
    const over = (code: DenialCode, value: number, limit: string | number | undefined): void => {
      if (limit === undefined || limit === '') return;
      if (value > Number(limit) + 1e-4) sure.add(code);
      else if (value > Number(limit) - 1e-4 && !Number.isInteger(value)) unsure.add(code);
    };
    for (const scope of this.scopes) {
      if (!scope.has(question)) continue;
      this.#judge(scope, question, { sure, over });
    }
    return { sure, unsure };
  }

  #judge(
    scope: NaiveScope,
    question: Question,
    to: {
      readonly sure: Set<DenialCode>;
      readonly over: (code: DenialCode, value: number, limit: string | number | undefined) => void;
    },
  ): void {
    const { price, quantity, side, symbol } = question;
    const here: Which = (one) => one.symbol === symbol && scope.has(one);
    const sign = side === 'buy' ? 1 : -1;
    const worst = sign * this.net(here) + this.worstOpen(here, side) + quantity;
    const { limits, mode } = scope;
    if (mode === 'cancel-only' || mode === 'halted') to.sure.add('KILL_SWITCH');
    if (mode === 'reduce-only' && worst > 0) to.sure.add('REDUCE_ONLY');
    to.over('ORDER_QUANTITY_LIMIT', quantity, limits.orderQuantityMax);
    to.over('ORDER_NOTIONAL_LIMIT', quantity * price, limits.orderNotionalMax);
    to.over(
      'OPEN_ORDERS_LIMIT',
      this.orders.filter((one) => one.open && scope.has(one)).length + 1,
      limits.openOrdersMax,
    );
    const reference = this.references.get(symbol);
    if (limits.priceCollarPercent !== undefined) {
      if (reference === undefined) to.sure.add('REFERENCE_MISSING');
      else to.over('PRICE_COLLAR', sign * (price - reference) * 100, Number(limits.priceCollarPercent) * reference);
    }
    if (worst <= 0) return;
    to.over('POSITION_LIMIT', worst, limits.positionMax);
    const used = this.pending(scope.has) + this.margin(scope) + quantity * price;
    to.over('USED_CAPITAL_LIMIT', used, limits.usedCapitalMax);
    to.over('DAILY_LOSS_LIMIT', scope.dayStart - this.pnl(scope), limits.dailyLossMax);
  }
}

function worstLeaves(order: NaiveOrder): number {
  const total = order.pending?.kind === 'replace' ? Math.max(order.quantity, order.pending.quantity) : order.quantity;
  return Math.max(0, total - order.cum);
}

function sum<T>(all: readonly T[], figure: (one: T) => number): number {
  let total = 0;
  for (const one of all) total += figure(one);
  return total;
}
