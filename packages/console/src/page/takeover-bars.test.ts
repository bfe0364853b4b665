import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TakeoverReport } from './shapes.d.ts';
import { barsOf, downMs } from './takeover-bars.js';

const BEGIN_US = 1_700_000_000_000_000;

function report(phasesUs: Record<string, number>, venues: Record<string, Record<string, number>> = {}): TakeoverReport {
  return {
    n: 1,
    kind: 'failover',
    term: 2,
    node: 'n2',
    evidence: '',
    startedUs: BEGIN_US,
    phasesUs,
    orders: [],
    venues: Object.entries(venues).map(([venue, phases]) => {
      return { venue, phases: Object.entries(phases).map(([phase, timeUs]) => ({ phase, timeUs })) };
    }),
  };
}

test('bars follow each other without a gap from 0 to the end, in whatever order steps are told', () => {
  const phases = fc.dictionary(fc.string(), fc.integer({ min: 0, max: 5_000_000 }), { minKeys: 1, maxKeys: 14 });
  fc.assert(
    fc.property(phases, (told) => {
      const at = Object.fromEntries(Object.entries(told).map(([step, us]) => [step, BEGIN_US + us]));
      const { endMs, groups } = barsOf(report(at));
      const [{ bars } = { bars: [] }] = groups;
      assert.equal(bars[0]?.fromMs, 0);
      assert.equal(bars.at(-1)?.toMs, endMs);
      bars.forEach((bar, i) => {
        if (i > 0) assert.equal(bar.fromMs, bars[i - 1]?.toMs);
        assert.ok(bar.toMs >= bar.fromMs);
      });
    }),
  );
});

test('the entries of a single venue are not told beside the process that saw the same; those of two are', () => {
  const own = { elected: BEGIN_US, gateOpen: BEGIN_US + 5000 };
  const sim = { Barrier: BEGIN_US, GateOpen: BEGIN_US + 5000 };
  const titles = (told: TakeoverReport): string[] => barsOf(told).groups.map(({ title }) => title);
  assert.deepEqual(titles(report(own, { SIM: sim })), ['n2']);
  assert.deepEqual(titles(report(own, { SIM: sim, B: sim })), ['n2', 'SIM', 'B']);
  assert.deepEqual(titles(report({}, { SIM: sim })), ['SIM']);
});

test('a takeover is over when the gate of every venue is open, and has no length before', () => {
  const open = { Barrier: BEGIN_US, GateOpen: BEGIN_US + 7000 };
  assert.equal(downMs(report({}, { A: open, B: { Barrier: BEGIN_US } })), undefined);
  assert.equal(downMs(report({}, { A: open, B: { GateOpen: BEGIN_US + 9000 } })), 9);
  assert.equal(downMs(report({ deathSeen: BEGIN_US - 2000, gateOpen: BEGIN_US + 7500 }, { A: open })), 9.5);
  assert.equal(downMs(report({})), undefined);
});

test('a step that nobody knows is shown by its own name, also one named like a part of every object', () => {
  const { groups } = barsOf(report({ constructor: BEGIN_US, later: BEGIN_US + 1 }));
  assert.deepEqual(
    groups[0]?.bars.map(({ label }) => label),
    ['constructor', 'later'],
  );
});
