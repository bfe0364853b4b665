/**
 * Pause: how long the core of a node stands still while its scribe takes a checkpoint of so many open orders, beside the
 * same seconds without one. One node, started from a prepared folder as a user starts it, under a small flow of orders: so
 * many are open that each is denied, but it is committed and applied, and the log grows as it does in trading.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@baton/host/testing';
import { parseConfiguration, resolvePlan } from '@baton/node';
import { prepareOpenOrders } from './open-orders.ts';

const GOAL_MS = 2;
const NODE = 'n1';
const SETTLE_MS = 5000;
/** Of the tenths of a second beyond the goal, in text; all are in the JSON. */
const TOLD_MAX = 12;
const CHECKPOINT_MS = 180_000;

export interface PauseSettings {
  readonly orders: number;
  /** Checkpoints that are taken, one after the other; from the second on the log is given up behind them. */
  readonly rounds: number;
  /** Measured without a checkpoint before the first. */
  readonly seconds: number;
  readonly ordersPerSecond: number;
  /** Where what was prepared is kept from one run to the next; '' for nowhere. */
  readonly preparedFolder: string;
  readonly program: readonly [string, ...string[]];
}

/** A tenth of a second as `loop-witness.mjs` saw it. */
interface Sample {
  readonly atMs: number;
  readonly late: number;
  readonly busy: number;
  readonly wait: number;
  readonly own: number;
  readonly turn: number;
  readonly gc: number;
  readonly rssBytes: number;
}

export interface PauseWindow {
  readonly tookMs: number;
  /** How late a timer came at most, and the 90th percentile of the worst of each tenth of a second. */
  readonly lateMaxMs: number;
  readonly lateP90Ms: number;
  /** How late at most without the time in which another process had the processor: what is the core's own. */
  readonly ownMaxMs: number;
  /** The longest turn of the event loop, and the longest collection of garbage. */
  readonly turnMaxMs: number;
  readonly gcMaxMs: number;
  /** Tenths of a second that were later than the goal: how late, and of that busy, and waiting for a processor. */
  readonly beyondGoal: readonly Pick<Sample, 'late' | 'busy' | 'wait' | 'gc'>[];
}

export interface PauseResult {
  readonly orders: number;
  readonly goalMs: number;
  readonly checkpointSizeBytes: number;
  readonly coreRssMb: number;
  readonly without: PauseWindow;
  readonly checkpoints: readonly PauseWindow[];
}

