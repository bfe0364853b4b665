// A checkpoint: the state machine's state at an index, as opaque bytes, with the membership at that index.

import type { ConfState } from '@baton/raft';

export interface Checkpoint {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  readonly bytes: Uint8Array;
  /** The state's own hash, 16 hex digits, if its owner says it; '' or left out if not. */
  readonly stateHash?: string;
}

/** A checkpoint on disk, without its bytes. */
export interface CheckpointInfo {
  readonly index: number;
  readonly term: number;
  readonly file: string;
  readonly sizeBytes: number;
  /** 16 hex digits; '' when not known. */
  readonly stateHash: string;
  /** It was read back into a fresh state, which had this hash. */
  readonly isVerified: boolean;
}
