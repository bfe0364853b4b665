export { type ReplicaFatalCode, ReplicaFatalError } from './fatal.ts';
export { type Links, type OpenLinks, openWire } from './links.ts';
export type { LogLevel, ReplicaConfig, ReplicaLog, ReplicaOptions, ReplicaPeer } from './options.ts';
export { isOutcomeUnknown, type ProposeCallback, type ProposeRefusal, type ProposeResult } from './proposal.ts';
export {
  type ReadRefusal,
  type ReadResult,
  Replica,
  type TransferRefusal,
  type TransferResult,
} from './replica.ts';
export type { Role, RoleLevel, RoleListener } from './role.ts';
export type { AppliedEntry, StateMachine } from './state-machine.ts';
export type { HashAt, LatencySummary, PeerStatus, ReplicaCounters, ReplicaStatus } from './status.ts';
export { ReplicaOptionsError, resolveTiming, TIMING_PRESETS, type Timing, type TimingPreset } from './timing.ts';
