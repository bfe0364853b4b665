// A simulated exchange: price-time matching, a FIX 4.4 acceptor, counter-flow, queries. See README.md.

export type { Acceptance } from './acceptance.ts';
export { type Bar, barsOf } from './bars.ts';
export { type Books, booksOf, type FirstAccepted, firstAcceptedAfter } from './books.ts';
export type { ConnectionRecord, LogonRefusal, RefusedLogon } from './connection-record.ts';
export { CounterFlow } from './counter-flow.ts';
export { Exchange } from './exchange.ts';
export type { ExchangeAction } from './exchange-action.ts';
export type { Instant } from './instant.ts';
export type { Instrument } from './instrument.ts';
export {
  type AmendOutcome,
  type CancelRefusal,
  type CancelRequest,
  Market,
  type OrderRequest,
  type ReplaceRequest,
} from './market.ts';
export {
  type IncomingOrder,
  MatchingEngine,
  type MatchOutcome,
  type OrderType,
  type RemainderReason,
  type ReplaceOutcome,
  type TimeInForce,
} from './matching-engine.ts';
export type { MessageRecord } from './message-record.ts';
export {
  type Execution,
  type ExecutionType,
  HOUSE,
  type LastTrade,
  type Order,
  type OrderOrigin,
  type OrderStatus,
  type RejectReason,
} from './order.ts';
export { type DepthLevel, type Match, OrderBook } from './order-book.ts';
export type { Position } from './positions.ts';
export { API_PREFIX, RestApi, type RestRequest, type RestResponse } from './rest-api.ts';
export { restConnection } from './rest-door.ts';
export { runVenue } from './run-venue.ts';
export type { Side } from './side.ts';
export type { Fill, PublicTrade } from './trade-tape.ts';
export { Venue, VenueListenError } from './venue.ts';
export type { VenueEvent, VenueEventBody } from './venue-event.ts';
export { type VenueFault, VenueFaultError } from './venue-fault.ts';
export {
  type CounterFlowOptions,
  type InstrumentOptions,
  resolveVenueOptions,
  type VenueConfig,
  type VenueOptions,
  VenueOptionsError,
} from './venue-options.ts';
export type { SessionSpec } from './venue-session.ts';
export { type ShellListenOutcome, type VenueMachine, type VenuePort, VenueShell } from './venue-shell.ts';
export { type SessionStatusView, sessionStatuses, type VenueStatusView, venueStatus } from './venue-status.ts';
export type { FillView, MarketDataView, OrderView, PositionView } from './views.ts';
export type { Severity, Violation, ViolationCode } from './violation.ts';
export { logPlaceOf } from './writer-watch.ts';
