/**
 * The venue of a round: a process of its own, faults on demand, and a witness who answers the questions of the judge over
 * HTTP. The simulated venue is its own witness (simulated-venue.ts); for QuickFIX somebody else is (quickfix-venue.ts).
 */
import type { ChildExit } from './child.ts';
import type { NetworkLab } from './network-lab.ts';
import type { VenueAddresses } from './real-cluster.ts';

export interface VenueSide {
  readonly addresses: VenueAddresses;
  readonly pid: number;
  /** POST /admin/NAME of the simulated venue; another one knows only `drop`. */
  fault(name: string, fields?: object): Promise<void>;
  /** Everything that was asked of it is taken back. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

export interface VenueWish {
  readonly folder: string;
  readonly network: NetworkLab | null;
  readonly built: boolean;
  readonly seed: number;
  readonly ended: (exit: ChildExit) => void;
}
