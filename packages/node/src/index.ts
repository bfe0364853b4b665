export type { ColdStart, FindingView, RunRecord } from '@baton/ledger';
export type { ConfigurationView } from './api/configuration-view.ts';
export type { NodeDrillsView } from './api/drills.ts';
export type { MemberView } from './api/members.ts';
export type { NodeStatus, OrderCounts } from './api/status.ts';
export type { DeploymentView, StrategiesView, StrategyView } from './api/strategies.ts';
export type { VersionView } from './api/version.ts';
export type { DrillSchedule } from './configuration/drill-schedule.ts';
export { type HistoryPlan, historyPlan } from './configuration/history-plan.ts';
export { loadConfiguration, parseConfiguration } from './configuration/load.ts';
export {
  type Address,
  type NodePlan,
  type Plan,
  resolvePlan,
  type StrategyPlan,
  type VenuePlan,
} from './configuration/plan.ts';
export { ConfigurationError, type ConfigurationProblem } from './configuration/problem.ts';
export type { FileConfiguration } from './configuration/schema.ts';
export type { Difference, DiffFigures } from './desk/intent-diff.ts';
export type { PostStatus, StrategyDiff } from './desk/steering.ts';
export { type DrillInterval, isDrillDue } from './drills/drill-plan.ts';
export { CORE_ENVIRONMENT, CORE_FLAGS } from './parent/core-flags.ts';
export { type NodeRunOptions, runNode } from './parent/parent.ts';
export {
  chooseRestart,
  objection,
  type RestartChoice,
  type RestartFacts,
  type RestartType,
  SCENARIOS,
  type Scenario,
} from './recovery/choose-restart.ts';
export { type ColdOrder, orderColdStart, readColdOrder } from './recovery/cold-order.ts';
export type { RecoveryReport, RestartStatus, TradingStatus } from './recovery/restart-status.ts';
export type { TakeoverReport } from './takeover/report.ts';
export type { Takeover, TimelineStep } from './takeover/timeline.ts';
