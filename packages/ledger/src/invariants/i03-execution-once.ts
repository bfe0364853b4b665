/** I3: an ExecID has its effect once: no two fills of a venue, ever, carry the same one. */
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

export function executionHasEffectOnce(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const seen = new Map<string, number>();
  for (const { events } of history) {
    for (const event of events) {
      if (event.type !== 'FillApplied' || event.execId === '') continue;
      const key = `${event.venue} ${event.execId}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, event.index);
      else {
        const text = `execution ${key} was booked by entry ${first} and again by entry ${event.index}`;
        violations.push({ invariant: 'I3', text });
      }
    }
  }
  return violations;
}
