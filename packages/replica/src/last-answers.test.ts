import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Message, MessageType, newMessage } from '@baton/raft';
import { lastAnswers } from './last-answers.ts';

function answer(term: number, stampUs: number, context: Uint8Array | null = null): Message {
  return { ...newMessage(MessageType.HeartbeatResp, 1, 2, term), stampUs, context };
}

test('of the answers to heartbeats in one frame the last of a term is left', () => {
  const messages = [answer(3, 1), answer(3, 2), answer(3, 3)];
  assert.deepEqual(lastAnswers(messages), [messages[2]]);
});

test('answers that confirm reads, answers of another term and all other messages are kept, in order', () => {
  const app = newMessage(MessageType.AppResp, 1, 2, 3);
  const read = answer(3, 1, Buffer.from('r'));
  const messages = [answer(2, 1), app, read, answer(3, 2), app, answer(3, 4)];
  assert.deepEqual(lastAnswers(messages), [messages[0], app, read, app, messages[5]]);
});

test('a frame without such answers is passed on as it is', () => {
  const messages = [newMessage(MessageType.App, 1, 2, 3), answer(3, 1)];
  assert.equal(lastAnswers(messages), messages);
});
