/**
 * How long a restart takes, and what being ready for one costs, beside the requirements (§8.1, §8.3). See README.md of this
 * folder for what is measured and what is not.
 *
 *   npm run bench:recovery -- --mode warm --orders 1,10000,1000000 --rounds 10 [--tail 50000] [--prepared FOLDER] [--prepare] [--no-rehearsal]
 *   npm run bench:recovery -- --mode cold --rounds 3 [--open-orders 10000] [--positions 500] [--fills 100000] [--timing wan] [--keep FOLDER]
 *   npm run bench:recovery -- --mode overhead --seconds 10
 *   npm run bench:recovery -- --mode pause --orders 1000000 --rounds 3 --seconds 20 [--rate 50] [--prepared FOLDER]
 *
 * Nodes run the compiled build where there is one; --sources: the sources.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts } from '../machine.ts';
import { type ColdResult, coldText, measureCold } from './cold.ts';
import { measureOverhead, overheadText } from './overhead.ts';
import { measurePause, pauseText } from './pause.ts';
import { batonProgram } from './program.ts';
import { measureWarm, preparedJournal, type WarmResult } from './warm.ts';

const REQUIRED_MS = { hot: 400, warm: 140_000, cold: 1_020_000 };
const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'warm' },
    orders: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    tail: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '50' },
    'open-orders': { type: 'string', default: '10000' },
    positions: { type: 'string', default: '500' },
    fills: { type: 'string', default: '100000' },
    keep: { type: 'string', default: '' },
    timing: { type: 'string', default: 'colocated' },
    sources: { type: 'boolean', default: false },
    prepared: { type: 'string' },
    'no-rehearsal': { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const results = await measured();
  const { mode, rounds, seconds, tail } = values;
  const settings = { mode, rounds: Number(rounds), tailEntries: Number(tail), seconds: Number(seconds) };
  const report = { schemaVersion: 2, machine: machineFacts(), settings, requiredMs: REQUIRED_MS, results };
  console.log(JSON.stringify(report.machine));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function measured(): Promise<unknown> {
  switch (values.mode) {
    case 'warm':
      return warm();
    case 'cold': {
      const result: ColdResult = await measureCold({
        rounds: Number(values.rounds),
        openOrders: Number(values['open-orders']),
        positions: Number(values.positions),
        fills: Number(values.fills),
        program: batonProgram(values.sources),
        keep: values.keep,
        timing: values.timing,
      });
      console.log(coldText(result, REQUIRED_MS.cold));
      return result;
    }
    case 'overhead': {
      const result = await measureOverhead(Number(values.seconds), batonProgram(values.sources));
      console.log(overheadText(result));
      return result;
    }
    case 'pause': {
      const result = await measurePause({
        orders: Number(values.orders),
        rounds: Number(values.rounds),
        seconds: Number(values.seconds),
        ordersPerSecond: Number(values.rate),
        preparedFolder: values.prepared ?? '',
        program: batonProgram(values.sources),
      });
      console.log(pauseText(result));
      return result;
    }
    default:
      throw new Error(`--mode is ${values.mode}, expected warm, cold, overhead or pause (hot: npm run bench:failover)`);
  }
}

async function warm(): Promise<WarmResult[]> {
  const preparedFolder = values.prepared ?? mkdtempSync(join(tmpdir(), 'baton-prepared-'));
  const results: WarmResult[] = [];
  try {
    for (const orders of values.orders.split(',').map(Number)) {
      const rehearse = values['no-rehearsal'] !== true;
      const settings = {
        orders,
        rounds: Number(values.rounds),
        tailEntries: Number(values.tail),
        preparedFolder,
        rehearse,
        program: batonProgram(values.sources),
      };
      if (values.prepare) {
        console.log(`${orders} orders: ${JSON.stringify(await preparedJournal(settings))}`);
        continue;
      }
      const result = await measureWarm(settings);
      console.log(warmText(result));
      results.push(result);
    }
  } finally {
    if (values.prepared === undefined) rmSync(preparedFolder, { recursive: true, force: true });
  }
  return results;
}

function warmText({ gateOpenMs, orders, prepared, recoveryMs, rounds }: WarmResult): string {
  const { checkpointIndex, checkpointSizeBytes, lastIndex } = prepared;
  const list = (name: 'coreStartMs' | 'coreRssMb'): string => rounds.map((round) => round[name]).join(', ');
  return `warm restart, ${orders} orders in the log since start: log to entry ${lastIndex}, checkpoint of ${checkpointIndex} (${checkpointSizeBytes} bytes)
  start of the processes → gate open: p50 ${gateOpenMs.p50}, p90 ${gateOpenMs.p90}, max ${gateOpenMs.max} ms (n=${gateOpenMs.n}); required ${REQUIRED_MS.warm} ms
  → core begins to run: ${list('coreStartMs')} ms
  first to last step of the recovery in the log: p50 ${recoveryMs.p50}, max ${recoveryMs.max} ms
  resident memory of the leader's core: ${list('coreRssMb')} MB`;
}

await main();
process.exit(0);
