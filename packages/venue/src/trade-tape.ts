/**
 * The tape: every fill of every session's order, in the order in which they happened. Fills of the house are counted and
 * not kept. A trade gives two fills with one TradeID, one for each side.
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

export class TradeTape {
  readonly #fills: Fill[] = [];
  readonly #byExecId = new Map<string, Fill>();
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
  }

  /** The fill an execution told of. */
  fillOf({ execId }: Execution): Fill {
    const fill = this.#byExecId.get(execId);
    if (fill === undefined) throw new Error(`execution ${execId} left no fill on the tape`);
    return fill;
  }

  fills(): readonly Fill[] {
    return this.#fills;
  }
}
