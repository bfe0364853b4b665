import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent } from '@baton/ledger';
import fc from 'fast-check';
import { Backlog } from './backlog.ts';

const fired = (index: number, strategyId: string): LedgerEvent => ({
  type: 'TimerFired',
  strategyId,
  timerId: 't',
  dueUs: 0,
  index,
  n: 0,
  timeUs: 0,
});

test('the backlog has the last events of each strategy, in order, and forgets the oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 }), fc.nat({ max: 6000 }), (ids, extra) => {
      const backlog = new Backlog();
      const events = [...Array.from({ length: extra }, () => 'b'), ...ids].map((id, at) => fired(at, id));
      backlog.take(events);
      const kept = events.slice(-5_000);
      for (const id of ['a', 'b']) {
        assert.deepEqual(
          backlog.of(id),
          kept.filter((event) => event.type === 'TimerFired' && event.strategyId === id),
        );
      }
    }),
    { numRuns: 50 },
  );
});
