/**
 * What the change feed says of an entry: one update for each of the ledger's events, in the shape of the requirements'
 * `state_updates` channel (requirements §7.2: type, symbol, quantity, timestamp), with the place in the log added.
 */
import type { LedgerEvent } from '@baton/ledger';

export type UpdateType =
  | 'position'
  | 'order'
  | 'fill'
  | 'gate'
  | 'takeover'
  | 'risk'
  | 'adjustment'
  | 'timer'
  | 'strategy'
  | 'operation'
  | 'configuration'
  | 'reconciliation'
  | 'alarm';

export interface FeedUpdate {
  readonly type: UpdateType;
  /** The entry, and which of its events. */
  readonly index: number;
  readonly n: number;
  /** The entry's time, µs since 1970. */
  readonly timestamp: number;
  /** The ledger's event; its fields follow. */
  readonly event: LedgerEvent['type'];
}

const TYPES: Readonly<Record<LedgerEvent['type'], UpdateType>> = {
  PositionChanged: 'position',
  OrderChanged: 'order',
  CancelRejected: 'order',
  DoubtResolved: 'order',
  ExternalOrderSeen: 'order',
  FillApplied: 'fill',
  FillBusted: 'fill',
  DuplicateExecutionIgnored: 'fill',
  GateOpened: 'gate',
  GateClosed: 'gate',
  TakeoverPhaseReached: 'takeover',
  OutboundProven: 'takeover',
  SessionRecovered: 'takeover',
  SequenceResetAccepted: 'takeover',
  KillSwitchChanged: 'risk',
  TradingStateChanged: 'risk',
  LimitsChanged: 'risk',
  RiskTripped: 'risk',
  RampChanged: 'risk',
  AdjustmentBooked: 'adjustment',
  TimerSet: 'timer',
  TimerCanceled: 'timer',
  TimerFired: 'timer',
  StrategyStateWritten: 'strategy',
  StrategyDeployed: 'strategy',
  StrategyPromoted: 'strategy',
  StrategyParametersChanged: 'strategy',
  StrategiesPaused: 'strategy',
  StrategyRemoved: 'strategy',
  TradingStopped: 'operation',
  TradingStarted: 'operation',
  DrainChanged: 'operation',
  RecoveryChanged: 'operation',
  VersionActivated: 'operation',
  DrillStarted: 'operation',
  DrillEnded: 'operation',
  ConfigurationSet: 'configuration',
  ConfigurationChanged: 'configuration',
  AccountTold: 'reconciliation',
  ReconciliationFinding: 'reconciliation',
  ReconciliationEnded: 'reconciliation',
  ColdStartBegun: 'reconciliation',
  ColdVenueStepReached: 'reconciliation',
  ColdWarmUpEnded: 'reconciliation',
  ColdStartEnded: 'reconciliation',
  Alarm: 'alarm',
};

export const UPDATE_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES));

export function updateTypeOf(event: LedgerEvent): UpdateType {
  return TYPES[event.type];
}

export function updateOf(source: LedgerEvent): FeedUpdate {
  const { index, n, timeUs, type: event, ...body } = source;
  const head = { type: TYPES[event], index, n, timestamp: timeUs, event };
  if (source.type !== 'PositionChanged') return { ...body, ...head };
  const { symbol, netQuantity: quantity } = source.position;
  const update = { ...body, ...head, symbol, quantity };
  return update;
}

/** As one line of JSON; 64-bit integers as decimal text. */
export function feedText(message: object): string {
  return JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
