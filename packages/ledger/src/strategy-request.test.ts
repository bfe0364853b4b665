import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ledger } from './index.ts';
import { historyViolations } from './invariants/all.ts';
import { hashesAreEqual } from './invariants/i10-equal-hashes.ts';
import { Rig } from './testing/rig.ts';
import { Timers } from './timers.ts';

const fired = (rig: Rig): string[] =>
  rig.events('TimerFired').map(({ strategyId, timerId }) => `${strategyId}.${timerId}`);

test('timers fire from a tick, in the order in which they fall due, then in which they were set, once', () => {
  const rig = new Rig().open();
  const at = rig.timeUs + 100_000;
  for (const [strategyId, timerId, dueUs] of [
    ['s1', 'late', at + 2],
    ['s1', 'soon', at],
    ['s2', 'same', at],
    ['s2', 'never', at + 60_000_000],
  ] as const) {
    rig.apply({ type: 'SetTimer', strategyId, timerId, dueUs });
  }
  assert.equal(rig.ledger.nextDeadlineUs(), at);
  rig.order();
  assert.deepEqual(fired(rig), []);
  rig.tick(101);
  rig.tick(1);
  assert.deepEqual(fired(rig), ['s1.soon', 's2.same', 's1.late']);
  assert.deepEqual(
    rig.ledger.timers().map(({ timerId }) => timerId),
    ['never'],
  );
});

test('a timer of the same id is replaced, one that is cancelled never fires, and both can be repeated', () => {
  const rig = new Rig().open();
  const set = (timerId: string, afterMs: number) =>
    rig.apply({ type: 'SetTimer', strategyId: 's', timerId, dueUs: rig.timeUs + afterMs * 1000 });
  set('a', 10);
  set('a', 2000);
  set('b', 10);
  rig.apply({ type: 'CancelTimer', strategyId: 's', timerId: 'b' });
  rig.apply({ type: 'CancelTimer', strategyId: 's', timerId: 'b' });
  rig.tick(100);
  assert.deepEqual(fired(rig), []);
  rig.tick(2000);
  assert.deepEqual(fired(rig), ['s.a']);
  assert.deepEqual(historyViolations(rig.history), []);
});

test('a timer that is due already fires with the next tick, also at a later leader', () => {
  const rig = new Rig().open();
  rig.apply({ type: 'SetTimer', strategyId: 's', timerId: 't', dueUs: 1 });
  rig.ledger = Ledger.restore(rig.ledger.snapshot());
  rig.takeover(2);
  rig.tick();
  assert.deepEqual(fired(rig), ['s.t']);
});

test('whatever is set, replaced and cancelled, timers leave in due order and none is lost', () => {
  const step = fc.tuple(fc.constantFrom('set', 'set', 'cancel', 'take'), fc.nat({ max: 6 }), fc.nat({ max: 20 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (plan) => {
      const timers = new Timers();
      const naive = new Map<string, { dueUs: number; setIndex: number }>();
      for (const [setIndex, [kind, id, dueUs]] of plan.entries()) {
        const timerId = `t${id}`;
        if (kind === 'set') {
          timers.set({ strategyId: 's', timerId, dueUs, setIndex });
          naive.set(timerId, { dueUs, setIndex });
        } else if (kind === 'cancel') {
          assert.equal(timers.cancel('s', timerId), naive.delete(timerId));
        } else {
          const due = [...naive].filter(([, one]) => one.dueUs <= dueUs);
          due.sort(([, a], [, b]) => a.dueUs - b.dueUs || a.setIndex - b.setIndex);
          const expected = due[0]?.[0];
          assert.equal(timers.takeDue(dueUs)?.timerId, expected);
          if (expected !== undefined) naive.delete(expected);
        }
        assert.equal(timers.size, naive.size);
      }
    }),
  );
});

const keep = (rig: Rig, sequence: number, text: string, version = 1) =>
  rig.apply({ type: 'StrategyCheckpoint', strategyId: 's', sequence, version, blob: Buffer.from(text) });

test('a strategy finds the state that it kept last; a late writer cannot undo it, a repeat is harmless', () => {
  const rig = new Rig().open();
  assert.equal(rig.ledger.strategyState('s'), undefined);
  assert.equal(keep(rig, 5, 'five').result.ok, true);
  assert.deepEqual([keep(rig, 5, 'five').result.duplicate, keep(rig, 5, 'five').events.length], [true, 0]);
  for (const late of [keep(rig, 4, 'four'), keep(rig, 5, 'other'), keep(rig, 5, 'five', 2)]) {
    assert.equal(!late.result.ok && late.result.code, 'STALE_SEQUENCE');
  }
  keep(rig, 9, 'nine', 2);
  const kept = Ledger.restore(rig.ledger.snapshot()).strategyState('s');
  assert.deepEqual([kept?.sequence, kept?.version, Buffer.from(kept?.blob ?? []).toString()], [9, 2, 'nine']);
  assert.match(kept?.blobHash ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual(hashesAreEqual(rig.ledger, rig.log), []);
});

test('what a strategy kept is its own: changing the copy that it was given changes nothing', () => {
  const rig = new Rig().open();
  keep(rig, 1, 'one');
  rig.ledger.strategyState('s')?.blob.fill(0);
  assert.equal(Buffer.from(rig.ledger.strategyState('s')?.blob ?? []).toString(), 'one');
});
