/**
 * The tape: every fill of every session's order, in the order in which they happened. Fills of the house are counted and
 * not kept. A trade gives two fills with one TradeID, one for each side.
 */
import type { Instant } from './instant.ts';
import { type Execution, HOUSE, type LastTrade } from './order.ts';
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

export class TradeTape {
  readonly #fills: Fill[] = [];
  #tradeCount = 0;

  get tradeCount(): number {
    return this.#tradeCount;
  }

  nextTradeId(idPrefix: string): string {
    this.#tradeCount += 1;
    return `${idPrefix}T${this.#tradeCount}`;
  }

  record({ execId, order, clOrdId, at }: Execution, last: LastTrade, counterparty: string): void {
    if (order.owner === HOUSE) return;
    const { orderId, owner, symbol, side } = order;
    this.#fills.push({ execId, orderId, clOrdId, owner, counterparty, symbol, side, ...last, at });
  }

  fills(): readonly Fill[] {
    return this.#fills;
  }
}
