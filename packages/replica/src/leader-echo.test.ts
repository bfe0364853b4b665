import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, newMessage } from '@baton/raft';
import { LeaderEcho } from './leader-echo.ts';

function stamped(type: MessageType, from: number, term: number, stampUs: number): Message {
  const message = newMessage(type, 9, from, term);
  message.stampUs = stampUs;
  return message;
}

test('answers echo the newest stamp of the leader of their term, and nothing to anybody else', () => {
  const echo = new LeaderEcho();
  echo.taken(stamped(MessageType.Heartbeat, 1, 3, 500));
  echo.taken(stamped(MessageType.App, 1, 3, 400));
  assert.equal(echo.stampUsFor(1, 3), 500);
  assert.equal(echo.stampUsFor(1, 4), 0);
  assert.equal(echo.stampUsFor(2, 3), 0);
});

test('a new leader or term starts without an echo of the old one', () => {
  const echo = new LeaderEcho();
  echo.taken(stamped(MessageType.Heartbeat, 1, 3, 500));
  echo.taken(stamped(MessageType.Heartbeat, 2, 4, 20));
  assert.equal(echo.stampUsFor(2, 4), 20);
  assert.equal(echo.stampUsFor(1, 3), 0);
});

test('an order to take over is stale once a later stamp of the same leader and term was taken', () => {
  const echo = new LeaderEcho();
  echo.taken(stamped(MessageType.Heartbeat, 1, 3, 500));
  assert.equal(echo.isStale(stamped(MessageType.TimeoutNow, 1, 3, 600)), false);
  echo.taken(stamped(MessageType.Heartbeat, 1, 3, 700));
  assert.equal(echo.isStale(stamped(MessageType.TimeoutNow, 1, 3, 600)), true);
  assert.equal(echo.isStale(stamped(MessageType.TimeoutNow, 2, 4, 10)), false);
});
