/**
 * I15: reconciliation can run again and changes nothing: what it books carries an id that follows from what it corrects,
 * and an id is booked once, ever.
 */
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

export function adjustmentIsBookedOnce(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const seen = new Map<string, number>();
  for (const { events } of history) {
    for (const event of events) {
      if (event.type !== 'AdjustmentBooked') continue;
      const first = seen.get(event.adjustmentId);
      if (first === undefined) seen.set(event.adjustmentId, event.index);
      else {
        const text = `adjustment ${event.adjustmentId} was booked by entry ${first} and again by entry ${event.index}`;
        violations.push({ invariant: 'I15', text });
      }
    }
  }
  return violations;
}
