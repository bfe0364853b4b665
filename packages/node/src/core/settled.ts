/**
 * When a core has done what everybody waits for: then the scribe is started. After a restart of the whole cluster the scribe
 * would restore the same checkpoint and replay the same log at the same time as the core, on the same processors. Rule
 * decided here: it waits until every gate is open in the term of now, and no longer than five seconds: history, alerts and
 * checkpoints are wanted, too, when a venue is away.
 */
import type { Clock } from '@baton/host';

const LOOK_MS = 25;
const WAIT_MAX_MS = 5000;

export function whenSettled(clock: Clock, isSettled: () => boolean, go: () => void): void {
  const endUs = clock.monotonicUs() + WAIT_MAX_MS * 1000;
  const look = (): void => {
    if (isSettled() || clock.monotonicUs() >= endUs) go();
    else clock.setTimer(LOOK_MS, look);
  };
  look();
}
