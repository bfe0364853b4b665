export {
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
export type { Effect } from './effect.ts';
export type {
  CommandResult,
  DenialCode,
  EventBody,
  LedgerEvent,
  OrderState,
  OrderView,
  PositionView,
  TakeoverPhase,
} from './event.ts';
