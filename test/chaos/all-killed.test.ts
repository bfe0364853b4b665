/**
 * Every process of the cluster dies at the same moment, as in a power cut of the room; the venue lives on, and its
 * counter-flow goes on filling what rests there. Whatever was acknowledged before must be there afterwards.
 */
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ChaosRun, describeTimeline } from './chaos-run.ts';

const ROUNDS = 3;

test(`all nodes are killed at once, ${ROUNDS} times, and nothing is lost`, { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  for (let n = 1; n <= ROUNDS; n += 1) {
    await run.trade(500, 2_000);
    const leader = await run.leader();
    const kills = await run.cluster.killAll();
    const last = kills.find((kill) => kill.node === leader.node) ?? kills[0];
    if (last === undefined) throw new Error('no node answered, so none was killed');
    run.tell(`all killed, ${n} of ${ROUNDS}: ${kills.map((kill) => `${kill.node} (core ${kill.pid})`).join(', ')}`);
    await delay(run.random.between(0, 500));
    for (const name of run.cluster.nodeNames) run.cluster.restart(name);
    run.tell(`back: ${describeTimeline(await run.tradesOn(last))}`);
    await run.allCaughtUp();
  }
  await run.judge();
});
