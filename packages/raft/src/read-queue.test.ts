/** Reads are confirmed up to the position that a quorum answered, each once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType, newMessage } from './message.ts';
import { ReadQueue } from './read-queue.ts';

test('RD: a position confirms all reads up to it, each once, and none after it', () => {
  const queue = new ReadQueue();
  const add = (index: number): Uint8Array => {
    queue.add(newMessage(MessageType.ReadIndex, 1, 1, 0), index);
    return queue.heartbeatContext()!;
  };
  assert.equal(queue.heartbeatContext(), null);
  const first = add(7);
  const second = add(9);
  assert.notDeepEqual(first, second);
  queue.acknowledge(2, second);
  queue.acknowledge(2, first);
  assert.equal(queue.ackedPosition(2), 2, 'an old answer takes nothing back');
  assert.deepEqual(
    queue.confirm(1).map(({ index }) => index),
    [7],
  );
  assert.deepEqual(queue.confirm(1), []);
  assert.deepEqual(
    queue.confirm(2).map(({ index }) => index),
    [9],
  );
  assert.equal(queue.heartbeatContext(), null);
});

test('RD: positions go on after reads were confirmed', () => {
  const queue = new ReadQueue();
  const contexts = new Set<string>();
  for (let i = 1; i <= 300; i++) {
    queue.add(newMessage(MessageType.ReadIndex, 1, 1, 0), i);
    contexts.add(Buffer.from(queue.heartbeatContext()!).toString('hex'));
    queue.confirm(i);
  }
  assert.equal(contexts.size, 300);
});
