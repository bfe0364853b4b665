/** What each kind of fault does. A kind without an act is a mistake that the type checker finds. */
import type { FaultKind } from './fault.ts';
import type { Act } from './harm.ts';
import { MACHINE_ACTS } from './machine-acts.ts';
import { NETWORK_ACTS } from './network-acts.ts';
import { PROCESS_ACTS } from './process-acts.ts';
import { VENUE_ACTS } from './venue-acts.ts';

export const ACTS: Readonly<Record<FaultKind, Act>> = {
  ...PROCESS_ACTS,
  ...NETWORK_ACTS,
  ...MACHINE_ACTS,
  ...VENUE_ACTS,
};