export async function measurePause(settings: PauseSettings): Promise<PauseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-pause-'));
  try {
    const scene = await prepared(folder, settings);
    const node = startNode(scene, settings.program);
    try {
      return await measured(scene, settings, node);
    } finally {
      await ended(node);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly folder: string;
  readonly file: string;
  readonly api: string;
}

async function prepared(folder: string, { orders, preparedFolder }: PauseSettings): Promise<Scene> {
  const [raft = 0, api = 0, venue = 0] = await freePorts(3);
  const file = join(folder, 'baton.yaml');
  const text = configurationText(folder, { raft, api, venue });
  writeFileSync(file, text);
  const plan = resolvePlan(file, parseConfiguration(text, file), NODE);
  mkdirSync(plan.folder, { recursive: true });
  const journal = join(plan.folder, 'journal');
  const kept = preparedFolder === '' ? journal : join(preparedFolder, `open-${orders}`);
  if (!existsSync(kept)) {
    mkdirSync(join(kept, '..'), { recursive: true });
    // More than a file may allow.
    const limits = { ...plan.configuration.limits, openOrdersMax: 2 * orders };
    await prepareOpenOrders(kept, { ...plan.configuration, limits }, orders);
  }
  if (kept !== journal) cpSync(kept, journal, { recursive: true });
  return { folder, file, api: `http://127.0.0.1:${api}` };
}

function configurationText(
  folder: string,
  { api, raft, venue }: { readonly raft: number; readonly api: number; readonly venue: number },
): string {
  return `
cluster: bench
dataFolder: ${folder}
durability: disk
rehearseTakeovers: false
nodes: [{ id: 1, name: ${NODE}, raft: "127.0.0.1:${raft}", api: "127.0.0.1:${api}" }]
venues:
  - { name: SIM, address: "127.0.0.1:${venue}", beginString: FIX.4.4, senderCompId: B, targetCompId: SIM, account: A1,
      heartBtIntS: 5, nextExpectedMsgSeqNum: true, orderMaxAgeMs: 2000 }
instruments: [{ symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }]
limits: { openOrdersMax: 100000 }
checkpoints: { everySeconds: 86400, everyEntries: 100000000 }
log: { level: warn }
`;
}

function startNode({ file, folder }: Scene, [program, ...first]: readonly [string, ...string[]]): ChildProcess {
  const witness = fileURLToPath(new URL('./loop-witness.mjs', import.meta.url));
  return spawn(program, [...first, 'node', '--config', file, '--node', NODE], {
    env: { ...process.env, LOOP_WITNESS: folder, NODE_OPTIONS: `--import ${witness}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function ended(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const exit = new Promise((resolve) => node.once('exit', resolve));
  node.kill('SIGTERM');
  await exit;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

async function measured(scene: Scene, settings: PauseSettings, node: ChildProcess): Promise<PauseResult> {
  const { orders, ordersPerSecond, rounds, seconds } = settings;
  await scribeIsLevel(scene, node);
  const flow = new OrderFlow(scene.api, ordersPerSecond);
  await pause(SETTLE_MS);
  const without = await spanOf(() => pause(seconds * 1000));
  const spans: Span[] = [];
  let checkpointSizeBytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    spans.push(
      await spanOf(async () => {
        checkpointSizeBytes = await takeCheckpoint(scene.api);
      }),
    );
    // What it sets off (log that is given up) belongs to it; the next one begins from rest.
    await pause(SETTLE_MS);
  }
  await flow.stop();
  await ended(node);
  const samples = JSON.parse(readFileSync(join(scene.folder, 'core.json'), 'utf8')) as Sample[];
  const bytes = Math.max(...samples.map(({ rssBytes }) => rssBytes));
  return {
    orders,
    goalMs: GOAL_MS,
    checkpointSizeBytes,
    coreRssMb: Math.round(bytes / 1e6),
    without: windowOf(samples, without, 0),
    checkpoints: spans.map((span) => windowOf(samples, span, 1000)),
  };
}

async function spanOf(work: () => Promise<unknown>): Promise<Span> {
  const fromMs = Date.now();
  await work();
  return { fromMs, toMs: Date.now() };
}

function windowOf(samples: readonly Sample[], { fromMs, toMs }: Span, afterMs: number): PauseWindow {
  const of = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs + afterMs);
  const late = of.map((sample) => sample.late).sort((a, b) => a - b);
  const beyond = of.filter((sample) => sample.late > GOAL_MS);
  return {
    tookMs: toMs - fromMs,
    lateMaxMs: rounded(late.at(-1) ?? 0),
    lateP90Ms: rounded(late[Math.floor(late.length * 0.9)] ?? 0),
    ownMaxMs: rounded(Math.max(0, ...of.map(({ own }) => own))),
    turnMaxMs: rounded(Math.max(0, ...of.map(({ turn }) => turn))),
    gcMaxMs: rounded(Math.max(0, ...of.map(({ gc }) => gc))),
    beyondGoal: beyond.map(({ busy, gc, late: lateMs, wait }) => ({
      late: rounded(lateMs),
      busy: rounded(busy),
      wait: rounded(wait),
      gc: rounded(gc),
    })),
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

async function scribeIsLevel({ api }: Scene, node: ChildProcess): Promise<void> {
  for (;;) {
    if (node.exitCode !== null) throw new Error(`the node ended with ${node.exitCode}`);
    const answer = await fetch(`${api}/status`).catch(() => null);
    const now = (await answer?.json().catch(() => null)) as {
      readonly appliedIndex: number;
      readonly role: string;
      readonly scribe: { readonly index: number } | null;
    } | null;
    if (now?.role === 'leader' && now.scribe !== null && now.scribe.index >= now.appliedIndex - 50) return;
    await pause(500);
  }
}

async function takeCheckpoint(api: string): Promise<number> {
  const answer = await post(`${api}/checkpoints`, {}, CHECKPOINT_MS);
  const taken = (await answer.json()) as { readonly ok?: boolean; readonly sizeBytes?: number; readonly text?: string };
  if (taken.ok !== true) throw new Error(`no checkpoint: ${taken.text}`);
  return taken.sizeBytes ?? 0;
}

function post(url: string, body: object, timeoutMs: number): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) });
}

/** Orders one after the other at a steady pace; what becomes of them does not matter. */
class OrderFlow {
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(api: string, ordersPerSecond: number) {
    this.#ended = ordersPerSecond > 0 ? this.#run(api, 1000 / ordersPerSecond) : Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #run(api: string, everyMs: number): Promise<void> {
    const startMs = performance.now();
    for (let n = 0; !this.#isOver; n += 1) {
      const order = {
        clientKey: `flow-${n}`,
        strategyId: 'flow',
        symbol: 'BTC-USD',
        side: n % 2 === 0 ? 'buy' : 'sell',
        orderType: 'limit',
        timeInForce: 'day',
        quantity: '0.01',
        price: '60000',
      };
      const answer = await post(`${api}/orders`, order, 10_000).catch(() => null);
      await answer?.arrayBuffer();
      await pause(Math.max(0, startMs + n * everyMs - performance.now()));
    }
  }
}

export function pauseText({
  checkpointSizeBytes,
  checkpoints,
  coreRssMb,
  goalMs,
  orders,
  without,
}: PauseResult): string {
  const line = (name: string, window: PauseWindow): string => {
    const { gcMaxMs, lateMaxMs, lateP90Ms, ownMaxMs, tookMs, turnMaxMs } = window;
    return `| ${[name, (tookMs / 1000).toFixed(1), ownMaxMs, lateMaxMs, lateP90Ms, turnMaxMs, gcMaxMs, window.beyondGoal.length].join(' | ')} |`;
  };
  const told = [without, ...checkpoints].flatMap(({ beyondGoal }, n) =>
    beyondGoal.map(({ busy, gc, late, wait }) => {
      const when = n === 0 ? 'without' : `checkpoint ${n}`;
      const text = `  ${when}: late ${late} ms: loop busy ${busy}, waiting for a processor ${wait}, collector ${gc}`;
      return { late, text };
    }),
  );
  const worst = told.toSorted((a, b) => b.late - a.late).slice(0, TOLD_MAX);
  return [
    `the core beside a checkpoint of ${orders} open orders (${checkpointSizeBytes} bytes), ${coreRssMb} MB; goal ${goalMs} ms`,
    '| | s | own max, ms | late max, ms | worst of each 0.1 s, p90 | longest turn, ms | longest collection, ms | tenths beyond the goal |',
    '|---|---|---|---|---|---|---|---|',
    line('without', without),
    ...checkpoints.map((window, n) => line(`checkpoint ${n + 1}`, window)),
    ...worst.map(({ text }) => text),
  ].join('\n');
}
