import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SteadyClock } from './steady-clock.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/** A machine whose wall clock is set by hand. */
class Machine extends VirtualClock {
  errorUs = 0;

  override wallUs(): number {
    return super.wallUs() + this.errorUs;
  }
}

test('an hour that the machine jumps is told once, and made up at a tenth of real time', () => {
  const machine = new Machine();
  const jumps: number[] = [];
  const clock = new SteadyClock(machine, (jumpUs) => jumps.push(jumpUs));
  const startUs = clock.wallUs();
  machine.errorUs = 3_600_000_000;
  machine.advance(1_000);
  assert.equal(clock.wallUs() - startUs, 1_100_000);
  machine.advance(1_000);
  assert.equal(clock.wallUs() - startUs, 2_200_000);
  assert.deepEqual(jumps, [3_600_000_000]);
});

test('small corrections are followed completely', () => {
  const machine = new Machine();
  const clock = new SteadyClock(machine, () => assert.fail('no jump'));
  machine.errorUs = -40_000;
  for (let i = 0; i < 10; i++) {
    machine.advance(100);
    clock.wallUs();
  }
  assert.equal(clock.wallUs(), machine.wallUs());
});

test('whatever the machine does, time goes on between nine and eleven tenths of real time', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 500 }), jumpUs: fc.integer({ min: -1e10, max: 1e10 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const machine = new Machine();
      const clock = new SteadyClock(machine);
      for (const { waitMs, jumpUs } of steps) {
        const beforeUs = clock.wallUs();
        machine.advance(waitMs);
        machine.errorUs += jumpUs;
        const passedUs = clock.wallUs() - beforeUs;
        assert.ok(passedUs >= waitMs * 900 - 1 && passedUs <= waitMs * 1100 + 1, `${passedUs} µs in ${waitMs} ms`);
      }
    }),
  );
});
