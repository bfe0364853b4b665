import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EntryType, type Message, MessageType, newMessage } from '@baton/raft';
import { LeaderEcho } from './leader-echo.ts';
import { Lease } from './lease.ts';
import type { Links } from './links.ts';
import { Outbox } from './outbox.ts';

function outboxTo(sent: Message[]): Outbox {
  const links = { send: (_to: number, messages: readonly Message[]) => sent.push(...messages) > 0, flush: () => {} };
  return new Outbox(
    links as unknown as Links,
    new Lease(1, 1000, { voters: [1, 2, 3], votersOutgoing: [] }),
    new LeaderEcho(),
  );
}

function message(type: MessageType, fields: Partial<Message>): Message {
  return Object.assign(newMessage(type, 2, 1, 7), fields);
}

const entries = [{ term: 7, index: 5, type: EntryType.Normal, data: new Uint8Array(1) }];

describe('messages of one turn', () => {
  it('news of a commit index is left out where an append of the same turn carries it', () => {
    const sent: Message[] = [];
    const outbox = outboxTo(sent);
    outbox.add(message(MessageType.App, { index: 4, commit: 4 }), 1);
    const append = message(MessageType.App, { index: 4, commit: 4, entries });
    outbox.add(append, 2);
    outbox.flush(() => {});
    assert.deepEqual(sent, [append]);
  });

  it('of acknowledgements the one that reaches furthest leaves', () => {
    const sent: Message[] = [];
    const outbox = outboxTo(sent);
    for (const index of [3, 5, 9]) outbox.add(message(MessageType.AppResp, { index }), 1);
    outbox.flush(() => {});
    assert.deepEqual(
      sent.map(({ index }) => index),
      [9],
    );
  });

  it('entries, rejections and other terms are never left out', () => {
    const sent: Message[] = [];
    const outbox = outboxTo(sent);
    const all = [
      message(MessageType.App, { index: 4, commit: 4, entries }),
      message(MessageType.App, { index: 5, commit: 5 }),
      message(MessageType.Heartbeat, { commit: 4 }),
      message(MessageType.AppResp, { index: 3, reject: true }),
      message(MessageType.AppResp, { index: 5 }),
      message(MessageType.AppResp, { index: 9, term: 8 }),
    ];
    for (const each of all) outbox.add(each, 1);
    outbox.flush(() => {});
    assert.deepEqual(sent, all);
  });
});
