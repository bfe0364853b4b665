/**
 * What a strategy is made of. It runs in the desk process of the node that leads; on a takeover the next leader's desk
 * starts it with the orders and positions of the ledger. Orders survive: an intent is identified by its `key`, and
 * repeating it, on whatever node, gives the first answer again instead of a second order.
 */
import type { LedgerEvent, OrderType, OrderView, PositionView, Side, TimeInForce } from '@baton/ledger';
import type { CommandAnswer } from './protocol.ts';

/** An order as a strategy asks for it; decimals are text. */
export interface OrderIntent {
  /** Idempotency key, unique within the strategy. Left out: made from term and a counter (a fresh order each time). */
  readonly key?: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  /** Limit price; left out for a market order. */
  readonly price?: string;
  readonly orderType?: OrderType;
  readonly timeInForce?: TimeInForce;
}

/** What a strategy can see and do while it is active. */
export interface StrategyContext {
  readonly strategyId: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Term of the leader this strategy runs on. */
  readonly term: number;
  submit(intent: OrderIntent): Promise<CommandAnswer>;
  cancel(clOrdId: string): Promise<CommandAnswer>;
  replace(clOrdId: string, change: { quantity: string; price: string }): Promise<CommandAnswer>;
  /** Own orders that are not yet ended, oldest first. */
  openOrders(): readonly OrderView[];
  position(symbol: string): PositionView | undefined;
  /** Calls `run` every `everyMs` until the strategy stops; a throw stops the strategy and is logged. */
  every(everyMs: number, run: () => void): void;
  log(text: string): void;
}

export interface Strategy {
  /** This node leads: trading may begin. Orders and positions of before are already visible. */
  start(context: StrategyContext): void;
  /** Something happened to an own order, a fill of it, or a position. */
  event?(event: LedgerEvent, context: StrategyContext): void;
  /** This node no longer leads, or the strategy was paused. */
  stop?(reason: string): void;
}

/** Gives the compiler what it needs to check a strategy; a strategy module exports one as default. */
export function defineStrategy(strategy: Strategy): Strategy {
  return strategy;
}
