export { originOf } from './clordid.ts';
export {
  type AuthoredCommand,
  type ClientConfiguration,
  type Command,
  CommandKind,
  type Configuration,
  type CurrencyConfiguration,
  type InstrumentConfiguration,
  type LimitConfiguration,
  type Limits,
  type OrderType,
  type Scope,
  type ScopedLimits,
  type Side,
  type TimeInForce,
  type VenueConfiguration,
} from './command.ts';
export { type DecodedCommand, decodeCommand, encodeCommand, normalConfiguration } from './command-encoding.ts';
export { compIdOf, type Speaker } from './comp-id.ts';
export { CONFIGURATION_KEYS } from './configuration-overlay.ts';
export {
  AS_CONFIGURED,
  type DeployedMode,
  type DeployedStrategy,
  type Deployment,
  type DeploymentTerms,
  NO_DEPLOYMENT,
  type StateSource,
  type StrategyPause,
} from './deployment.ts';
export { PARAMETERS_SIZE_BYTES_MAX, STRATEGY_FILE_SIZE_BYTES_MAX } from './deployment-command.ts';
export type { DrainPhase, DrainView } from './drain-state.ts';
export type { DrillsView } from './drill.ts';
export { DRILL_DOCUMENT_BYTES_MAX } from './drill-command.ts';
export {
  DRILL_OBJECTIVES,
  DRILL_OUTCOMES,
  type DrillOutcome,
  type DrillRecord,
  type DrillUnderWay,
  drillOutcome,
} from './drill-record.ts';
export type { Effect } from './effect.ts';
export { hasEnded } from './ended-states.ts';
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
export type { EvidenceKind } from './evidence.ts';
export type { HeadroomView } from './headroom.ts';
export { historyViolations } from './invariants/all.ts';
export type { Violation } from './invariants/violation.ts';
export { Ledger, type LedgerRestorer } from './ledger.ts';
export { DEFAULT_HORIZONS, type Horizons } from './ledger-state.ts';
export { COUNT_LIMITS, DECIMAL_LIMITS } from './limits-encoding.ts';
export { LOG_VERSION_NEWEST, UnsupportedVersionError } from './log-version.ts';
export type { RecoveryDoor } from './operation-command.ts';
export type { ConfigurationChange } from './operations.ts';
export type { OperationsView } from './operations-view.ts';
export type { PositionDetail, StrategyPositionDetail } from './position-view.ts';
export type { RampGuard, RampStep } from './ramp.ts';
export type { AccountFill, AccountOrder, AccountPosition, AccountRead, AccountSubject } from './reconcile/account.ts';
export { ACCOUNT_SUBJECTS } from './reconcile/account.ts';
export type { ColdStart, ColdVenue, ColdVenueStep, ColdWarmUp, ColdWarmUpState } from './reconcile/cold-start.ts';
export { compareAccount, comparedInPieces, stableFindings } from './reconcile/compare.ts';
export type { CopyRead } from './reconcile/compare-copy.ts';
export type { ComparedBooks, CompareOptions } from './reconcile/compared-books.ts';
export type { Finding, FindingClass } from './reconcile/finding.ts';
export { FINDING_CLASSES } from './reconcile/finding.ts';
export type { FindingPage, FindingView, OurAccount, OurPosition, ReconciliationView } from './reconcile/our-account.ts';
export { FINDINGS_MAX, HISTORY_MAX, type HistoricFill, type ReconcileMode } from './reconcile/reconcile-command.ts';
export type { FindingOutcome, RunRecord } from './reconcile/reconciliation.ts';
export type { RecoveryRun, RecoveryStatus, RecoveryStepRecord } from './recovery-record.ts';
export { WARM_UP_STEP } from './recovery-run.ts';
export type { ReferenceSample } from './risk-command.ts';
export { TRADING_MODES, type TradingMode } from './risk-scope.ts';
export type { Change } from './risk-state.ts';
export type { CapitalView, RiskPage, RiskScopeView, RiskView } from './risk-view.ts';
export { SnapshotError, SnapshotVersionError } from './snapshot.ts';
export type { StrategyState } from './strategies.ts';
export type { DoubtRecord, PhaseRecord, TakeoverRecord, VenueRecovery } from './takeover-record.ts';
export type { Timer, TimerPlace } from './timers.ts';
export { AWAITING_OPERATOR } from './transport.ts';
export type { Timing } from './venue-command.ts';
export { CLOCK_SKEW_MAX_MS, factsOf, type VenueChoices, type VenueFacts, venueFactsFrom } from './venue-facts.ts';
export { sessionOptions as venueSessionOptions } from './venue-line.ts';
export type {
  ClientSessionView,
  FillFilter,
  LedgerStatus,
  OrderFilter,
  SessionView,
  TakeoverFilter,
} from './view.ts';
