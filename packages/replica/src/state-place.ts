// Where a state machine is in the log, with all that a checkpoint of it needs beside its own bytes.

import type { ConfState } from '@baton/raft';

export interface StatePlace {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
  /** What the log says of members' addresses, for `encodeCheckpointState`. */
  readonly members: Uint8Array;
  /** The membership has been as it is since this entry, at the latest. */
  readonly membersSince: number;
  /** Highest entry time so far, µs since 1970. */
  readonly lastTimeUs: number;
}
