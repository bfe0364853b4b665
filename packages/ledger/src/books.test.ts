/**
 * The ledger's running figures and decisions against books kept the long way, over random commands and executions: orders,
 * replaces, cancels, trades, busts, marks, limits and trading states that change, days that pass, restores in between.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Configuration, Ledger, type Limits, TRADING_MODES } from './index.ts';
import { historyViolations } from './invariants/all.ts';
import { hashesAreEqual } from './invariants/i10-equal-hashes.ts';
import { NaiveBooks, type NaiveOrder } from './testing/naive-books.ts';
import { acceptedId, Rig } from './testing/rig.ts';

const SYMBOLS = ['BTC-USD', 'ETH-USD'];
const STRATEGIES = ['s1', 's2'];
const GLOBAL: Limits = {
  orderQuantityMax: '18',
  orderNotionalMax: '1800',
  positionMax: '40',
  openOrdersMax: 8,
  usedCapitalMax: '9000',
  dailyLossMax: '150',
};
const CHANGES: readonly Limits[] = [
  { positionMax: '15' },
  { openOrdersMax: 2 },
  { usedCapitalMax: '2500' },
  { dailyLossMax: '20' },
  { priceCollarPercent: '5' },
  { orderQuantityMax: '' },
  {},
];

class Books {
  readonly rig: Rig;
  readonly naive: NaiveBooks;
  /** Fills that may be taken back: the venue's ExecID and what it was. */
  readonly fills: {
    readonly execId: string;
    readonly order: NaiveOrder;
    readonly quantity: number;
    readonly price: number;
  }[] = [];
  #execs = 0;

  constructor() {
    const limits = GLOBAL as Configuration['limits'];
    const scopedLimits = STRATEGIES.map((target) => ({ scope: 'strategy' as const, target, limits: {} }));
    this.rig = new Rig().open({ limits, scopedLimits });
    this.naive = new NaiveBooks(SYMBOLS, STRATEGIES, GLOBAL);
    this.naive.passTime(this.rig.timeUs);
  }

  step(kind: number, a: number, b: number, c: number): void {
    const { naive, rig } = this;
    naive.passTime(rig.timeUs + 100);
    const open = naive.orders.filter((order) => order.open);
    const order = open[a % Math.max(1, open.length)];
    switch (kind) {
      case 0:
      case 1:
      case 2:
        this.submit(a, b, c);
        return;
      case 3:
      case 4:
      case 5:
        if (order !== undefined) this.trade(order, 1 + (b % (order.quantity - order.cum)), 90 + (c % 21));
        return;
      case 6:
        if (order !== undefined && order.pending === undefined) this.change(order, b, c);
        return;
      case 7:
        if (order?.pending !== undefined) this.answer(order, b % 3 !== 0);
        return;
      case 8:
        this.bust(a);
        return;
      case 9: {
        const symbol = SYMBOLS[a % 2] as string;
        rig.apply({ type: 'ReferencePrice', symbol, price: String(92 + (b % 17)) });
        naive.references.set(symbol, 92 + (b % 17));
        return;
      }
      case 10:
        this.setLimits(a, CHANGES[b % CHANGES.length] as Limits);
        return;
      case 11:
        this.setMode(a, b);
        return;
      case 12:
        rig.timeUs += b % 3 === 0 ? 86_400_000_000 : 5_000_000;
        return;
      default:
        rig.ledger = Ledger.restore(rig.ledger.snapshot());
    }
  }

  submit(a: number, b: number, c: number): void {
    const question = {
      strategyId: STRATEGIES[a % 2] as string,
      symbol: SYMBOLS[(a >> 1) % 2] as string,
      side: (a >> 2) % 2 === 0 ? ('buy' as const) : ('sell' as const),
      quantity: 1 + (b % 20),
      price: 90 + (c % 21),
    };
    const { sure, unsure } = this.naive.reasons(question);
    const { quantity, price, ...rest } = question;
    const applied = this.rig.submit({ ...rest, quantity: String(quantity), price: String(price) });
    if (applied.result.ok) {
      assert.deepEqual([...sure], [], `accepted ${JSON.stringify(question)}`);
      const id = acceptedId(applied);
      this.naive.orders.push({ id, ...question, cum: 0, open: true, pending: undefined });
      this.rig.report({
        11: id,
        37: `V-${id}`,
        150: '0',
        39: '0',
        14: '0',
        151: String(quantity),
        55: question.symbol,
        54: question.side === 'buy' ? '1' : '2',
      });
      return;
    }
    const { code } = applied.result;
    assert.ok(sure.has(code) || unsure.has(code), `denied with ${code}, expected one of ${[...sure, ...unsure]}`);
  }

  trade(order: NaiveOrder, quantity: number, price: number): void {
    this.#execs += 1;
    const execId = `x${this.#execs}`;
    this.rig.fill(order.id, quantity, String(price), { 17: execId });
    order.cum += quantity;
    if (order.cum >= order.quantity) {
      order.open = false;
      order.pending = undefined;
    }
    this.fills.push({ execId, order, quantity, price });
    this.#book(order, quantity, price, false);
  }

  bust(which: number): void {
    const [fill] = this.fills.splice(which % Math.max(1, this.fills.length), 1);
    if (fill === undefined) return;
    const { order, price, quantity } = fill;
    this.#execs += 1;
    this.rig.report({
      11: this.rig.view(order.id).clOrdId,
      37: `V-${order.id}`,
      17: `x${this.#execs}`,
      19: fill.execId,
      150: 'H',
      39: order.open ? '1' : '4',
      14: String(order.cum - quantity),
      55: order.symbol,
      54: order.side === 'buy' ? '1' : '2',
    });
    order.cum -= quantity;
    this.#book(order, -quantity, price, true);
  }

  change(order: NaiveOrder, b: number, c: number): void {
    if (b % 2 === 0) {
      assert.equal(this.rig.cancel(order.id).result.ok, !this.#halted(order));
      if (this.#halted(order)) return;
      order.pending = { kind: 'cancel', quantity: 0, price: 0 };
      return;
    }
    const [quantity, price] = [order.cum + 1 + (b % 12), 90 + (c % 21)];
    if (this.rig.replace(order.id, String(quantity), String(price)).result.ok) {
      order.pending = { kind: 'replace', quantity, price };
    }
  }

  answer(order: NaiveOrder, isAccepted: boolean): void {
    const pending = order.pending as NonNullable<NaiveOrder['pending']>;
    const ids = { 11: this.rig.pendingOf(order.id) ?? '', 41: this.rig.view(order.id).clOrdId };
    order.pending = undefined;
    if (!isAccepted) {
      this.rig.inbound('9', [
        [11, ids[11]],
        [41, ids[41]],
        [39, '0'],
        [102, 0],
        [434, 1],
      ]);
      return;
    }
    const side = { 55: order.symbol, 54: order.side === 'buy' ? '1' : '2', 14: String(order.cum) };
    if (pending.kind === 'cancel') {
      order.open = false;
      this.rig.report({ ...ids, ...side, 150: '4', 39: '4', 151: '0' });
      return;
    }
    order.quantity = pending.quantity;
    order.price = pending.price;
    if (order.cum >= order.quantity) order.open = false;
    const leaves = String(Math.max(0, order.quantity - order.cum));
    this.rig.report({
      ...ids,
      ...side,
      150: '5',
      39: '0',
      38: String(order.quantity),
      44: String(order.price),
      151: leaves,
    });
  }

  setLimits(which: number, limits: Limits): void {
    const scope = this.naive.scopes[which % this.naive.scopes.length];
    const [kind, target] = (scope?.name ?? '').split(' ');
    this.rig.apply({ type: 'SetLimits', scope: kind as 'global', target: target ?? '', limits, reason: '' });
    if (scope === undefined) return;
    const configured = kind === 'global' ? GLOBAL : {};
    scope.limits = Object.keys(limits).length === 0 ? configured : { ...scope.limits, ...limits };
  }

  setMode(which: number, b: number): void {
    const scope = this.naive.scopes[which % this.naive.scopes.length];
    // Mostly active: what is stopped tells nothing about the other limits.
    const mode = TRADING_MODES[b % 3 === 0 ? (b >> 2) % 4 : 0] as (typeof TRADING_MODES)[number];
    const [kind, target] = (scope?.name ?? '').split(' ');
    this.rig.apply({ type: 'SetTradingState', scope: kind as 'global', target: target ?? '', mode, reason: '' });
    if (scope !== undefined) scope.mode = mode;
  }

  compare(): void {
    const { naive, rig } = this;
    for (const symbol of SYMBOLS) {
      const position = rig.ledger.positions().find((one) => one.symbol === symbol);
      const which = (one: { readonly symbol: string }): boolean => one.symbol === symbol;
      assert.equal(position?.netQuantity ?? '0', String(naive.net(which)));
      assert.equal(position?.costNotional ?? '0', String(naive.cost(which)));
      near(position?.realizedPnl ?? '0', naive.openCost(which) - naive.cost(which));
      for (const strategyId of STRATEGIES) {
        const own = rig.ledger.strategyPositions(strategyId).find((one) => one.symbol === symbol);
        const mine = (one: { readonly symbol: string; readonly strategyId: string }): boolean =>
          one.symbol === symbol && one.strategyId === strategyId;
        assert.equal(own?.netQuantity ?? '0', String(naive.net(mine)));
        near(own?.realizedPnl ?? '0', naive.openCost(mine) - naive.cost(mine));
      }
    }
    for (const view of rig.ledger.risk().scopes) {
      const scope = naive.scopes.find((one) => one.name === `${view.scope} ${view.target}`);
      if (scope === undefined) continue;
      assert.equal(view.openOrders, naive.orders.filter((one) => one.open && scope.has(one)).length);
      assert.equal(view.capital[0]?.pending ?? '0', String(naive.pending(scope.has)));
      near(view.capital[0]?.margin ?? '0', naive.margin(scope));
      near(view.capital[0]?.pnl ?? '0', naive.pnl(scope));
    }
    assert.deepEqual(rig.ledger.violations(), []);
  }

  #book(order: NaiveOrder, quantity: number, price: number, isReversal: boolean): void {
    const { id, side, strategyId, symbol } = order;
    const signed = side === 'buy' ? quantity : -quantity;
    this.naive.trades.push({ orderId: id, symbol, strategyId, signed, price, isReversal });
  }

  #halted(order: NaiveOrder): boolean {
    return this.naive.scopes.some((scope) => scope.mode === 'halted' && scope.has(order));
  }
}

/** Average costs are rounded at five places here, once a reducing trade. */
function near(actual: string, expected: number): void {
  assert.ok(Math.abs(Number(actual) - expected) < 1e-2, `${actual} is not near ${expected}`);
}

const plan = fc.array(
  fc.tuple(fc.nat({ max: 13 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  { minLength: 1, maxLength: 80, size: 'max' },
);

test('running figures and decisions are those of books kept the long way', () => {
  fc.assert(
    fc.property(plan, (steps) => {
      const books = new Books();
      for (const [kind, a, b, c] of steps) books.step(kind, a, b, c);
      books.compare();
      assert.deepEqual(historyViolations(books.rig.history), []);
      assert.deepEqual(hashesAreEqual(books.rig.ledger, books.rig.log), []);
    }),
    { numRuns: Number(process.env['BOOKS'] ?? 150) },
  );
});

test('and so they are after every single step', () => {
  fc.assert(
    fc.property(plan, (steps) => {
      const books = new Books();
      for (const [kind, a, b, c] of steps) {
        books.step(kind, a, b, c);
        books.compare();
      }
    }),
    { numRuns: 30 },
  );
});
