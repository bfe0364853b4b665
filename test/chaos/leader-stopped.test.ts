/**
 * The leader's core is stopped (SIGSTOP), not killed: its sockets stay open, its clock runs on, and when it resumes
 * (SIGCONT) it still believes that it leads. Another must lead meanwhile, and the old one must write nothing more to the
 * venue: its lease has run out, and the gate knows that the loop has stalled. The venue lets nobody else log on before it
 * has given up the silent connection, so trading resumes only then, or when the resumed node destroys its socket.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeStatus } from '@baton/cli';
import { ChaosRun, describeTimeline } from './chaos-run.ts';
import { nowUs, orderMessages } from './venue-witness.ts';

const ELECTION_TIMEOUT_MS = 20_000;
/** The venue gives a silent connection up after about 2.5 times HeartBtInt (5 s). */
const VENUE_PATIENCE_MS = 60_000;

async function electedInstead(run: ChaosRun, old: NodeStatus): Promise<NodeStatus> {
  // The stopped node is not asked: it would not answer, and asking it would only take time.
  const others = run.cluster.view.nodes.filter((node) => node.name !== old.node);
  const endMs = performance.now() + ELECTION_TIMEOUT_MS;
  while (performance.now() < endMs) {
    for (const { client } of others) {
      const status = await client.status();
      if (status.role === 'leader' && status.term > old.term) return status;
    }
    await delay(10);
  }
  throw new Error(`nobody led instead of the stopped ${old.node} within ${ELECTION_TIMEOUT_MS} ms`);
}

type Resume = 'as soon as another leads' | 'when another trades';

async function stopLeader(t: TestContext, run: ChaosRun, resumed: Resume): Promise<void> {
  const old = await run.leader();
  const kill = { node: old.node, pid: old.pid, term: old.term, atUs: nowUs() };
  process.kill(old.pid, 'SIGSTOP');
  // A stopped process would outlive this test.
  t.after(() => resume(old.pid));
  const next = await electedInstead(run, old);
  const electedAtUs = nowUs();
  run.tell(`${old.node} (core ${old.pid}) stopped; ${next.node} leads in term ${next.term}`);
  if (resumed === 'as soon as another leads') {
    await delay(run.random.between(0, 1_000));
    resume(old.pid);
    run.tell(`${old.node} resumed`);
  }
  const timeline = await run.tradesOn(kill, VENUE_PATIENCE_MS);
  run.tell(describeTimeline(timeline));
  resume(old.pid);
  await run.allCaughtUp();
  const late = await orderMessages(run.cluster.runFile.venue.http, {
    connectionOpenedBeforeUs: kill.atUs,
    receivedAfterUs: electedAtUs,
  });
  assert.deepEqual(late, [], `${old.node} wrote to the venue after ${next.node} was elected`);
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

test('a leader that was stopped and resumed writes nothing more to the venue', { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  for (let n = 1; n <= 3; n += 1) {
    await run.trade(300, 1_000);
    await stopLeader(t, run, 'as soon as another leads');
  }
  await run.judge();
});

test('a leader that stays stopped is replaced once the venue lets go of it', { timeout: 300_000 }, async (t) => {
  const run = await ChaosRun.begin(t);
  await run.trade(300, 1_000);
  await stopLeader(t, run, 'when another trades');
  await run.judge();
});
