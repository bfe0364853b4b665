/**
 * The venue drops the connection of a healthy leader. The leader stays leader, connects and logs on again, continues the
 * same sequence numbers, and resolves what was in flight. Then drop and kill together.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChaosRun, describeTimeline } from './chaos-run.ts';
import { dropConnections, nowUs } from './venue-witness.ts';

const DROPS = 5;

test(`the venue drops the connection ${DROPS} times, and the same leader trades on`, {
  timeout: 300_000,
}, async (t) => {
  // Election timeouts of a second: a machine too busy for the shortest ones would move leadership for reasons of its own,
  // and what is asked here is that a drop does not.
  const run = await ChaosRun.begin(t, { timing: 'wan' });
  const leader = await run.leader();
  for (let n = 1; n <= DROPS; n += 1) {
    await run.trade(200, 1_000);
    const atUs = nowUs();
    await dropConnections(run.cluster.runFile.venue.http);
    const accepted = await run.acceptedOnNewConnection(atUs);
    run.tell(
      `drop ${n}: the venue accepted ${accepted.clOrdId} after ${((accepted.timeUs - atUs) / 1000).toFixed(1)} ms`,
    );
  }
  const after = await run.leader();
  assert.deepEqual([after.node, after.term], [leader.node, leader.term], 'a drop must not move leadership');
  await run.judge();
});

test('the venue drops the connection and the leader is killed before it is back', { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  for (let n = 1; n <= 3; n += 1) {
    await run.trade(200, 1_000);
    await dropConnections(run.cluster.runFile.venue.http);
    const timeline = await run.tradesOn(await run.killLeader());
    run.tell(`drop and kill ${n}: ${describeTimeline(timeline)}`);
    await run.allCaughtUp();
  }
  await run.judge();
});
