/**
 * A venue that this node cannot reach: another node may have a way to it. Whether it is the venue or our way, only a try
 * elsewhere tells; the cool-down of the watch keeps a venue that is down for everybody from moving leadership around.
 */
import type { HealthCheck } from './health-check.ts';

export class VenueHealth implements HealthCheck {
  readonly name = 'venue';
  /** A venue that still sees a dead leader's line refuses for about 2.5 heartbeat intervals; that is no reason to go. */
  readonly holdMs: number;
  readonly #venue: string;
  readonly #isOpen: () => boolean;

  constructor(venue: string, heartBtIntS: number, isOpen: () => boolean) {
    this.#venue = venue;
    this.holdMs = 4 * heartBtIntS * 1000;
    this.#isOpen = isOpen;
  }

  problem(): string {
    return this.#isOpen() ? '' : `the gate of ${this.#venue} does not open`;
  }
}
