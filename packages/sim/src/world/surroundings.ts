/** What a simulated process finds around it; the world is that. */
import type { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import type { LinkNetwork } from './links.ts';
import type { MomentBoard } from './moments.ts';
import type { NodeFace } from './node-face.ts';
import type { WorldOptions } from './world-options.ts';

export interface Surroundings {
  readonly options: WorldOptions;
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly links: LinkNetwork;
  readonly moments: MomentBoard;
  /** Notes something in the trace. */
  note(text: string, ...facts: readonly unknown[]): void;
  /** A law is broken. */
  report(law: string, text: string): void;
  /** Runs deferred work and promises of the present moment. */
  settle(): Promise<void>;
  kill(node: NodeFace): void;
  /** A process ended itself: its disk failed, its copy differs, an invariant broke. */
  died(node: NodeFace, error: Error): void;
}
