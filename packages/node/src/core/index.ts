export type { Address, NodePlan, VenuePlan } from '../configuration/plan.ts';
export type { CommandAnswer } from '../desk/protocol.ts';
export type { GateAnswer } from '../gate/gate.ts';
export type { SendFix } from '../gateway/observer.ts';
export type { Takeover } from '../takeover/timeline.ts';
export type { CoreLog } from './core-log.ts';
export type { ReplicaSettings } from './replica-settings.ts';
export { TradingCore, type TradingCoreOptions, type TradingPlan } from './trading-core.ts';
export type { TradingObserver } from './trading-observer.ts';
