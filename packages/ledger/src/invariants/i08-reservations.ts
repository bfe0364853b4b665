/**
 * I8: what is reserved is exactly what open orders may still fill: each order its worst case, each instrument and side the
 * sum over its orders, per strategy and in all; nothing for closed ones, never negative. In capital too: every reservation
 * is conserved (reserved = pending + posted + voided), and each scope's used capital is the sum of the pending ones of its
 * orders plus the margin of its positions.
 */
import { amountOf } from '../instrument.ts';
import type { LedgerState } from '../ledger-state.ts';
import { isClosed, type Order, worstCaseLeaves } from '../order.ts';
import type { RiskScope } from '../risk-scope.ts';
import type { Violation } from './violation.ts';

interface Figures {
  open: number;
  readonly pending: Map<string, bigint>;
  readonly margin: Map<string, bigint>;
}

export function reservationsAreWorstCase(state: LedgerState): Violation[] {
  const violations: Violation[] = [];
  const say = (text: string): void => {
    violations.push({ invariant: 'I8', text });
  };
  const quantities = new Map<string, bigint>();
  const figures = new Map<RiskScope, Figures>();
  const ordersOf = [...state.orders.open(), ...state.orders.closed()];
  for (const order of ordersOf) {
    judgeOrder(order, say);
    const { side, strategyId } = order;
    const { symbol } = order.instrument;
    for (const key of [`${symbol} ${side}`, `${symbol} ${side} of strategy ${strategyId}`]) {
      quantities.set(key, (quantities.get(key) ?? 0n) + order.reserved);
    }
    const position = state.positions.of(order.instrument);
    for (const scope of [...position.scopes, state.risk.scopeOf('strategy', strategyId)]) {
      const sum = figuresOf(figures, scope);
      if (!isClosed(order)) sum.open += 1;
      add(sum.pending, order.instrument.currency, order.reservation.pending);
    }
  }
  for (const position of state.positions.all()) {
    const parts = [['', position.total] as const, ...position.byStrategy];
    for (const [strategyId, part] of parts) {
      const suffix = part === position.total ? '' : ` of strategy ${strategyId}`;
      for (const [side, reserved] of [
        ['buy', part.reservedBuy],
        ['sell', part.reservedSell],
      ] as const) {
        const key = `${position.symbol} ${side}${suffix}`;
        const sum = quantities.get(key) ?? 0n;
        if (sum !== reserved) say(`${key}: ${reserved} reserved, orders reserve ${sum}`);
      }
    }
    const instrument = state.instrument(position.symbol);
    if (instrument === undefined) continue;
    const margin = (cost: bigint): bigint => amountOf(instrument, cost < 0n ? -cost : cost);
    for (const scope of position.scopes) {
      add(figuresOf(figures, scope).margin, instrument.currency, margin(position.total.openCost));
    }
    for (const own of position.byStrategy.values()) {
      add(figuresOf(figures, own.scope).margin, instrument.currency, margin(own.openCost));
    }
  }
  for (const scope of state.risk.scopes()) judgeScope(scope, figuresOf(figures, scope), say);
  return violations;
}

function judgeOrder(order: Order, say: (text: string) => void): void {
  const expected = worstCaseLeaves(order);
  if (order.reserved !== expected || expected < 0n) {
    say(`order ${order.rootClOrdId} reserves ${order.reserved}, expected ${expected}`);
  }
  const { pending, posted, reserved, voided } = order.reservation;
  if (reserved !== pending + posted + voided || pending < 0n || posted < 0n || voided < 0n) {
    say(`order ${order.rootClOrdId}: ${reserved} reserved, ${pending} pending, ${posted} posted, ${voided} voided`);
  }
}

function judgeScope(scope: RiskScope, figures: Figures, say: (text: string) => void): void {
  const name = `${scope.scope} '${scope.target}'`;
  if (scope.openOrders !== figures.open)
    say(`${name} counts ${scope.openOrders} open orders, there are ${figures.open}`);
  const currencies = new Set([...figures.pending.keys(), ...figures.margin.keys()]);
  for (const [currency] of scope.capitals()) currencies.add(currency);
  for (const currency of currencies) {
    const { margin, pending } = scope.capitalOf(currency) ?? { margin: 0n, pending: 0n };
    const expectedPending = figures.pending.get(currency) ?? 0n;
    const expectedMargin = figures.margin.get(currency) ?? 0n;
    if (pending !== expectedPending) say(`${name}: ${pending} pending in '${currency}', orders say ${expectedPending}`);
    if (margin !== expectedMargin) say(`${name}: margin ${margin} in '${currency}', positions say ${expectedMargin}`);
  }
}

function figuresOf(all: Map<RiskScope, Figures>, scope: RiskScope): Figures {
  let figures = all.get(scope);
  if (figures === undefined) {
    figures = { open: 0, pending: new Map(), margin: new Map() };
    all.set(scope, figures);
  }
  return figures;
}

function add(sums: Map<string, bigint>, currency: string, amount: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + amount);
}
