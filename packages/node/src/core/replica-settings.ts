/** What a trading core's replica can be told beyond the plan. */
import type { ReplicaOptions } from '@baton/replica';

export type ReplicaSettings = Partial<
  Omit<ReplicaOptions, 'nodeId' | 'clusterId' | 'clock' | 'random' | 'disk' | 'stateMachine' | 'onFatal'>
>;
