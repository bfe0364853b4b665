/**
 * What does applying an entry cost, does it depend on history, and what does a process weigh that has seen a million
 * orders? `npm run bench:ledger`; usage in README.md. Entries are made here and piped to the process that is measured, so
 * that it holds nothing but a ledger and the code of a core.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { DEFAULT_HORIZONS } from '@baton/ledger';
import { CORE_ENVIRONMENT, CORE_FLAGS } from '@baton/node';
import { machineFacts } from '../machine.ts';
import type { RunFigures, WeightFigures } from './figures.ts';
import { chunksOf } from './pipe.ts';
import { printResult } from './report.ts';
import { SETTINGS } from './settings.ts';
import { Workload, type WorkloadEntry } from './workload.ts';

const HOLDER = join(import.meta.dirname, 'holder.ts');
const WEIGH = join(import.meta.dirname, 'weigh.ts');

/** The whole day: a ledger for the compiler, then the one that is measured. */
function* day(orders: number): Generator<WorkloadEntry, void, undefined> {
  const workload = new Workload();
  const { block, keptOpen, openOrders: openMax, warmUpOrders } = SETTINGS;
  for (const count of [warmUpOrders, orders]) {
    yield* workload.begin();
    yield* workload.orders({ orders: count, block, keptOpen, openMax });
  }
}

/** Feeds a new process; resolves with what it reports. `cache` holds sources without their types, as a build has them. */
async function measure(entries: Iterable<WorkloadEntry>, cache: string): Promise<RunFigures> {
  const child = spawn(process.execPath, [...CORE_FLAGS, HOLDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...CORE_ENVIRONMENT, ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const { stdin, stdout } = child;
  let text = '';
  stdout.setEncoding('utf8');
  stdout.on('data', (part: string) => {
    text += part;
  });
  const ended = once(child, 'close');
  for (const chunk of chunksOf(entries)) if (!stdin.write(chunk)) await once(stdin, 'drain');
  stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`the measured process ended with ${String(code)}`);
  return JSON.parse(text) as RunFigures;
}

async function weigh(): Promise<WeightFigures> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', WEIGH]);
  return JSON.parse(stdout) as WeightFigures;
}

const { values } = parseArgs({ options: { orders: { type: 'string' }, out: { type: 'string' } } });
const orders = Number(values.orders ?? SETTINGS.histories.at(-1)) + SETTINGS.measuredBlocks * SETTINGS.block;
const cache = mkdtempSync(join(tmpdir(), 'baton-bench-ledger-'));
try {
  // The first process strips the types, and leaves what it made to the second.
  await measure(new Workload().begin(), cache);
  const figures = await measure(day(orders), cache);
  const result = {
    machine: machineFacts(),
    settings: SETTINGS,
    flags: CORE_FLAGS,
    horizons: DEFAULT_HORIZONS,
    figures,
    weights: await weigh(),
  };
  printResult(result);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(cache, { recursive: true, force: true });
}
