export {
  type ClientConfiguration,
  type Command,
  CommandKind,
  type Configuration,
  type InstrumentConfiguration,
  type LimitConfiguration,
  type OrderType,
  type Side,
  type TimeInForce,
  type VenueConfiguration,
} from './command.ts';
export { type DecodedCommand, decodeCommand, encodeCommand } from './command-encoding.ts';
export { compIdOf, type Speaker } from './comp-id.ts';
export type { Effect } from './effect.ts';
export type { Applied, LedgerEntry } from './entry.ts';
export type {
  CommandResult,
  DenialCode,
  EventBody,
  FillView,
  LedgerEvent,
  OrderState,
  OrderView,
  PositionView,
  StrategyPositionView,
  TakeoverPhase,
} from './event.ts';
export { historyViolations } from './invariants/all.ts';
export type { Violation } from './invariants/violation.ts';
export { Ledger, type LedgerRestorer } from './ledger.ts';
export { DEFAULT_HORIZONS, type Horizons } from './ledger-state.ts';
export { SnapshotError } from './snapshot.ts';
export { CLOCK_SKEW_MAX_MS, factsOf, type VenueChoices, type VenueFacts, venueFactsFrom } from './venue-facts.ts';
export type { ClientSessionView, FillFilter, LedgerStatus, OrderFilter, SessionView } from './view.ts';
