/**
 * Work that may take long, in turns: a piece, then whoever else waits (signs of life, orders, other venues), then the next
 * piece. Pieces are what the generator yields between; each should be shorter than a millisecond.
 */
import type { Clock } from '@baton/host';

export async function inTurns<Result>(clock: Clock, work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await nextTurn(clock);
  }
}

/** Inputs that have arrived meanwhile come first. */
function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.defer(resolve));
}
