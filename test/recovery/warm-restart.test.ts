/** All nodes down and up again, on real processes: in order after a drain, and without warning. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartRun } from './restart-run.ts';

const OPTIONS = { timeout: 120_000 };

interface Watched {
  readonly status: string;
  readonly recovery: {
    readonly door: string;
    readonly steps: readonly { readonly step: string; readonly ok: boolean }[];
  };
}

test(
  'drained, stopped and started again, a cluster has the same books, and trades when it is told to',
  OPTIONS,
  async (t) => {
    const run = await RestartRun.begin(t);
    await run.trade(30);
    const drained = await run.baton('drain', '--data', run.cluster.dataFolder, '--timeout', '1', '--json');
    assert.equal(drained.exitCode, 0, drained.err);
    const { checkpointIndex, finalIndex } = JSON.parse(drained.out) as Record<string, number>;
    assert.ok(Number(checkpointIndex) >= Number(finalIndex) && Number(finalIndex) > 0, drained.out);
    const before = await run.agreed('/positions');
    await run.end('SIGTERM');

    const dry = await run.baton('recover', '--config', run.configuration, '--dry-run', '--json');
    assert.equal(dry.exitCode, 0, dry.err);
    const plan = JSON.parse(dry.out) as { type: string; nodes: { warm: { rung: { index: number } } }[] };
    assert.equal(plan.type, 'warm');
    for (const { warm } of plan.nodes) assert.ok(warm.rung.index >= Number(finalIndex));

    run.startAll();
    const watched = await run.baton('recover', '--config', run.configuration, '--json', '--timeout', '60');
    assert.equal(watched.exitCode, 0, watched.err);
    const { recovery, status } = JSON.parse(watched.out) as Watched;
    assert.equal(status, 'COMPLETE');
    assert.equal(recovery.door, 'warm');
    assert.ok(recovery.steps.every(({ ok }) => ok));
    for (const step of ['connect', 'outbound', 'inbound', 'reconcile', 'invariants', 'gate', 'end']) {
      assert.ok(
        recovery.steps.some((each) => each.step === step),
        `no step ${step}`,
      );
    }
    assert.equal(await run.agreed('/trading-status', (text) => text !== 'CLOSED'), 'STOPPED');
    assert.equal(await run.agreed('/positions'), before);
    assert.equal((await run.baton('start-trading', '--data', run.cluster.dataFolder)).exitCode, 0);
    await run.trade(10);
    await run.judge();
  },
);

test(
  'killed all at once, a cluster comes back with what was acknowledged, gates closed until it is reconciled',
  OPTIONS,
  async (t) => {
    const run = await RestartRun.begin(t);
    await run.trade(40);
    await run.end('SIGKILL');
    run.startAll();
    const watched = await run.baton('recover', '--config', run.configuration, '--json', '--timeout', '60');
    assert.equal(watched.exitCode, 0, watched.err);
    assert.equal((JSON.parse(watched.out) as Watched).recovery.door, 'warm');
    assert.equal(await run.agreed('/restart-status', (text) => text !== 'PENDING'), 'COMPLETE');
    await run.trade(10);
    await run.judge();
  },
);

test(
  'a key set while nodes run stays in force through a failover, and a version comes into force once all know it',
  OPTIONS,
  async (t) => {
    const run = await RestartRun.begin(t);
    const data = ['--data', run.cluster.dataFolder];
    const set = await run.baton('config', 'set', 'limits.symbols.BTC-USD.orderQuantityMax', '7', ...data);
    assert.equal(set.exitCode, 0, set.err);
    const refused = await run.baton('config', 'set', 'venues.SIM.account', 'X', ...data);
    assert.match(refused.err, /RESTART_NEEDED: 'venues\.SIM\.account' is read when a node starts/);
    const activated = await run.baton('version', 'activate', ...data);
    assert.match(activated.out, /version 2 of the log is in force/, activated.err);
    const kill = await run.cluster.killLeader();
    run.cluster.restart(kill.node);
    await run.cluster.view.waitForOpenGate({ termMin: kill.term + 1, timeoutMs: 60_000 });
    const history = await run.baton('config', 'history', '--json', ...data);
    const { changes } = JSON.parse(history.out) as { changes: { key: string; after: string }[] };
    assert.deepEqual(
      changes.filter(({ key }) => key !== '(file)').map(({ after, key }) => [key, after]),
      [['limits.symbols.BTC-USD.orderQuantityMax', '7']],
    );
    const plan = await run.baton('rollback', '--plan', '--config', run.configuration);
    assert.match(plan.out, /Can you go back to the old version\? yes, node by node, to any build that knows version 2/);
  },
);
