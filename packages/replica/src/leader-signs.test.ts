import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Message, MessageType, newMessage } from '@baton/raft';
import { LeaderSigns } from './leader-signs.ts';
import { Metrics } from './metrics.ts';

const append = (from: number, term: number): Message => newMessage(MessageType.App, 1, from, term);
const heartbeat = (from: number, term: number): Message => newMessage(MessageType.Heartbeat, 1, from, term);

describe('signs of the leader’s life', () => {
  it('every message is a sign, those read together are one, and heartbeats are counted apart', () => {
    const metrics = new Metrics();
    const signs = new LeaderSigns(metrics);
    signs.heard(heartbeat(2, 7), 1_000_000);
    signs.heard(append(2, 7), 1_000_003);
    signs.heard(append(2, 7), 1_000_003);
    signs.heard(heartbeat(2, 7), 1_000_010);
    assert.deepEqual([metrics.leaderGap.summary().count, metrics.leaderGap.summary().maxUs], [2, 7]);
    assert.deepEqual([metrics.heartbeatGap.summary().count, metrics.heartbeatGap.summary().maxUs], [1, 10]);
  });

  it('the time between two leaders, or two terms of one, is no gap', () => {
    const metrics = new Metrics();
    const signs = new LeaderSigns(metrics);
    signs.heard(heartbeat(2, 7), 1_000_000);
    signs.heard(heartbeat(3, 8), 9_000_000);
    signs.heard(heartbeat(3, 9), 19_000_000);
    assert.deepEqual([metrics.leaderGap.summary().count, metrics.heartbeatGap.summary().count], [0, 0]);
  });
});
