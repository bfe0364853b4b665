export { hasEnded } from '@baton/ledger';
export type { RiskHeadroom, StrategyContext, VenueStatus } from './context.ts';
export {
  type Beat,
  defineStrategy,
  type FillEvent,
  type FiredTimer,
  type StrategyDefinition,
  type TakeoverReport,
} from './definition.ts';
export type { Bar, BarSubscription, Book, BookLevel, Subscriptions, Trade } from './market-data.ts';
export type { Acceptance, Change, Decimal, OrderHandle, OrderIntent, Settled } from './order-handle.ts';
