/**
 * The leader's process is SIGKILLed again and again, at random moments, while orders, cancels and replaces flow. After
 * each kill the cluster trades on and the killed node comes back; at the end every book tells the same story.
 * `CHAOS_KILLS` sets the number of kills (8).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChaosRun, describeTimeline } from './chaos-run.ts';

const KILLS = Number(process.env['CHAOS_KILLS'] ?? '8');

test(`the leader is killed ${KILLS} times and the cluster trades on`, { timeout: 600_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  for (let n = 1; n <= KILLS; n += 1) {
    await run.trade(100, 1_500);
    const kill = await run.killLeader();
    const timeline = await run.tradesOn(kill);
    assert.notEqual(timeline.leader, kill.node);
    assert.ok(timeline.term > kill.term);
    run.tell(`kill ${n}: ${describeTimeline(timeline)}`);
    await run.allCaughtUp();
  }
  await run.judge();
});
