/** What a strategy can see and do. Everything in it is true at `index`, the last entry of the log that was heard of. */
import type { HeadroomView, OrderView, PositionView, StrategyPositionView } from '@baton/ledger';
import type { Book } from './market-data.ts';
import type { OrderHandle, OrderIntent } from './order-handle.ts';

export interface VenueStatus {
  readonly venue: string;
  /** Orders may go out now. */
  readonly isOpen: boolean;
  /** Why not; '' while it is open. */
  readonly reason: string;
}

/** How much more this strategy may trade of a symbol; '' where no limit is. */
export type RiskHeadroom = Omit<HeadroomView, 'strategyId'> & {
  /** Entry of the log that these figures are true at. */
  readonly index: number;
};

export interface StrategyContext<Parameters, State> {
  readonly strategyId: string;
  readonly parameters: Parameters;
  /** The strategy's own; what is changed here is replicated soon after, and found again after a failover or a restart. */
  state: State;
  /** Entry of the log that orders, positions and venues are true at. */
  readonly index: number;
  /** Instant of what is being told now (an entry's or the feed's), µs since 1970: the same on every node. */
  readonly timeUs: number;
  /** Whether orders of this node go out: on the leader. A strategy need not ask. */
  readonly isLeading: boolean;
  submit(intent: OrderIntent): OrderHandle;
  /** Cancels all open orders of this strategy. */
  cancelAll(): void;
  /** The handle of an intent, by its key, if this strategy made it or found it when it was started. */
  handle(key: string): OrderHandle | undefined;
  /** Own orders that have not ended, oldest first. */
  openOrders(symbol?: string): readonly OrderView[];
  /** What this strategy's own orders made of a symbol. */
  position(symbol: string): StrategyPositionView | undefined;
  /** The account's whole position in a symbol. */
  accountPosition(symbol: string): PositionView | undefined;
  /** How much more may be bought and sold before a limit; undefined for a symbol that the cluster does not trade. */
  headroom(symbol: string): RiskHeadroom | undefined;
  venue(name: string): VenueStatus;
  book(symbol: string): Book | undefined;
  /** A timer of the cluster: fires once, on all nodes at the same entry, also after a failover. Same id: replaced. */
  setTimer(timerId: string, delayMs: number): void;
  cancelTimer(timerId: string): void;
  /** Calls the `beat` hook at every multiple of `intervalMs` of this node's clock, until stopped. */
  every(beatId: string, intervalMs: number): void;
  log(text: string): void;
}
