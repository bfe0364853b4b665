import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeaseWatch } from './lease-watch.ts';

test('each beginning and end of a lease is told once, and a lease of another term is another lease', () => {
  const watch = new LeaseWatch();
  const told: string[] = [];
  const remove = watch.add((isHeld, term) => told.push(`${isHeld} ${term}`));
  watch.look(false, 1);
  watch.look(true, 1);
  watch.look(true, 1);
  watch.look(true, 3);
  watch.look(false, 3);
  watch.look(false, 4);
  remove();
  watch.look(true, 5);
  assert.deepEqual(told, ['false 0', 'true 1', 'false 1', 'true 3', 'false 3']);
});
