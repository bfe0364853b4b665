// Why a replica gave up. Whoever owns it ends the process: a follower takes over, and a restart recovers from the disk.

export type ReplicaFatalCode =
  /** The journal failed (fsync error, unjudgeable write). */
  | 'BATON_REPLICA_JOURNAL'
  /** Acknowledged entries are damaged on all nodes, and none can help another. */
  | 'BATON_REPLICA_DAMAGED'
  /** This node's state differs from the leader's at the same index. */
  | 'BATON_REPLICA_DIVERGED'
  /** The state machine threw while applying, or a listener did. */
  | 'BATON_REPLICA_APPLY'
  /** An assertion of raft or of the replica failed. */
  | 'BATON_REPLICA_INVARIANT';

export class ReplicaFatalError extends Error {
  readonly code: ReplicaFatalCode;
  readonly nodeId: number;

  constructor(code: ReplicaFatalCode, nodeId: number, detail: string, cause?: unknown) {
    super(`node ${nodeId} cannot go on: ${detail}; end the process and restart it`, { cause });
    this.name = 'ReplicaFatalError';
    this.code = code;
    this.nodeId = nodeId;
  }
}
