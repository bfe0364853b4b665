// A checkpoint: the state machine's state at an index, as opaque bytes, with the membership at that index.

import type { ConfState } from '@baton/raft';

export interface Checkpoint {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  readonly bytes: Uint8Array;
}

/** A checkpoint on disk, without its bytes. */
export interface CheckpointInfo {
  readonly index: number;
  readonly term: number;
  readonly file: string;
  readonly sizeBytes: number;
}
