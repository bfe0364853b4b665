import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { KeptState } from './kept-state.ts';

const EVERY_US = 1_000_000;
const CURSOR = { index: 1, n: 0 };
const SCHEMA = z.object({ value: z.int().default(0) });

/** A state that counts how often its text was made. */
function counted(): { value: number; readonly texts: () => number } {
  let texts = 0;
  const state = { value: 0, texts: () => texts };
  return Object.defineProperty(state, 'toJSON', {
    value: () => {
      texts += 1;
      return { value: state.value };
    },
  });
}

describe('a kept state', () => {
  it('is made into text once an interval at most, however much is told and whether it changes or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterUs: fc.nat({ max: 300_000 }), changes: fc.boolean() }), { maxLength: 200 }),
        (inputs) => {
          const kept = new KeptState(SCHEMA, 1, EVERY_US);
          const state = counted();
          let nowUs = 0;
          for (const { afterUs, changes } of inputs) {
            nowUs += afterUs;
            if (changes) state.value += 1;
            kept.touch();
            kept.due(state, CURSOR, nowUs);
          }
          assert.ok(state.texts() <= 1 + Math.floor(nowUs / EVERY_US), `${state.texts()} texts in ${nowUs} µs`);
        },
      ),
    );
  });

  it('is not looked at while nobody was told anything', () => {
    const kept = new KeptState(SCHEMA, 1, EVERY_US);
    const state = counted();
    kept.due(state, CURSOR, 0);
    assert.equal(kept.nextUs(), undefined);
    kept.due(state, CURSOR, 10 * EVERY_US);
    assert.equal(state.texts(), 1);
  });

  it('that changed within the interval is written at its end', () => {
    const kept = new KeptState(SCHEMA, 1, EVERY_US);
    const state = counted();
    kept.due(state, CURSOR, 0);
    state.value = 7;
    kept.touch();
    assert.equal(kept.due(state, CURSOR, 10), undefined);
    const atUs = kept.nextUs();
    assert.equal(atUs, EVERY_US);
    const due = kept.due(state, CURSOR, atUs ?? 0);
    assert.ok(typeof due === 'object' && Buffer.from(due.blob).includes('"value":7'));
  });

  it('whose write found no room is due again, and has it all', () => {
    const kept = new KeptState(SCHEMA, 1, EVERY_US);
    const state = counted();
    state.value = 3;
    assert.equal(typeof kept.due(state, CURSOR, 0), 'object');
    kept.notWritten();
    const again = kept.due(state, CURSOR, kept.nextUs() ?? 0);
    assert.ok(typeof again === 'object' && Buffer.from(again.blob).includes('"value":3'));
  });
});
