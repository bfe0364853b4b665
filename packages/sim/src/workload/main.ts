/**
 * `npm run sim -- --seeds N --ticks T [--seed S] [--profile P] [--minutes M] [--hours H] [--first] [--json]
 * [--replay FILE]`: random orders and random
 * faults on whole clusters, every law looked after. A tick is a simulated millisecond. A failure prints its seed, what broke
 * and the last events, and writes its scenario, made smaller, to a file for `--replay`. Exit code 1 when anything failed.
 * `--hours` ends after so much simulated time, `--first` at the first failure (as it is, not made smaller); `--json` says at
 * the end what was found, as one line.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PROFILES } from '@baton/profiles';
import { notPlayed } from '../world/setup.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    ticks: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
    minutes: { type: 'string' },
    hours: { type: 'string' },
    first: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});

const played = PROFILES.filter((profile) => notPlayed(profile) === '').map(({ name }) => name);
const profiles = values.profile === undefined ? played : [values.profile];
const faultCounts = new Map<string, number>();
const startedMs = performance.now();
const startedCpuUs = process.cpuUsage().user;
let simulatedMs = 0;
const failed: { readonly seed: number; readonly profile: string; readonly fault: string }[] = [];
let runs = 0;

function count(outcome: Outcome): void {
  runs += 1;
  simulatedMs += outcome.simulatedMs;
  for (const [kind, times] of outcome.counts) faultCounts.set(kind, (faultCounts.get(kind) ?? 0) + times);
}

async function fail(outcome: Outcome): Promise<void> {
  const { seed, profile, ticks } = outcome.scenario;
  failed.push({ seed, profile, fault: outcome.faults[0] ?? '' });
  console.log(`\nFAILED seed ${seed}, profile ${profile}, ticks ${ticks}`);
  for (const text of outcome.faults.slice(0, 10)) console.log(`  ${text}`);
  console.log(outcome.tail.map((line) => `    ${line}`).join('\n'));
  if (values.replay !== undefined || values.first) return;
  const smaller = await shrink(outcome);
  const file = `sim-failure-${profile}-${seed}.json`;
  writeFileSync(file, JSON.stringify(smaller.scenario, null, 1));
  const { actions, faults } = smaller.scenario;
  console.log(`  made smaller: ${actions.length} actions, ${faults.length} faults: npm run sim -- --replay ${file}`);
  for (const fault of faults.slice(0, 12)) console.log(`    ${JSON.stringify(fault)}`);
}

async function play(scenario: Scenario): Promise<void> {
  const outcome = await simulate(scenario);
  count(outcome);
  const { entries, hash, orders, takeovers } = outcome;
  const what = `${entries} entries, ${orders} intents, ${takeovers} takeovers, ${hash}`;
  console.log(`seed ${scenario.seed} ${scenario.profile} ${scenario.nodeCount} nodes ${scenario.timing}: ${what}`);
  if (outcome.faults.length > 0) await fail(outcome);
}

if (values.replay !== undefined) {
  await play(JSON.parse(readFileSync(values.replay, 'utf8')) as Scenario);
} else {
  const first = Number(values.seed);
  const isTimeUp = (): boolean =>
    (values.minutes !== undefined && performance.now() - startedMs > Number(values.minutes) * 60_000) ||
    (values.hours !== undefined && simulatedMs > Number(values.hours) * 3_600_000) ||
    (values.first && failed.length > 0);
  const seeds = values.minutes === undefined ? Number(values.seeds) : Number.POSITIVE_INFINITY;
  for (let n = 0; n < seeds && !isTimeUp(); n++) {
    const seed = first + n;
    await play(drawScenario(seed, Number(values.ticks), profiles[seed % profiles.length] ?? ''));
  }
}

const cpuS = (process.cpuUsage().user - startedCpuUs) / 1e6;
const kinds = [...faultCounts].sort(([, a], [, b]) => b - a).map(([kind, times]) => `${kind} ${times}`);
console.log(
  `\n${runs} runs, ${(simulatedMs / 3_600_000).toFixed(2)} simulated hours in ${cpuS.toFixed(1)} s of CPU (${Math.round(simulatedMs / 1000 / cpuS)} s a second), ${failed.length} failed`,
);
console.log(`faults: ${kinds.join(', ')}`);
if (values.json) console.log(JSON.stringify({ runs, simulatedMs, failed }));
if (failed.length > 0) process.exitCode = 1;
