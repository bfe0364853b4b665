import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Steering, type SteeringMessage } from './steering.ts';

test('a check that the desk does not live to answer is answered all the same', async () => {
  const steering = new Steering();
  const heard: SteeringMessage[] = [];
  steering.open([], (message) => heard.push(message));
  const outcome = steering.check('a.ts', '', '{}');
  assert.equal(heard.at(-1)?.type, 'check');
  steering.closed();
  const told = await outcome;
  assert.ok(!told.ok && /the desk ended/.test(told.problem));
});

test('a check that was asked for while the desk was away is made once it is there', async () => {
  const steering = new Steering();
  const outcome = steering.check('a.ts', '', '{}');
  steering.open([], (message) => {
    if (message.type !== 'check') return;
    steering.hear({ type: 'checked', request: message.request, outcome: { ok: true, version: 'a 1', digest: 'd' } });
  });
  assert.deepEqual(await outcome, { ok: true, version: 'a 1', digest: 'd' });
});
