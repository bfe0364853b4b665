import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { SimulatedProcessClock } from './testing/simulated-process-clock.ts';
import { Ticker } from './ticker.ts';

function ticking(tickMs: number): {
  clock: VirtualClock;
  process: SimulatedProcessClock;
  ticksUs: number[];
  ticker: Ticker;
} {
  const clock = new VirtualClock();
  const process = new SimulatedProcessClock(clock);
  const ticksUs: number[] = [];
  const ticker = new Ticker(process, tickMs, () => ticksUs.push(clock.monotonicUs()));
  ticker.start();
  return { clock, process, ticksUs, ticker };
}

test('ticks lie on a grid of the monotonic clock', () => {
  const { clock, ticksUs, ticker } = ticking(5);
  clock.advance(26);
  assert.deepEqual(ticksUs, [5000, 10_000, 15_000, 20_000, 25_000]);
  ticker.stop();
  clock.advance(50);
  assert.equal(ticksUs.length, 5, 'a stopped ticker ticks no more');
});

test('fractions of a millisecond do not add up', () => {
  const { clock, ticksUs } = ticking(2.5);
  clock.advance(1000);
  assert.ok(ticksUs.length >= 398 && ticksUs.length <= 400, `${ticksUs.length} ticks in 1000 ms of 2.5 ms each`);
});

test('after a stall of the process no more than one tick is made up for', () => {
  const { clock, process, ticksUs } = ticking(5);
  clock.advance(12);
  process.pause();
  clock.advance(100);
  process.resume();
  const before = ticksUs.length;
  clock.advance(0.001);
  assert.ok(ticksUs.length - before <= 1, 'one tick at once');
  clock.advance(20);
  // 20 ms are 4 ticks; one more may have been made up for.
  assert.ok(ticksUs.length - before <= 5, `${ticksUs.length - before} ticks in 20 ms after the stall`);
});
