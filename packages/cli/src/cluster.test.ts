import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Cluster } from './cluster.ts';
import type { ClusterOptions } from './cluster-plan.ts';
import { collectBooks } from './collect-books.ts';
import { CliError } from './errors.ts';
import { isProcessAlive, readRunFile, writeRunFile } from './run-file.ts';
import { verifyBooks } from './verify-books.ts';

const FAKE_BATON = fileURLToPath(new URL('./testing/fake-baton.ts', import.meta.url));

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startFake(t: TestContext, options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await Cluster.start({
    dataFolder: temporaryFolder(t),
    batonCommand: [process.execPath, FAKE_BATON],
    restartDelayMs: 20,
    ...options,
  });
  t.after(() => cluster.abandon());
  await cluster.waitUntilTrading({ timeoutMs: 20_000 });
  await cluster.view.waitForCaughtUp({ timeoutMs: 20_000 });
  return cluster;
}

const pidsOf = (cluster: Cluster): number[] => [
  cluster.runFile.venue.pid,
  ...cluster.runFile.nodes.map((node) => node.pid),
];

test('a started cluster leaves a run file and a configuration that name its processes and ports', async (t) => {
  const cluster = await startFake(t);
  const runFile = readRunFile(cluster.dataFolder);
  assert.deepEqual(runFile, cluster.runFile);
  assert.equal(runFile?.pid, process.pid);
  assert.ok(pidsOf(cluster).every(isProcessAlive));
  const configuration = parse(readFileSync(join(cluster.dataFolder, 'cluster.yaml'), 'utf8')) as {
    nodes: { name: string; raft: string; api: string }[];
    venues: { address: string }[];
  };
  assert.deepEqual(
    configuration.nodes.map((node) => [node.name, node.raft, node.api]),
    runFile?.nodes.map((node) => [node.name, node.raft, node.api]),
  );
  assert.equal(configuration.venues[0]?.address, runFile?.venue.fix);
});

test('a killed leader is followed by another, started again, and the timeline is told from the kill', async (t) => {
  const cluster = await startFake(t);
  const kill = await cluster.killLeader();
  const timeline = await cluster.failover(kill, { timeoutMs: 20_000 });
  assert.notEqual(timeline.leader, kill.node);
  assert.ok(timeline.term > kill.term);
  const { elected, gateOpen, firstOrderAccepted } = timeline.phasesMs;
  assert.ok(elected !== undefined && gateOpen !== undefined && firstOrderAccepted !== undefined);
  assert.ok(firstOrderAccepted > 0 && gateOpen >= elected);
  assert.ok(timeline.firstOrder.startsWith(timeline.leader), timeline.firstOrder);
  await cluster.view.waitForCaughtUp({ timeoutMs: 20_000 });
  assert.equal(cluster.restartsOf(kill.node), 1);
  assert.equal(isProcessAlive(kill.pid), false);
});

test('all nodes killed at once come back and trade', async (t) => {
  const cluster = await startFake(t);
  const kills = await cluster.killAll();
  assert.equal(kills.length, 3);
  for (const name of cluster.nodeNames) cluster.restart(name);
  await cluster.waitUntilTrading({ timeoutMs: 20_000 });
  assert.ok(kills.every((kill) => !isProcessAlive(kill.pid)));
});

test('without automatic restarts a killed node stays down until it is started', async (t) => {
  const cluster = await startFake(t, { restartDelayMs: null });
  const kill = await cluster.killLeader();
  await cluster.view.waitFor('the kill to show', (all) => all.some((each) => each.status === null), {
    timeoutMs: 20_000,
  });
  await cluster.waitUntilTrading({ timeoutMs: 20_000 });
  assert.equal(cluster.restartsOf(kill.node), 0);
  cluster.restart(kill.node);
  await cluster.view.waitForCaughtUp({ timeoutMs: 20_000 });
  assert.equal(cluster.restartsOf(kill.node), 1);
});

test('books collected at rest agree, and a node that lost a fill is found', async (t) => {
  const cluster = await startFake(t);
  await cluster.pauseStrategies();
  const { venue, nodes } = await collectBooks(cluster.view, { timeoutMs: 20_000 });
  assert.ok(venue.fills.length > 0);
  assert.deepEqual(
    verifyBooks(venue, nodes).checks.flatMap((check) => check.faults),
    [],
  );
  const [first, ...others] = nodes;
  assert.ok(first !== undefined);
  const verdict = verifyBooks(venue, [{ ...first, fills: first.fills.slice(1) }, ...others]);
  assert.deepEqual(
    verdict.checks.filter((check) => check.faults.length > 0).map((check) => check.name),
    ['fills-once', 'positions-agree'],
  );
});

test('books of a cluster that keeps trading are not collected', async (t) => {
  const cluster = await startFake(t);
  await assert.rejects(collectBooks(cluster.view, { timeoutMs: 200 }), { code: 'BATON_CLI_TIMEOUT' });
});

test('a stop logs out, ends every process, and removes the run file', async (t) => {
  const cluster = await startFake(t);
  const pids = pidsOf(cluster);
  assert.equal(await cluster.stop(), true);
  assert.deepEqual(pids.filter(isProcessAlive), []);
  assert.equal(readRunFile(cluster.dataFolder), null);
});

test('a folder from which a cluster runs is refused', async (t) => {
  const cluster = await startFake(t);
  // Another process than this one: the test runner itself.
  writeRunFile({ ...cluster.runFile, pid: process.ppid });
  await assert.rejects(
    Cluster.start({ dataFolder: cluster.dataFolder, batonCommand: [process.execPath, FAKE_BATON] }),
    (error: unknown) =>
      error instanceof CliError && error.code === 'BATON_CLI_ALREADY_RUNNING' && /--data/.test(error.remedy),
  );
});

/** What an earlier cluster left, and a file of the user's own. */
function usedFolder(t: TestContext): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'n1'), 'state');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  return folder;
}

test('a start sets aside what an earlier cluster left, and touches nothing else', async (t) => {
  const folder = usedFolder(t);
  await startFake(t, { dataFolder: folder });
  assert.equal(existsSync(join(folder, 'n1')), false);
  assert.equal(readFileSync(join(folder, 'previous', 'n1'), 'utf8'), 'state');
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine');
});

test('a fresh start removes it, even a damaged run file, and touches nothing else', async (t) => {
  const folder = usedFolder(t);
  writeFileSync(join(folder, 'cluster.json'), 'damaged');
  await startFake(t, { dataFolder: folder, fresh: true });
  assert.equal(existsSync(join(folder, 'n1')), false);
  assert.equal(existsSync(join(folder, 'previous')), false);
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine');
});

test('a venue that dies is not started again, and the cluster says so', async (t) => {
  const cluster = await startFake(t);
  const gaveUp = once(cluster, 'gaveUp');
  cluster.signal('venue', 'SIGKILL');
  const [name] = await gaveUp;
  assert.equal(name, 'venue');
  await assert.rejects(cluster.waitUntilTrading({ timeoutMs: 20_000 }), { code: 'BATON_CLI_PROCESS_ENDED' });
});

test('a process that ends at every start is given up, and the wait says so', async (t) => {
  const cluster = await Cluster.start({
    dataFolder: temporaryFolder(t),
    batonCommand: [process.execPath, '-e', 'process.exit(78)', '--'],
    restartDelayMs: 1,
  });
  t.after(() => cluster.abandon());
  await assert.rejects(cluster.waitUntilTrading({ timeoutMs: 20_000 }), { code: 'BATON_CLI_PROCESS_ENDED' });
});
