// Why a replica gave up. Whoever owns it ends the process: a follower takes over, and a restart recovers from the disk.

import { DiskError } from '@baton/host';
import { ReplicaInvariantError } from './invariant.ts';

export type ReplicaFatalCode =
  /** The journal or the file of the node's identity failed (fsync error, unjudgeable write). */
  | 'BATON_REPLICA_JOURNAL'
  /** Acknowledged entries are damaged on all nodes, and none can help another. */
  | 'BATON_REPLICA_DAMAGED'
  /** This node's state differs from the leader's at the same index. */
  | 'BATON_REPLICA_DIVERGED'
  /** This node took part from another disk, and what it said then is forgotten. */
  | 'BATON_REPLICA_FORGOTTEN'
  /** This node was removed from the cluster. */
  | 'BATON_REPLICA_REMOVED'
  /** The state machine threw while applying, or a listener did. */
  | 'BATON_REPLICA_APPLY'
  /** An assertion of raft or of the replica failed. */
  | 'BATON_REPLICA_INVARIANT';

/** A restart brings the same end. */
const FINAL: readonly ReplicaFatalCode[] = ['BATON_REPLICA_FORGOTTEN', 'BATON_REPLICA_REMOVED'];

export class ReplicaFatalError extends Error {
  readonly code: ReplicaFatalCode;
  readonly nodeId: number;

  constructor(code: ReplicaFatalCode, nodeId: number, detail: string, cause?: unknown) {
    const remedy = FINAL.includes(code) ? 'do not start it again' : 'end the process and restart it';
    super(`node ${nodeId} cannot go on: ${detail}; ${remedy}`, { cause });
    this.name = 'ReplicaFatalError';
    this.code = code;
    this.nodeId = nodeId;
  }
}

/** What an error that nobody caught says of the replica. */
export function codeOf(error: unknown): ReplicaFatalCode {
  if (error instanceof DiskError) return 'BATON_REPLICA_JOURNAL';
  const isOurs = error instanceof ReplicaInvariantError || (error as { code?: string }).code === 'BATON_RAFT_INVARIANT';
  return isOurs ? 'BATON_REPLICA_INVARIANT' : 'BATON_REPLICA_APPLY';
}
