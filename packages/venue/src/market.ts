/**
 * The market: instruments with their books, every order, fill and position. It turns requests of participants into
 * executions, in the order in which they happened, and knows nothing of FIX. Pure and deterministic: ids are counters,
 * time comes with each request. What it promises: ExecIDs and OrderIDs are unique; a ClOrdID is accepted once in the scope
 * that the profile names; an order's CumQty is the sum of its trades; what one bought another sold.
 */

import type { OrderFacts } from '@baton/profiles';
import type { Instant } from './instant.ts';
import type { Instrument } from './instrument.ts';
import { MatchingEngine, type MatchOutcome, type OrderType, type TimeInForce } from './matching-engine.ts';
import {
  type Execution,
  type ExecutionType,
  HOUSE,
  isOpen,
  type LastTrade,
  type Order,
  type OrderOrigin,
  type RejectReason,
} from './order.ts';
import { type ClOrdIdUse, OrderRegistry } from './order-registry.ts';
import { Positions } from './positions.ts';
import type { Side } from './side.ts';
import { type Fill, TradeTape } from './trade-tape.ts';

/** A new order as its owner asks for it. */
export interface OrderRequest extends ClOrdIdUse {
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: bigint | null;
  readonly quantity: bigint;
  readonly origin: OrderOrigin | null;
}

export interface CancelRequest extends ClOrdIdUse {
  readonly origClOrdId: string;
  /** The only session whose orders it reaches; absent: all of the owner's. */
  readonly reach?: string;
}

export interface ReplaceRequest extends CancelRequest {
  readonly price: bigint | null;
  /** New total quantity; what is filled already counts in it. */
  readonly quantity: bigint;
}

/** Why a cancel or replace was refused. FIX CxlRejReason(102): 0, 1, 6 and 99. */
export type CancelRefusal =
  | 'too-late'
  | 'unknown-order'
  | 'duplicate-cl-ord-id'
  | 'stale-cl-ord-id'
  | 'price-invalid'
  | 'incorrect-quantity'
  /** The message was turned away unread. */
  | 'turned-away';

export type AmendOutcome =
  | { readonly ok: true; readonly executions: readonly Execution[] }
  | { readonly ok: false; readonly reason: CancelRefusal; readonly order: Readonly<Order> | null };

/** What an execution says beyond its order's own fields. */
interface ExecutionFacts {
  readonly origClOrdId?: string;
  readonly clOrdId?: string;
  readonly last?: LastTrade;
  readonly text?: string;
}

export class Market {
  readonly orders: OrderRegistry;
  readonly positions = new Positions();
  readonly tape = new TradeTape();
  readonly #engines = new Map<string, MatchingEngine>();
  readonly #instruments = new Map<string, Instrument>();
  readonly #idPrefix: string;
  #orderCount = 0;
  #executionCount = 0;

  /** `idPrefix` makes ids unique over restarts of the venue. */
  constructor(
    instruments: readonly Instrument[],
    idPrefix: string,
    clOrdIdScope: OrderFacts['clOrdIdScope'] = 'account',
  ) {
    this.orders = new OrderRegistry(clOrdIdScope);
    this.#idPrefix = idPrefix;
    for (const instrument of instruments) {
      this.#instruments.set(instrument.symbol, instrument);
      this.#engines.set(instrument.symbol, new MatchingEngine());
    }
  }

  instrument(symbol: string): Instrument | undefined {
    return this.#instruments.get(symbol);
  }

  instruments(): Iterable<Instrument> {
    return this.#instruments.values();
  }

  engine(symbol: string): MatchingEngine | undefined {
    return this.#engines.get(symbol);
  }

