import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StopRequest } from './stop-request.ts';

function counted(): { stop: StopRequest; forced: () => number } {
  let count = 0;
  const stop = new StopRequest(() => {
    count++;
  });
  return { stop, forced: () => count };
}

test('the first request stops in order, the second at once', () => {
  const { stop, forced } = counted();
  stop.request(0);
  assert.deepEqual([stop.signal.aborted, forced()], [true, 0]);
  stop.request(1_000);
  assert.equal(forced(), 1);
});

test('signals that come together, from a terminal and from a runner that passes them on, are one request', () => {
  const { stop, forced } = counted();
  for (const atMs of [0, 5, 250, 500]) stop.request(atMs);
  assert.deepEqual([stop.signal.aborted, forced()], [true, 0]);
});

test('a signal is a request while it is listened to, and not afterwards', () => {
  const { stop } = counted();
  stop.listen();
  assert.equal(process.listenerCount('SIGHUP'), 1);
  process.emit('SIGHUP');
  assert.equal(stop.signal.aborted, true);
  stop.close();
  assert.equal(process.listenerCount('SIGHUP'), 0);
});
