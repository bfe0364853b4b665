import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { Calm } from './calm.ts';
import { FailBack } from './fail-back.ts';
import { BoundCheck, type HealthCheck } from './health-check.ts';
import { HealthWatch } from './health-watch.ts';
import { MarketDataHealth } from './market-data-health.ts';
import { answers, VenueHealth } from './venue-health.ts';

test('a bound is broken above its value, not at it, and not where there is nothing to judge', () => {
  let value: number | undefined;
  const check = new BoundCheck({
    name: 'order-lag',
    holdMs: 0,
    maxMs: 1000,
    valueMs: () => value,
    text: (ms) => `the oldest order waits for ${ms} ms`,
  });
  assert.equal(check.problem(), '');
  value = 1000;
  assert.equal(check.problem(), '');
  value = 1500;
  assert.equal(check.problem(), 'the oldest order waits for 1500 ms');
});

test('market data is stale when a feed, or the desk that tells of it, says nothing for too long', () => {
  const clock = new VirtualClock();
  const health = new MarketDataHealth({
    maxMsOf: (venue) => (venue === 'SIM' ? 5000 : 500),
    nowUs: () => clock.monotonicUs(),
  });
  clock.advance(100_000);
  assert.equal(health.problem(), '', 'no feed is wanted');
  health.report([
    { venue: 'SIM', silentMs: 4000 },
    { venue: 'FAST', silentMs: 100 },
  ]);
  assert.equal(health.problem(), '');
  clock.advance(600);
  assert.equal(health.problem(), 'market data of FAST is silent for 700 ms');
  health.report([{ venue: 'SIM', silentMs: 4600 }]);
  assert.equal(health.problem(), '', 'FAST is no longer wanted');
  clock.advance(1000);
  assert.equal(health.problem(), 'market data of SIM is silent for 5600 ms');
});

class ReportedCheck implements HealthCheck {
  readonly bound = '';
  readonly name: string;
  readonly holdMs: number;
  text = '';

  constructor(name: string, holdMs: number) {
    this.name = name;
    this.holdMs = holdMs;
  }

  problem(): string {
    return this.text;
  }
}

function watched(...checks: readonly HealthCheck[]) {
  const clock = new VirtualClock();
  const calm = new Calm(clock, 10_000);
  const state = { leads: true, successor: 2, isTaken: true, handOvers: [] as number[] };
  const watch = new HealthWatch({
    clock,
    calm,
    checks,
    isLeader: () => state.leads,
    successor: () => state.successor,
    handOver: (to) => {
      state.handOvers.push(to);
      return Promise.resolve(state.isTaken);
    },
    log: () => {},
    everyMs: 100,
  });
  watch.start();
  return { clock, state, watch, calm };
}

test('a leader hands over once a check has failed for its time, and not before', () => {
  const check = new ReportedCheck('market-data', 1000);
  const { clock, state } = watched(check);
  check.text = 'stale';
  clock.advance(1000);
  assert.deepEqual(state.handOvers, []);
  clock.advance(200);
  assert.deepEqual(state.handOvers, [2]);
});

test('what passes by itself moves nothing', () => {
  const check = new ReportedCheck('market-data', 1000);
  const { clock, state } = watched(check);
  for (let i = 0; i < 10; i++) {
    check.text = 'stale';
    clock.advance(900);
    check.text = '';
    clock.advance(200);
  }
  assert.deepEqual(state.handOvers, []);
});

test('a venue that is open does not excuse another that is not', () => {
  const gates = { A: false, B: true };
  const { clock, state } = watched(
    new VenueHealth('A', 1000, () => gates.A),
    new VenueHealth('B', 1000, () => gates.B),
  );
  clock.advance(1200);
  assert.deepEqual(state.handOvers, [2]);
});

test('an unfit leader leads on until another node is healthier', () => {
  const check = new ReportedCheck('clock', 0);
  const { clock, state, watch } = watched(check);
  state.successor = 0;
  check.text = 'off';
  clock.advance(60_000);
  assert.deepEqual(state.handOvers, []);
  assert.deepEqual([...watch.problems], [['clock', 'off']]);
  state.successor = 3;
  clock.advance(100);
  assert.deepEqual(state.handOvers, [3]);
});

test('between two hand-overs lies the cool-down, whatever goes on', async () => {
  const check = new ReportedCheck('market-data', 0);
  const { clock, state } = watched(check);
  check.text = 'stale';
  clock.advance(9_900);
  await Promise.resolve();
  assert.equal(state.handOvers.length, 1);
  clock.advance(600);
  assert.equal(state.handOvers.length, 2);
});

test('a hand-over that nobody took is tried again after a tenth of the cool-down', async () => {
  const check = new ReportedCheck('market-data', 0);
  const { clock, state } = watched(check);
  state.isTaken = false;
  check.text = 'stale';
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(900);
  assert.equal(state.handOvers.length, 1);
  clock.advance(200);
  assert.equal(state.handOvers.length, 2);
});

test('a cool-down that another node tells of is kept here as well, and does not prolong itself', () => {
  const check = new ReportedCheck('market-data', 0);
  const { clock, state, calm } = watched(check);
  calm.heard(8000);
  check.text = 'stale';
  clock.advance(4000);
  calm.heard(4900);
  assert.equal(calm.remainingMs(), 4000);
  clock.advance(3900);
  assert.deepEqual(state.handOvers, []);
  clock.advance(200);
  assert.deepEqual(state.handOvers, [2]);
  calm.heard(1_000_000);
  assert.ok(calm.remainingMs() <= 10_000, 'nobody is kept still for longer than its own file says');
});

test('a follower hands nothing over, tells what it sees, and judges anew when it leads', () => {
  const check = new ReportedCheck('market-data', 1000);
  const { clock, state, watch } = watched(check);
  state.leads = false;
  check.text = 'stale';
  clock.advance(5000);
  assert.deepEqual([...watch.problems], [['market-data', 'stale']]);
  state.leads = true;
  clock.advance(900);
  assert.deepEqual(state.handOvers, []);
});

test('leadership goes back to the preferred node after it was fit for the cool-down without a break', () => {
  const clock = new VirtualClock();
  const state = { fit: true, to: [] as number[] };
  const failBack = new FailBack({
    clock,
    preferred: 2,
    coolDownMs: 1000,
    isLeader: () => true,
    isFit: () => state.fit,
    handOverTo: (id) => state.to.push(id),
  });
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i += 100) {
      clock.advance(100);
      failBack.look();
    }
  };
  pass(900);
  state.fit = false;
  pass(100);
  state.fit = true;
  pass(1000);
  assert.deepEqual(state.to, []);
  pass(200);
  assert.deepEqual(state.to, [2]);
});

test('a venue that is being read at a cold start answers: its closed gate is no reason to hand over', () => {
  const ledger = (open: boolean, isReadable: boolean | undefined) =>
    ({ gate: () => ({ open }), account: () => (isReadable === undefined ? undefined : { isReadable }) }) as never;
  assert.equal(answers(ledger(true, undefined), 'SIM'), true);
  assert.equal(answers(ledger(false, true), 'SIM'), true);
  assert.equal(answers(ledger(false, false), 'SIM'), false);
  assert.equal(answers(ledger(false, undefined), 'SIM'), false);
});
