import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent } from '@baton/ledger';
import { PromotionSignal } from './promotion-signal.ts';

function rig() {
  const told: number[] = [];
  let due: (() => void) | undefined;
  const setTimer = (_delayMs: number, callback: () => void) => {
    due = callback;
    const cancel = (): void => {
      due = undefined;
    };
    return { cancel };
  };
  const signal = new PromotionSignal({ setTimer }, (term) => told.push(term));
  const opens = (term: number): void =>
    signal.applied([{ type: 'GateOpened', term, venue: 'SIM', index: 1, n: 0, timeUs: 1 } as LedgerEvent]);
  return { signal, told, opens, timePasses: () => due?.() };
}

test('the world is told once a term, when the first gate of this term opens', () => {
  const { opens, signal, told } = rig();
  opens(3);
  signal.leading(4);
  opens(3);
  assert.deepEqual(told, []);
  opens(4);
  opens(4);
  assert.deepEqual(told, [4]);
});

test('without an open gate it is told after a second all the same, and not again', () => {
  const { opens, signal, timePasses, told } = rig();
  signal.leading(4);
  timePasses();
  opens(4);
  assert.deepEqual(told, [4]);
});

test('who leads no more says nothing', () => {
  const { opens, signal, timePasses, told } = rig();
  signal.leading(4);
  signal.retired();
  opens(4);
  timePasses();
  assert.deepEqual(told, []);
});
