/**
 * I14: a timer that was set fires once, unless it is cancelled or replaced before; never before it is due; and timers that
 * fire by one entry fire in the order in which they fell due.
 */
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

export function timersFireOnceInOrder(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const waiting = new Map<string, number>();
  for (const { events } of history) {
    let lastDueUs = 0;
    for (const event of events) {
      if (event.type !== 'TimerSet' && event.type !== 'TimerCanceled' && event.type !== 'TimerFired') continue;
      const key = `${event.strategyId}\u0000${event.timerId}`;
      if (event.type === 'TimerSet') {
        waiting.set(key, event.dueUs);
        continue;
      }
      const dueUs = waiting.get(key);
      waiting.delete(key);
      if (event.type === 'TimerCanceled') continue;
      const fault =
        dueUs === undefined || dueUs !== event.dueUs
          ? 'fired, and was not waiting'
          : event.timeUs < dueUs
            ? 'fired before it was due'
            : event.dueUs < lastDueUs
              ? 'fired after one that was due later'
              : '';
      lastDueUs = event.dueUs;
      if (fault === '') continue;
      const text = `timer ${event.timerId} of ${event.strategyId} ${fault} (entry ${event.index})`;
      violations.push({ invariant: 'I14', text });
    }
  }
  return violations;
}
