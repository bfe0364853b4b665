// One node's copy of a replicated state machine: the public face.

import type { ReplicaOptions } from './options.ts';
import type { ProposeCallback, ProposeResult } from './proposal.ts';
import type { RoleLevel, RoleListener } from './role.ts';
import type { ReplicaStatus } from './status.ts';

/** Why a read or a barrier has no index. */
export type ReadRefusal = 'not-leader' | 'leadership-lost' | 'timeout' | 'stopped';

export type ReadResult =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly reason: ReadRefusal; readonly leader: number };

export type TransferRefusal = 'not-leader' | 'no-target' | 'unknown-node' | 'timeout' | 'stopped';

export type TransferResult =
  | { readonly ok: true; readonly leader: number; readonly term: number }
  | { readonly ok: false; readonly reason: TransferRefusal; readonly leader: number };

export declare class Replica {
  /** Opens the journal, replays what is committed, joins the cluster. Resolves when this node can take part. */
  static start(options: ReplicaOptions): Promise<Replica>;
  /** Resolves once the command is committed and applied on this leader, or with the refusal. Never rejects. */
  propose(command: Uint8Array): Promise<ProposeResult>;
  /** As `propose`, without a promise. The bytes must not change until the outcome is known. */
  proposeNow(command: Uint8Array, onOutcome: ProposeCallback): void;
  role(): RoleLevel;
  /** Adds a listener, called at once with the level of now; returns its removal. */
  onRole(listener: RoleListener): () => void;
  /** May this node act as the only leader, now? */
  leaseValid(): boolean;
  /** Microseconds for which no other node can become leader; 0 when not leader or in doubt. */
  leaseRemainingUs(): number;
  /** Resolves once an entry of this leader's own term is applied: everything any earlier leader committed is applied. */
  barrier(): Promise<ReadResult>;
  /** Leader: resolves once a quorum confirmed it and everything committed before the call is applied here. */
  readIndex(): Promise<ReadResult>;
  /** Hands leadership to a node, or (0) to the one that is furthest. */
  transfer(to?: number): Promise<TransferResult>;
  status(options?: { readonly reset?: boolean }): ReplicaStatus;
  /** Clean end: hands leadership over (unless told not to), lets go of links and journal. */
  stop(options?: { readonly transfer?: boolean }): Promise<void>;
}
