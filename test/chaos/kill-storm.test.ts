/**
 * Kills without regard for anybody: a leader that has only just been elected dies in the middle of its takeover; any node
 * dies at any moment, also while others are still down or reading their journals. There may be no quorum for a while; that
 * costs time, and nothing else.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Kill, killCore } from '@baton/cli';
import { ChaosRun, describeTimeline } from './chaos-run.ts';

const TAKEOVER_KILLS = 6;
const STORM_MS = 15_000;

async function killNextLeaderSoon(run: ChaosRun, first: Kill): Promise<Kill> {
  for (;;) {
    const leader = await run.cluster.leader();
    if (leader !== null && leader.term > first.term) {
      await delay(run.random.between(0, 60));
      return killIfAlive(() => killCore(leader)) ?? first;
    }
    await delay(2);
  }
}

/** A process may have ended since its status was asked. */
function killIfAlive(kill: () => Kill): Kill | null {
  try {
    return kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    throw error;
  }
}

test(`a leader dies during its takeover, ${TAKEOVER_KILLS} times`, { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  for (let n = 1; n <= TAKEOVER_KILLS; n += 1) {
    await run.trade(200, 1_000);
    const first = await run.killLeader();
    const second = await killNextLeaderSoon(run, first);
    run.tell(
      `${n}: ${first.node} killed, then ${second.node} ${((second.atUs - first.atUs) / 1000).toFixed(1)} ms later`,
    );
    run.tell(`   ${describeTimeline(await run.tradesOn(second))}`);
    await run.allCaughtUp();
  }
  await run.judge();
});

test(`any node is killed at any moment for ${STORM_MS / 1000} s`, { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  const endMs = performance.now() + STORM_MS;
  let last: Kill | null = null;
  let kills = 0;
  while (performance.now() < endMs) {
    await run.trade(100, 2_500);
    const alive = (await run.cluster.status()).flatMap(({ status }) => (status === null ? [] : [status]));
    // Mostly somebody is left, or the storm would be one long standstill.
    if (alive.length === 0 || (alive.length === 1 && !run.random.chance(0.2))) continue;
    const victim = run.random.pick(alive);
    const kill = killIfAlive(() => killCore(victim));
    if (kill === null) continue;
    last = kill;
    kills += 1;
    run.tell(`kill ${kills}: ${victim.node} (${victim.role}, term ${victim.term}), ${alive.length} were up`);
  }
  assert.ok(last !== null, 'nothing was killed');
  await run.allCaughtUp();
  await run.cluster.view.waitForOpenGate({ timeoutMs: 30_000 });
  assert.notEqual(await run.flow.submit(), null, 'no order was acknowledged after the storm');
  await run.judge();
});