  /** New orders; always at least one execution: `new` or `rejected` first. */
  submit(request: OrderRequest, at: Instant): Execution[] {
    const engine = this.#engines.get(request.symbol);
    if (engine === undefined) return [this.refuse(request, 'unknown-symbol', at)];
    const reason = this.#rejectReason(request);
    if (reason !== null) return [this.refuse(request, reason, at)];
    const order = this.#orderFrom(request, at);
    this.orders.add(order, request.scopeKey);
    const executions = [this.#execution(order, 'new', at)];
    const { orderId, side, orderType, timeInForce, price, quantity } = order;
    const outcome = engine.submit({ orderId, side, orderType, timeInForce, price, quantity });
    this.#applyOutcome(order, outcome, at, executions);
    return executions;
  }

  /** Records a new order as rejected. For a used ClOrdID the reason is that, whatever else is wrong with it. */
  refuse(request: OrderRequest, because: RejectReason, at: Instant, text?: string): Execution {
    const reason = this.orders.isUsed(request) ? 'duplicate-order' : because;
    const order = this.#orderFrom(request, at);
    order.status = 'rejected';
    order.rejectReason = reason;
    order.leavesQuantity = 0n;
    order.endedAt = at;
    this.orders.add(order, request.scopeKey);
    return this.#execution(order, 'rejected', at, { text: text ?? rejectText(request, reason) });
  }

  /** Cancels an order named by any ClOrdID it has had: taking risk away is not refused for a stale name. */
  cancel(request: CancelRequest, at: Instant): AmendOutcome {
    const { order, reason } = this.#checkAmend(request);
    this.orders.use(request);
    if (order === null || reason !== null) return { ok: false, reason: reason ?? 'unknown-order', order };
    return { ok: true, executions: [this.#cancelOpen(order, at, request, '')] };
  }

  /**
   * Replaces price and total quantity of an open limit order named by its current ClOrdID. A total at or below what is
   * filled already ends the order as filled, with that total (FIX 4.4 volume 4, appendix D, reduction below CumQty).
   */
  replace(request: ReplaceRequest, at: Instant): AmendOutcome {
    const { order, reason } = this.#checkReplace(request);
    this.orders.use(request);
    if (order === null || reason !== null) return { ok: false, reason: reason ?? 'unknown-order', order };
    const price = request.price ?? order.price;
    if (price === null) throw new Error(`open order ${order.orderId} has no price`);
    const executions: Execution[] = [];
    const quantity = request.quantity > order.cumQuantity ? request.quantity : order.cumQuantity;
    order.price = price;
    order.quantity = quantity;
    order.leavesQuantity = quantity - order.cumQuantity;
    this.orders.rename(order, request.clOrdId);
    const engine = this.#engineOf(order);
    if (order.leavesQuantity === 0n) {
      engine.cancel(order.orderId);
      this.#end(order, 'filled', at);
      executions.push(this.#execution(order, 'replaced', at, { origClOrdId: request.origClOrdId }));
      return { ok: true, executions };
    }
    executions.push(this.#execution(order, 'replaced', at, { origClOrdId: request.origClOrdId }));
    const outcome = engine.replace(order.orderId, price, order.leavesQuantity);
    if (outcome === null) throw new Error(`open order ${order.orderId} does not rest in the book`);
    this.#applyOutcome(order, outcome, at, executions);
    return { ok: true, executions };
  }

  /** Cancels every open order of one owner, of one symbol or (null) all. */
  massCancel(owner: string, symbol: string | null, at: Instant): Execution[] {
    return this.cancelWhere(owner, (order) => symbol === null || order.symbol === symbol, 'mass cancel', at);
  }

  /** Cancels, unasked, the open orders of one owner for which `isMeant` holds. */
  cancelWhere(owner: string, isMeant: (order: Readonly<Order>) => boolean, text: string, at: Instant): Execution[] {
    const orders = [...this.orders.open(owner)].filter(isMeant);
    return orders.map((order) => this.#cancelOpen(order, at, null, text));
  }

  /** Loses what a venue without durable orders loses in a crash: open orders end untold, and every ClOrdID is new again. */
  forget(owners: readonly string[], at: Instant): void {
    for (const owner of [...owners, HOUSE]) {
      for (const order of [...this.orders.open(owner)]) {
        this.#engineOf(order).cancel(order.orderId);
        this.#end(order, 'canceled', at);
      }
    }
    this.orders.forget();
  }

  /** Ends every open Day order, as the close of a trading day does. */
  expireDayOrders(owner: string, at: Instant): Execution[] {
    const orders = [...this.orders.open(owner)].filter((order) => order.timeInForce === 'day');
    return orders.map((order) => {
      this.#engineOf(order).cancel(order.orderId);
      this.#end(order, 'expired', at);
      return this.#execution(order, 'expired', at, { text: 'end of day' });
    });
  }

  fills(): readonly Fill[] {
    return this.tape.fills();
  }

  #rejectReason(request: OrderRequest): RejectReason | null {
    if (this.orders.isUsed(request)) return 'duplicate-order';
    if (request.quantity <= 0n) return 'incorrect-quantity';
    if (request.price !== null ? request.price <= 0n : request.orderType === 'limit') return 'price-invalid';
    return null;
  }

  #checkAmend(request: CancelRequest): { order: Order | null; reason: CancelRefusal | null } {
    const { owner, origClOrdId, reach } = request;
    const named = this.orders.find(owner, origClOrdId) ?? null;
    const order = reach === undefined || named?.origin?.sessionId === reach ? named : null;
    if (this.orders.isUsed(request)) return { order, reason: 'duplicate-cl-ord-id' };
    if (order === null || order.status === 'rejected') return { order: null, reason: 'unknown-order' };
    return { order, reason: isOpen(order) ? null : 'too-late' };
  }

  #checkReplace(request: ReplaceRequest): { order: Order | null; reason: CancelRefusal | null } {
    const { order, reason } = this.#checkAmend(request);
    if (order === null || reason !== null) return { order, reason };
    if (order.clOrdId !== request.origClOrdId) return { order, reason: 'stale-cl-ord-id' };
    if (request.price !== null && request.price <= 0n) return { order, reason: 'price-invalid' };
    return { order, reason: request.quantity <= 0n ? 'incorrect-quantity' : null };
  }

  #orderFrom(request: OrderRequest, at: Instant): Order {
    this.#orderCount += 1;
    return {
      orderId: `${this.#idPrefix}O${this.#orderCount}`,
      owner: request.owner,
      account: request.account,
      clOrdId: request.clOrdId,
      clOrdIds: [request.clOrdId],
      symbol: request.symbol,
      side: request.side,
      orderType: request.orderType,
      timeInForce: request.timeInForce,
      price: request.orderType === 'market' ? null : request.price,
      quantity: request.quantity,
      cumQuantity: 0n,
      leavesQuantity: request.quantity,
      cumNotional: 0n,
      status: 'new',
      origin: request.origin,
      acceptedAt: at,
      endedAt: null,
      rejectReason: null,
    };
  }

  #applyOutcome(taker: Order, outcome: MatchOutcome, at: Instant, executions: Execution[]): void {
    for (const { makerOrderId, price, quantity } of outcome.matches) {
      const maker = this.orders.get(makerOrderId);
      if (maker === undefined) throw new Error(`order ${makerOrderId} traded and is not known`);
      const tradeId = this.tape.nextTradeId(this.#idPrefix);
      this.tape.print({ tradeId, symbol: taker.symbol, price, quantity, aggressor: taker.side, at });
      executions.push(this.#trade(maker, taker, { tradeId, price, quantity, liquidity: 'maker' }, at));
      executions.push(this.#trade(taker, maker, { tradeId, price, quantity, liquidity: 'taker' }, at));
    }
    if (outcome.canceled === null) return;
    if (outcome.canceled.quantity !== taker.leavesQuantity) throw new Error(`order ${taker.orderId} lost quantity`);
    this.#end(taker, 'canceled', at);
    executions.push(this.#execution(taker, 'canceled', at, { text: outcome.canceled.reason }));
  }

  #trade(order: Order, against: Order, last: LastTrade, at: Instant): Execution {
    order.cumQuantity += last.quantity;
    order.leavesQuantity -= last.quantity;
    order.cumNotional += last.price * last.quantity;
    if (order.leavesQuantity < 0n) throw new Error(`order ${order.orderId} traded more than its quantity`);
    order.status = 'partially-filled';
    if (order.leavesQuantity === 0n) this.#end(order, 'filled', at);
    this.positions.add(order.owner, order.symbol, order.side, last.price, last.quantity);
    const execution = this.#execution(order, 'trade', at, { last });
    this.tape.record(execution, against.owner);
    return execution;
  }

  #cancelOpen(order: Order, at: Instant, request: CancelRequest | null, text: string): Execution {
    if (this.#engineOf(order).cancel(order.orderId) === null) {
      throw new Error(`open order ${order.orderId} does not rest in the book`);
    }
    this.#end(order, 'canceled', at);
    const names = request === null ? {} : { clOrdId: request.clOrdId, origClOrdId: request.origClOrdId };
    return this.#execution(order, 'canceled', at, { ...names, text });
  }

  #end(order: Order, status: 'filled' | 'canceled' | 'expired', at: Instant): void {
    order.status = status;
    order.leavesQuantity = 0n;
    order.endedAt = at;
    this.orders.close(order);
  }

  #engineOf(order: Order): MatchingEngine {
    const engine = this.#engines.get(order.symbol);
    if (engine === undefined) throw new Error(`order ${order.orderId} is of unlisted symbol ${order.symbol}`);
    return engine;
  }

  #execution(order: Order, type: ExecutionType, at: Instant, facts: ExecutionFacts = {}): Execution {
    this.#executionCount += 1;
    return {
      execId: `${this.#idPrefix}E${this.#executionCount}`,
      type,
      order,
      clOrdId: facts.clOrdId ?? order.clOrdId,
      origClOrdId: facts.origClOrdId ?? null,
      status: order.status,
      price: order.price,
      quantity: order.quantity,
      cumQuantity: order.cumQuantity,
      leavesQuantity: order.leavesQuantity,
      cumNotional: order.cumNotional,
      last: facts.last ?? null,
      rejectReason: order.rejectReason,
      text: facts.text ?? '',
      at,
    };
  }
}

function rejectText(request: OrderRequest, reason: RejectReason): string {
  if (reason === 'duplicate-order') return `ClOrdID ${request.clOrdId} was used before`;
  if (reason === 'unknown-symbol') return `symbol ${request.symbol} is not listed`;
  if (reason === 'incorrect-quantity') return 'OrderQty must be greater than 0 and no finer than the quantity scale';
  if (reason === 'turned-away') return 'the venue turned the message away';
  if (reason === 'price-invalid') return 'Price must be greater than 0 and no finer than the price scale';
  return 'Side, OrdType or TimeInForce is not supported';
}
