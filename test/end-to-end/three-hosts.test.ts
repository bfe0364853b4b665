/**
 * What a user does, from the packed files: by the commands of deploy/three-hosts/README.md from nothing to a tested failover;
 * then lose the leader again, upgrade, lose a node for good, replace it, go back, renew certificates, and restore from a stop
 * of everything. Orders flow through the API all the
 * time; in the end every acknowledged order is in every book, the venue's included. Gaps are printed, not judged: they
 * are this machine's.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ClusterView, collectBooks, OPEN_ACCESS, verifyBooks } from '@baton/cli';
import { judgeClient } from '../chaos/client-laws.ts';
import { OrderClient } from '../chaos/order-client.ts';
import { OrderFlow } from '../chaos/order-flow.ts';
import { SeededRandom } from '../chaos/seeded-random.ts';
import { readRunbook } from '../runbooks/runbook.ts';
import { HostsLab } from './hosts-lab.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const lacks = HostsLab.lacks();

function packed(version: string): string {
  const file = join(ROOT, 'dist', `baton-${version}.tgz`);
  if (!existsSync(file)) run(process.execPath, join(ROOT, 'tools/pack.ts'), '--version', version);
  return file;
}

function packedNode(): string {
  const found = readdirSync(join(ROOT, 'dist')).find((name) => /^node-.*\.tgz$/.test(name));
  assert.ok(found, 'no packed Node in dist/');
  return join(ROOT, 'dist', found);
}

function run(...command: [string, ...string[]]): string {
  const { status, stderr, stdout } = spawnSync(command[0], command.slice(1), { encoding: 'utf8', cwd: ROOT });
  assert.equal(status, 0, `${command.join(' ')}: ${stderr}`);
  return stdout;
}

/** The longest time in which no order was acknowledged, and how many were. */
class Gaps {
  readonly #flow: OrderFlow;
  #stop = false;
  #lastMs = performance.now();
  #longestMs = 0;
  #seen = 0;

  constructor(flow: OrderFlow) {
    this.#flow = flow;
    void this.#watch();
  }

  async step<T>(name: string, act: () => Promise<T>): Promise<T> {
    this.#longestMs = 0;
    const [before, startMs] = [this.#seen, performance.now()];
    const result = await act();
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const acknowledged = this.#seen - before;
    console.log(
      `${name}: ${seconds} s, ${acknowledged} commands answered, longest gap ${this.#longestMs.toFixed(0)} ms`,
    );
    return result;
  }

  end(): void {
    this.#stop = true;
  }

  async #watch(): Promise<void> {
    while (!this.#stop) {
      const answered = this.#flow.journal.intents.reduce((sum, { answers }) => sum + answers.length, 0);
      const nowMs = performance.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
      if (answered > this.#seen) this.#lastMs = nowMs;
      this.#seen = answered;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function done(lab: HostsLab, ...args: readonly string[]): Promise<string> {
  const { err, exitCode, out } = await lab.hosts(...args);
  assert.equal(exitCode, 0, `hosts ${args.join(' ')}: ${out}\n${err}`);
  return out + err;
}

/** As the README has it: packed, what is its reader's put in, brought up, an order, a failover, the same order again. */
async function newcomer(lab: HostsLab, files: readonly string[]): Promise<void> {
  const page = readFileSync(join(ROOT, 'deploy/three-hosts/README.md'), 'utf8');
  const { blocks, others } = readRunbook(page);
  const [prepare = '', up = '', trade = ''] = blocks;
  assert.equal(blocks.length, 3);
  for (const file of files) assert.ok(up.includes(`"$BATON"/dist/${basename(file)}`), `${basename(file)}: ${up}`);
  const read = async (commands: string): Promise<string> => {
    const { err, exitCode, out } = await lab.shell(commands);
    assert.equal(exitCode, 0, `${commands}\n${out}\n${err}`);
    return out;
  };
  await read(prepare);
  lab.adapt();
  lab.startVenue(others.find((commands) => commands.includes('baton.js venue')) ?? assert.fail('no venue'));
  assert.match(await read(up), /leader.*open/);
  const told = await read(trade);
  console.log(told);
  const answers = told
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const [order, again] = answers as { ok: boolean; clOrdId: string; duplicate: boolean }[];
  assert.deepEqual([order?.ok, order?.duplicate, again?.ok, again?.duplicate], [true, false, true, true]);
  assert.equal(again?.clOrdId, order?.clOrdId);
  assert.match(told, /GATE OPEN.*\n.*failover/);
  assert.match(told, /"symbol":"BTC-USD"/);
}

/** Nobody's order is open, and nothing moves: then all books are compared. */
async function judge(lab: HostsLab, flow: OrderFlow, names: readonly string[]): Promise<void> {
  await flow.stop();
  const drained = await lab.hosts('baton', 'drain', '--api', 'API', '--timeout', '1');
  assert.equal(drained.exitCode, 0, drained.out + drained.err);
  await done(lab, 'baton', 'start-trading', '--api', 'API');
  const view = new ClusterView(
    names.map((name) => ({ name, api: lab.api(name) })),
    lab.venueHttp,
    { ...OPEN_ACCESS, ...lab.access('operate'), scheme: 'https' },
  );
  await view.waitForOpenGate();
  const { nodes, venue } = await collectBooks(view, { timeoutMs: 60_000 });
  const laws = [...verifyBooks(venue, nodes).checks, ...judgeClient(flow.journal.intents, nodes)];
  const faults = laws.flatMap(({ faults: found, law }) => found.map((fault) => `${law}: ${fault}`));
  assert.deepEqual(faults, []);
  assert.ok(flow.journal.count('submit') > 100 && venue.fills.length > 0, 'too little was traded to prove anything');
  console.log(`${flow.journal.intents.length} commands, ${venue.fills.length} fills: no order lost, none twice`);
}

async function story(t: TestContext): Promise<void> {
  const node = packedNode();
  const [first, second] = [packed('0.1.0'), packed('0.1.1')];
  const lab = new HostsLab(['n1', 'n2', 'n3', 'n4']);
  t.after(() => lab.close());
  await newcomer(lab, [first, node]);
  const addresses = ['n1', 'n2', 'n3', 'n4'].map((name) => lab.api(name));
  const client = new OrderClient({ addresses, access: lab.access('trade') });
  const random = new SeededRandom(1);
  const flow = new OrderFlow({ client, random, symbol: 'BTC-USD', referencePrice: 60_000, traders: 2, pauseMs: 40 });
  const gaps = new Gaps(flow);
  t.after(async () => {
    await flow.stop(0);
    gaps.end();
    client.close();
  });
  flow.start();
  await gaps.step('failover', () => done(lab, 'failover'));
  await gaps.step('rolling upgrade', () => done(lab, 'upgrade', second, node));
  await gaps.step('a node lost with its disk', () => done(lab, 'lose-node', 'n2'));
  await gaps.step('replaced by another', () => done(lab, 'replace', 'n2', 'n4'));
  await gaps.step('rolled back', () => done(lab, 'rollback'));
  await gaps.step('certificates renewed', () => done(lab, 'renew-certs'));
  await gaps.step('everything stopped, and restored', async () => {
    await done(lab, 'stop');
    await done(lab, 'start');
  });
  await judge(lab, flow, ['n1', 'n3', 'n4']);
}

test(
  'from packed files on three hosts: installed, failed over, upgraded, a node replaced, restored, and no order lost',
  {
    skip: lacks ?? (existsSync(join(ROOT, 'dist')) ? false : 'needs the packed files: npm run pack'),
  },
  story,
);
