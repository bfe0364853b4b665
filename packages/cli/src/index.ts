export { type ApiAccess, OPEN_ACCESS } from './api-access.ts';
export type { NodeBooks, VenueBooks, VenueConnection, VenueFill, VenueOrder, VenueViolation } from './books.ts';
export { Cluster, type ClusterEvents } from './cluster.ts';
export type { LocalStrategy } from './cluster-file.ts';
export type { ClusterOptions } from './cluster-plan.ts';
export { ClusterView, leaderOf, type NodeHandle, type NodeReport, type WaitOptions } from './cluster-view.ts';
export { type CollectedBooks, collectBooks } from './collect-books.ts';
export { CliError, type CliErrorCode } from './errors.ts';
export { ExitCode } from './exit-code.ts';
export {
  FAILOVER_PHASES,
  type FailoverPhase,
  type FailoverTimeline,
  failoverTimeline,
  type Kill,
  killCore,
  killLeader,
} from './failover.ts';
export type { FillView, NodeRole, NodeStatus, OrderView, PositionView, Takeover } from './node-client.ts';
export { NodeClient } from './node-client.ts';
export { runCommandLine } from './program.ts';
export { type RunFile, readRunFile } from './run-file.ts';
export { StrategiesClient, type StrategyAction, type StrategyAnswer } from './strategies-client.ts';
export { VenueClient } from './venue-client.ts';
export { type BookCheck, type BookVerdict, verifyBooks } from './verify-books.ts';
