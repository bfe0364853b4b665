/**
 * What only the leader had must not be at the venue. Both followers are stopped (SIGSTOP), so that nothing can be
 * committed any more, while clients and strategies go on asking; then every process is killed, stopped ones with all that
 * waited unread in their sockets. The followers come back without the leader and trade on; at last the old leader comes
 * back with a log that goes on where the others' histories parted, and must give that tail up.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kill, NodeStatus } from '@baton/cli';
import { ChaosRun, describeTimeline } from './chaos-run.ts';
import { nowUs } from './venue-witness.ts';

const ROUNDS = 3;

/** Stops the followers, waits, kills everything; tells the leader's kill. */
async function leaveLeaderAloneAndKillAll(run: ChaosRun): Promise<Kill> {
  const leader = await run.leader();
  const reports = await run.cluster.status();
  const statuses = reports.map(({ status }) => status).filter((status): status is NodeStatus => status !== null);
  assert.equal(statuses.length, 3, 'the cluster is not whole');
  for (const { node, pid } of statuses) if (node !== leader.node) process.kill(pid, 'SIGSTOP');
  await delay(run.random.between(20, 300));
  const kill = { node: leader.node, pid: leader.pid, term: leader.term, atUs: nowUs() };
  for (const { pid, parentPid } of statuses) {
    process.kill(pid, 'SIGKILL');
    process.kill(parentPid, 'SIGKILL');
  }
  while (run.cluster.runFile.nodes.some((node) => node.pid !== 0)) await delay(10);
  return kill;
}

test(`what only the leader had is not at the venue, ${ROUNDS} times`, { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t, { restartDelayMs: null });
  for (let n = 1; n <= ROUNDS; n += 1) {
    await run.trade(300, 1_000);
    const kill = await leaveLeaderAloneAndKillAll(run);
    run.tell(`${kill.node} was left alone and all were killed, ${n} of ${ROUNDS}`);
    for (const name of run.cluster.nodeNames) if (name !== kill.node) run.cluster.restart(name);
    run.tell(`without ${kill.node}: ${describeTimeline(await run.tradesOn(kill))}`);
    run.cluster.restart(kill.node);
    await run.allCaughtUp();
  }
  await run.judge();
});
