/**
 * `npm run sim -- --seeds N --ticks T [--seed S] [--profile P] [--minutes M] [--hours H] [--workers W] [--timing PRESET]
 * [--rhythm R] [--faults KIND,…] [--first] [--quiet] [--json] [--replay FILE]`: random orders and random faults on whole clusters, every law
 * looked after. A tick is a simulated millisecond. A failure prints its seed, what broke and the last events, and writes its
 * scenario, made smaller, to a file for `--replay`. Exit code 1 when anything failed. `--hours` ends after so much simulated
 * time, `--first` at the first failure (as it is, not made smaller); `--workers` is the number of threads, by default that
 * of the cores; `--quiet` tells progress each half minute instead of each seed; `--json` says at the end what was found, as
 * one line.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { PROFILES } from '@baton/profiles';
import { notPlayed } from '../world/setup.ts';
import { playAll } from './crew.ts';
import { FAULT_KINDS } from './fault.ts';
import { RHYTHMS } from './rhythm.ts';
import type { Scenario, Wishes } from './scenario.ts';
import { playScenario, type SeedReport, type SeedTask } from './seed-report.ts';
import { Totals } from './totals.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    ticks: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
    minutes: { type: 'string' },
    hours: { type: 'string' },
    workers: { type: 'string' },
    timing: { type: 'string' },
    rhythm: { type: 'string' },
    faults: { type: 'string' },
    first: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});

const TOLD_EVERY_MS = 30_000;
const TIMINGS = ['colocated', 'spare-cores', 'lan', 'wan', 'requirements'] as const;
const totals = new Totals();
let toldMs = 0;

function oneOf<Item extends string>(
  option: string,
  text: string | undefined,
  items: readonly Item[],
): Item | undefined {
  const found = items.find((item) => item === text);
  if (text !== undefined && found === undefined)
    throw new RangeError(`${option} is '${text}': expected ${items.join()}`);
  return found;
}

function tell(report: SeedReport): void {
  totals.add(report);
  if (!values.quiet) console.log(report.line);
  else if (totals.wallMs - toldMs > TOLD_EVERY_MS) {
    toldMs = totals.wallMs;
    console.log(totals.progress());
  }
  if (report.faults.length > 0) tellFailure(report);
}

function tellFailure({ faults, line, profile, scenario, seed, tail }: SeedReport): void {
  console.log(`\nFAILED ${line}`);
  for (const text of faults.slice(0, 10)) console.log(`  ${text}`);
  console.log(tail.map((event) => `    ${event}`).join('\n'));
  if (scenario === undefined || values.replay !== undefined || values.first) return;
  const file = `sim-failure-${profile}-${seed}.json`;
  writeFileSync(file, JSON.stringify(scenario, null, 1));
  const { actions, asks, faults: left } = scenario;
  console.log(
    `  made smaller: ${actions.length} actions, ${left.length} faults, ${asks.length} asks: npm run sim -- --replay ${file}`,
  );
  for (const fault of left.slice(0, 12)) console.log(`    ${JSON.stringify(fault)}`);
}

/** The next seed, as long as there is time. */
function tasks(): () => SeedTask | undefined {
  const played = PROFILES.filter((profile) => notPlayed(profile) === '').map(({ name }) => name);
  const profiles = values.profile === undefined ? played : [values.profile];
  const timing = oneOf('--timing', values.timing, TIMINGS);
  const rhythm = oneOf('--rhythm', values.rhythm, RHYTHMS);
  const kinds = values.faults?.split(',').map((kind) => oneOf('--faults', kind, FAULT_KINDS) ?? 'kill');
  const wishes: Wishes = { ...(timing && { timing }), ...(rhythm && { rhythm }), ...(kinds && { kinds }) };
  const last = values.minutes === undefined ? Number(values.seed) + Number(values.seeds) : Number.POSITIVE_INFINITY;
  let seed = Number(values.seed);
  return () => {
    const isTimeUp =
      (values.minutes !== undefined && totals.wallMs > Number(values.minutes) * 60_000) ||
      (values.hours !== undefined && totals.simulatedMs > Number(values.hours) * 3_600_000) ||
      (values.first && totals.failed.length > 0);
    if (isTimeUp || seed >= last) return undefined;
    const profile = profiles[seed % profiles.length] ?? '';
    const task = { seed, profile, ticks: Number(values.ticks), wishes, shrinks: !values.first };
    seed += 1;
    return task;
  };
}

if (values.replay !== undefined) {
  tell(await playScenario(JSON.parse(readFileSync(values.replay, 'utf8')) as Scenario, false));
} else {
  const workers = Number(values.workers ?? availableParallelism());
  await playAll(workers, tasks(), tell);
}

console.log(`\n${totals.lines().join('\n')}`);
if (values.json) console.log(JSON.stringify(totals.summary()));
if (totals.failed.length > 0) process.exitCode = 1;
