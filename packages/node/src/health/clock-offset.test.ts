import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClockHealth } from './clock-health.ts';
import { ClockOffsetEstimate, clockSkew } from './clock-offset.ts';

const delayUs = fc.integer({ min: 0, max: 5_000_000 });

test('the true distance of two clocks lies within the bound, whatever the delays', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
      fc.array(fc.record({ there: delayUs, back: delayUs, pause: delayUs }), { minLength: 1, maxLength: 40 }),
      (trueOffsetUs, trips) => {
        const estimate = new ClockOffsetEstimate();
        const wallMinusMonoUs = 10 ** 15;
        let nowUs = 1000;
        for (const { there, back, pause } of trips) {
          const sentUs = nowUs;
          const theirWallUs = sentUs + there + wallMinusMonoUs + trueOffsetUs;
          nowUs = sentUs + there + back;
          estimate.add(sentUs, nowUs, nowUs + wallMinusMonoUs, theirWallUs);
          const found = estimate.at(nowUs);
          assert.ok(found !== undefined && Math.abs(found.offsetUs - trueOffsetUs) <= found.errorUs);
          nowUs += pause;
        }
      },
    ),
  );
});

test('a clock that is set is followed at once, whatever was measured before', () => {
  const estimate = new ClockOffsetEstimate();
  for (let i = 0; i < 20; i++) estimate.add(i * 1000, i * 1000 + 200, i * 1000 + 200, i * 1000 + 100);
  estimate.add(30_000, 30_400, 30_400, 30_200 + 7_000_000);
  assert.deepEqual(estimate.at(30_400), { offsetUs: 7_000_000, errorUs: 200 });
});

test('an answer from before its question is no measurement', () => {
  const estimate = new ClockOffsetEstimate();
  estimate.add(2000, 1000, 0, 0);
  assert.equal(estimate.at(2000), undefined);
});

test('of three clocks the one that strays is told, the others are not', () => {
  const offBy = 400_000;
  const errorUs = 1000;
  const fromGood = [
    { offsetUs: 10, errorUs },
    { offsetUs: offBy, errorUs },
  ];
  const fromBad = [
    { offsetUs: -offBy, errorUs },
    { offsetUs: -offBy + 10, errorUs },
  ];
  assert.equal(new ClockHealth(100, () => fromGood).problem(), '');
  assert.equal(new ClockHealth(100, () => fromBad).problem(), "the clock is 400 ms ahead of the cluster's");
});

test('what a slow way may explain is held against nobody', () => {
  const offsets = [
    { offsetUs: 400_000, errorUs: 350_000 },
    { offsetUs: 410_000, errorUs: 350_000 },
  ];
  assert.equal(new ClockHealth(100, () => offsets).problem(), '');
  assert.equal(new ClockHealth(10, () => offsets).problem(), "the clock is 400 ms behind the cluster's");
});

test('of two clocks nobody knows which one is wrong', () => {
  assert.equal(clockSkew([{ offsetUs: 10 ** 9, errorUs: 1 }]), undefined);
});

test('an even number of clocks is judged by the middle one that accuses us less', () => {
  const at = (offsetUs: number) => ({ offsetUs, errorUs: 0 });
  assert.equal(clockSkew([at(0), at(500), at(500)])?.offsetUs, 0);
  assert.equal(clockSkew([at(500), at(500), at(500)])?.offsetUs, 500);
});
