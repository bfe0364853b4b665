/**
 * A venue whose gate does not open under this leader. Whether it is the venue or this node's way to it, the other nodes
 * tell: while it is down they are asked to try the venue's port (`venue-reach.ts`), and leadership goes to one that reaches it.
 */
import type { Ledger } from '@baton/ledger';
import type { HealthCheck } from './health-check.ts';

export const VENUE_CHECK = 'venue';

/**
 * The venue's gate is open, or closed for reasons of ours: a recovery or a cold start reads the account of a venue that
 * answers, which may take longer than a venue may be silent. The next leader would only begin it anew.
 */
export function answers(ledger: Pick<Ledger, 'account' | 'gate'>, venue: string): boolean {
  return ledger.gate(venue).open || ledger.account(venue)?.isReadable === true;
}

export class VenueHealth implements HealthCheck {
  readonly name: string;
  /** A venue that still sees a dead leader's line refuses for about 2.5 heartbeat intervals; that is no reason to go. */
  readonly holdMs: number;
  readonly bound = 'gate open';
  readonly venue: string;
  readonly #isOpen: () => boolean;

  /** `isOpen`: this node's gate, or true on a node that does not lead. */
  constructor(venue: string, holdMs: number, isOpen: () => boolean) {
    this.name = `${VENUE_CHECK} ${venue}`;
    this.venue = venue;
    this.holdMs = holdMs;
    this.#isOpen = isOpen;
  }

  problem(): string {
    return this.#isOpen() ? '' : `the gate of ${this.venue} does not open`;
  }
}
