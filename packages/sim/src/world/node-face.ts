/** A simulated node as listeners, checkers and tests see it. */
import type { MemoryDisk } from '@baton/host/testing';
import type { TradingCore, TradingPlan } from '@baton/node/core';
import type { ProcessClock } from './process-clock.ts';

export interface NodeFace {
  readonly nodeId: number;
  readonly name: string;
  readonly plan: TradingPlan;
  /** Error of the wall clock at the next start, µs. */
  wallErrorUs: number;
  /** How much faster than true time its clock runs, from the next start on. */
  driftShare: number;
  /** Duration of a call to the disk, milliseconds. */
  diskMs: () => number;
  /** How many bytes of the next write to a venue leave before the process dies; asked at each write. */
  cutWrite: ((bytes: Uint8Array) => number | undefined) | undefined;
  /** Of the process of now. */
  readonly disk: MemoryDisk;
  readonly clock: ProcessClock;
  /** Undefined while no process runs. */
  readonly core: TradingCore | undefined;
  /** What it voted and acknowledged is gone with its disk, or with a part of it: it must not go on as if it remembered. */
  readonly hasLostDisk: boolean;
  /** A file of its journal that is gone; '' if none is. */
  readonly lostFile: string;
  /** How often its process was started. */
  readonly starts: number;
  readonly isAlive: boolean;
  /** Connections to the venue's FIX ports that its process has open. */
  readonly venueLines: number;
  /** It has joined the cluster. */
  readonly isReady: boolean;
  /** Ready and not paused. */
  readonly isRunning: boolean;
  /** Leads, and its takeover is complete. */
  readonly isTrading: boolean;
}
