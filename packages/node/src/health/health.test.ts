import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { DiskHealth } from './disk-health.ts';
import { FailBack } from './fail-back.ts';
import { HealthWatch } from './health-watch.ts';
import { LoopHealth } from './loop-health.ts';
import { OrderLagHealth } from './order-lag-health.ts';
import { ReportedHealth } from './reported-health.ts';
import { VenueHealth } from './venue-health.ts';

test('checks tell what is wrong, and nothing while nothing is', () => {
  assert.equal(new LoopHealth(() => 5000).problem(), '');
  assert.equal(new LoopHealth(() => 300_000).problem(), 'the event loop is 300 ms late at p99');
  assert.equal(new DiskHealth(() => 1000).problem(), '');
  assert.equal(new DiskHealth(() => 300_000).problem(), 'entries are durable after 300 ms at p99');
  assert.equal(new VenueHealth('SIM', 5, () => true).problem(), '');
  assert.equal(new VenueHealth('SIM', 5, () => false).problem(), 'the gate of SIM does not open');
  assert.equal(
    new OrderLagHealth(
      () => undefined,
      () => 5,
    ).problem(),
    '',
  );
  assert.equal(
    new OrderLagHealth(
      () => 0,
      () => 1_000_000,
    ).problem(),
    '',
  );
  assert.equal(
    new OrderLagHealth(
      () => 0,
      () => 1_500_000,
    ).problem(),
    'the oldest order waits for 1500 ms',
  );
});

function watched(holdMs: number) {
  const clock = new VirtualClock();
  const check = new ReportedHealth('market-data', holdMs);
  const state = { leads: true, handOvers: 0 };
  const watch = new HealthWatch({
    clock,
    checks: [check],
    isLeader: () => state.leads,
    handOver: () => Promise.resolve(void state.handOvers++),
    log: () => {},
    everyMs: 100,
    coolDownMs: 10_000,
  });
  watch.start();
  return { clock, check, state, watch };
}

test('a leader hands over once a check has failed for its time, and not before', () => {
  const { clock, check, state } = watched(1000);
  check.report('stale');
  clock.advance(1000);
  assert.equal(state.handOvers, 0);
  clock.advance(200);
  assert.equal(state.handOvers, 1);
});

test('what passes by itself moves nothing', () => {
  const { clock, check, state } = watched(1000);
  for (let i = 0; i < 10; i++) {
    check.report('stale');
    clock.advance(900);
    check.report('');
    clock.advance(200);
  }
  assert.equal(state.handOvers, 0);
});

test('between two hand-overs lies the cool-down, whatever goes on', () => {
  const { clock, check, state } = watched(0);
  check.report('stale');
  clock.advance(9_900);
  assert.equal(state.handOvers, 1);
  clock.advance(600);
  assert.equal(state.handOvers, 2);
});

test('a follower hands nothing over, and what it saw as a follower does not count when it leads', () => {
  const { clock, check, state } = watched(1000);
  state.leads = false;
  check.report('stale');
  clock.advance(5000);
  state.leads = true;
  clock.advance(900);
  assert.equal(state.handOvers, 0);
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
