/**
 * Whether this node could reach a venue that the leader cannot: one connection that is opened and ended at once, without a
 * Logon, and only while a leader asks. That tells "down on that node only" from "down" before leadership moves.
 */
import type { Clock, Network } from '@baton/host';
import type { VenuePlan } from '../configuration/plan.ts';

const DIAL_TIMEOUT_MS = 1000;
/** Between two tries at one venue, and for how long an answer holds. */
const TRY_EVERY_MS = 2000;

interface Reach {
  triedUs: number;
  isReached: boolean;
}

export class VenueReach {
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #venues: ReadonlyMap<string, VenuePlan>;
  readonly #reach = new Map<string, Reach>();

  constructor(clock: Clock, network: Network, venues: readonly VenuePlan[]) {
    this.#clock = clock;
    this.#network = network;
    this.#venues = new Map(venues.map((venue) => [venue.name, venue]));
  }

  /** Venues whose last try, if it is not too old, ended in an open connection. */
  reached(): string[] {
    const sinceUs = this.#clock.monotonicUs() - (TRY_EVERY_MS + DIAL_TIMEOUT_MS) * 1000;
    return [...this.#reach]
      .filter(([, { isReached, triedUs }]) => isReached && triedUs >= sinceUs)
      .map(([name]) => name);
  }

  /** Tries these venues, unless that has just been done. */
  tryAll(names: readonly string[]): void {
    for (const name of names) this.#try(name);
  }

  #try(name: string): void {
    const venue = this.#venues.get(name);
    const nowUs = this.#clock.monotonicUs();
    const known = this.#reach.get(name);
    if (venue === undefined || (known !== undefined && nowUs - known.triedUs < TRY_EVERY_MS * 1000)) return;
    const reach = known ?? { triedUs: nowUs, isReached: false };
    reach.triedUs = nowUs;
    this.#reach.set(name, reach);
    const connection = this.#network.connect(venue.address, DIAL_TIMEOUT_MS, {
      onOpen: () => {
        reach.isReached = true;
        connection.end();
      },
      onData: () => {},
      onClose: (reason) => {
        if (reason.kind === 'refused' || reason.kind === 'timeout' || reason.kind === 'error') reach.isReached = false;
      },
    });
  }
}
