/** Hot drills on real processes: the leader hands over, or is killed; what is measured is an entry, so every node has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RestartRun } from './restart-run.ts';

const OPTIONS = { timeout: 180_000 };
const WAIT_MS = 60_000;

interface Drill {
  readonly id: string;
  readonly method: string;
  readonly outcome: string;
  readonly tookUs: number | null;
  readonly document: {
    readonly lost: readonly string[];
    readonly from?: { readonly node: string; readonly term: number };
    readonly to?: { readonly node: string; readonly term: number };
  };
}

async function drilled(run: RestartRun, method: 'transfer' | 'kill'): Promise<Drill> {
  await run.cluster.view.waitForCaughtUp({ timeoutMs: WAIT_MS });
  const { exitCode, err, out } = await run.baton(
    ...['drill', 'hot', '--method', method, '--data', run.cluster.dataFolder, '--by', 'law', '--json'],
  );
  assert.equal(exitCode, 0, `${out}${err}`);
  return JSON.parse(out) as Drill;
}

/** The log of every node has the drill, as it was told. */
async function isKnownEverywhere(run: RestartRun, { id, outcome, tookUs }: Drill): Promise<void> {
  for (const { api, name } of run.cluster.view.nodes) {
    const endMs = performance.now() + WAIT_MS;
    for (;;) {
      const { exitCode, out } = await run.baton('drills', '--via', api, '--json');
      const records = exitCode === 0 ? (JSON.parse(out) as { readonly records: readonly Drill[] }).records : [];
      const found = records.find((record) => record.id === id);
      if (found !== undefined) {
        assert.deepEqual([found.outcome, found.tookUs], [outcome, tookUs]);
        break;
      }
      assert.ok(performance.now() < endMs, `${name} does not know of ${id}: ${out}`);
      await delay(100);
    }
  }
}

test(
  'a drill by hand-over moves leadership, ends no process, loses nothing, and is in the log and history of every node',
  OPTIONS,
  async (t) => {
    const run = await RestartRun.begin(t);
    await run.trade(6);
    const pids = (await run.cluster.status()).map(({ status }) => status?.pid);
    const drill = await drilled(run, 'transfer');
    const { from, lost, to } = drill.document;
    assert.deepEqual([drill.method, lost], ['transfer', []]);
    assert.ok(drill.tookUs !== null && ['met', 'slow'].includes(drill.outcome));
    assert.notEqual(to?.node, from?.node);
    assert.ok((to?.term ?? 0) > (from?.term ?? 0));
    assert.deepEqual(
      (await run.cluster.status()).map(({ status }) => status?.pid),
      pids,
      'nobody was killed',
    );
    await isKnownEverywhere(run, drill);
    for (const name of run.cluster.nodeNames) {
      const endMs = performance.now() + WAIT_MS;
      for (;;) {
        const { out } = await run.baton(
          ...['history', 'drills', '--data', run.cluster.dataFolder, '--node', name, '--json'],
        );
        if (out.includes(drill.id)) break;
        assert.ok(performance.now() < endMs, `the history of ${name}: ${out}`);
        await delay(100);
      }
    }
    await run.trade(3);
    await run.judge();
  },
);

test(
  'a drill that kills the leader is measured by who leads next, and known to the one that was killed',
  OPTIONS,
  async (t) => {
    const run = await RestartRun.begin(t, { restartDelayMs: 500 });
    await run.trade(6);
    const drill = await drilled(run, 'kill');
    assert.deepEqual(drill.document.lost, []);
    assert.notEqual(drill.document.to?.node, drill.document.from?.node);
    await isKnownEverywhere(run, drill);
    await run.judge();
  },
);
