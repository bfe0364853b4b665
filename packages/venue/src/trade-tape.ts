/**
 * The tape: every fill of every participant's order, in the order in which they happened. Fills of the house are not kept.
 * A trade gives two fills with one TradeID, one for each side. Beside that the newest trades of each symbol, whoever
 * traded, as the public sees them: one line a trade.
 */
import type { Instant } from './instant.ts';
import { type Execution, HOUSE } from './order.ts';
import type { Side } from './side.ts';

export interface Fill {
  /** ExecID of the report that told it. */
  readonly execId: string;
  readonly tradeId: string;
  readonly orderId: string;
  readonly clOrdId: string;
  readonly owner: string;
  readonly counterparty: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly liquidity: 'maker' | 'taker';
  readonly at: Instant;
}

/** A trade as everybody sees it. */
export interface PublicTrade {
  /** Counts the trades of its symbol from 1. */
  readonly n: number;
  readonly tradeId: string;
  readonly symbol: string;
  readonly price: bigint;
  readonly quantity: bigint;
  /** Side of the order that came and traded. */
  readonly aggressor: Side;
  readonly at: Instant;
}

/** Newest public trades of a symbol that are kept. */
export const PUBLIC_TRADES_KEPT = 10_000;

interface PublicTape {
  count: number;
  trades: PublicTrade[];
}

export class TradeTape {
  readonly #public = new Map<string, PublicTape>();
  readonly #fills: Fill[] = [];
  readonly #byExecId = new Map<string, Fill>();
  readonly #byOrderId = new Map<string, Fill[]>();
  #tradeCount = 0;

  get tradeCount(): number {
    return this.#tradeCount;
  }

  nextTradeId(idPrefix: string): string {
    this.#tradeCount += 1;
    return `${idPrefix}T${this.#tradeCount}`;
  }

  /** Notes an execution of type `trade`. */
  record(execution: Execution, counterparty: string): void {
    if (execution.order.owner === HOUSE) return;
    const { execId, order, clOrdId, at, last } = execution;
    if (last === null) throw new Error(`execution ${execId} is no trade`);
    const { orderId, owner, symbol, side } = order;
    const fill = { execId, orderId, clOrdId, owner, counterparty, symbol, side, ...last, at };
    this.#fills.push(fill);
    this.#byExecId.set(execId, fill);
    const ofOrder = this.#byOrderId.get(orderId);
    if (ofOrder === undefined) this.#byOrderId.set(orderId, [fill]);
    else ofOrder.push(fill);
  }

  /** Prints a trade for the public. */
  print(trade: Omit<PublicTrade, 'n'>): void {
    let tape = this.#public.get(trade.symbol);
    if (tape === undefined) {
      tape = { count: 0, trades: [] };
      this.#public.set(trade.symbol, tape);
    }
    tape.count += 1;
    tape.trades.push({ n: tape.count, ...trade });
    // Cut in halves, so that cutting costs nothing on average.
    if (tape.trades.length > 2 * PUBLIC_TRADES_KEPT) tape.trades = tape.trades.slice(-PUBLIC_TRADES_KEPT);
  }

  /** Number of the newest public trade of a symbol; 0: none. */
  publicCount(symbol: string): number {
    return this.#public.get(symbol)?.count ?? 0;
  }

  /** Kept public trades of a symbol after number `since`, oldest first. */
  publicTrades(symbol: string, since: number): readonly PublicTrade[] {
    const trades = this.#public.get(symbol)?.trades ?? [];
    const first = trades[0]?.n ?? 1;
    return trades.slice(Math.max(0, since - first + 1));
  }

  /** The fill an execution told of. */
  fillOf({ execId }: Execution): Fill {
    const fill = this.#byExecId.get(execId);
    if (fill === undefined) throw new Error(`execution ${execId} left no fill on the tape`);
    return fill;
  }

  /** Fills of one order, oldest first. */
  fillsOf(orderId: string): readonly Fill[] {
    return this.#byOrderId.get(orderId) ?? [];
  }

  fills(): readonly Fill[] {
    return this.#fills;
  }
}
