// Faults that a test orders from a disk in memory.
//
// Model: every call on the write path has a number, from 1, and passes a `FaultPlan` that may spoil it. A crash ends
// the process in the middle of its work: the call throws `SimulatedCrash`, and so does every later call.

/**
 * What happens to one call. `short`: some bytes are written, then ENOSPC. `lost`: the disk says yes and has done nothing (a
 * write leaves what was there before, a sync makes nothing durable). `misdirected`: a write goes to another place of its file.
 */
export type DiskFault = 'EIO' | 'ENOSPC' | 'short' | 'crash-before' | 'crash-after' | 'lost' | 'misdirected';

/** One call on the write path. */
export interface DiskCall {
  /** Number of the call, from 1. */
  readonly number: number;
  readonly call: 'open' | 'preallocate' | 'write' | 'datasync' | 'truncate' | 'rename' | 'unlink' | 'mkdir' | 'sync';
  readonly path: string;
}

/** Asked before every call; null lets it pass. */
export type FaultPlan = (call: DiskCall) => DiskFault | null;

/** The simulated process died in a call of the disk. Not a DiskError: nobody may handle it. */
export class SimulatedCrash extends Error {
  constructor(call: string, path: string) {
    super(`the simulated process crashed in ${call} of ${path}`);
    this.name = 'SimulatedCrash';
  }
}
