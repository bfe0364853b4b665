/**
 * `npm run sim:mutants -- [--hours H] [--jobs J] [WORD …]`: plants each seeded bug and plays random runs, seed after seed,
 * until a law breaks or H simulated hours have passed. Prints for each bug which law found it and how much simulated time
 * that took; exits with 1 if any was not found. Words choose bugs by their names.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './table.ts';

/** What `npm run sim -- --json` says at its end. */
interface Summary {
  readonly runs: number;
  readonly simulatedMs: number;
  readonly failed: readonly { readonly seed: number; readonly profile: string; readonly fault: string }[];
}

const { values, positionals } = parseArgs({
  options: {
    hours: { type: 'string', default: '2' },
    jobs: { type: 'string', default: '2' },
    ticks: { type: 'string', default: '20000' },
  },
  allowPositionals: true,
});
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const chosen = MUTANTS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
const waiting = [...chosen];
const missed: string[] = [];
let totalMs = 0;

async function judge(mutant: Mutant): Promise<void> {
  const summary = await play(mutant);
  totalMs += summary.simulatedMs;
  const minutes = (summary.simulatedMs / 60_000).toFixed(1).padStart(6);
  const [first] = summary.failed;
  if (first === undefined) missed.push(mutant.name);
  const how = first === undefined ? 'NOT FOUND' : `seed ${first.seed} ${first.profile}: ${first.fault.slice(0, 90)}`;
  console.log(`${minutes} simulated min, ${String(summary.runs).padStart(3)} runs  ${mutant.name}\n       ${how}`);
}

function play(mutant: Mutant): Promise<Summary> {
  const args = ['--import', fileOf('planted.ts'), fileOf('../workload/main.ts')];
  const options = [
    '--seeds',
    '1000000',
    '--ticks',
    values.ticks,
    '--hours',
    values.hours,
    '--workers',
    '1',
    '--first',
    '--json',
  ];
  const child = spawn(process.execPath, [...args, ...options], {
    env: { ...process.env, BATON_MUTANT: mutant.name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (bytes) => {
    out += bytes;
  });
  child.stderr.on('data', (bytes) => {
    errors += bytes;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      const line = out.trimEnd().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line) as Summary);
      else
        reject(
          new Error(`"${mutant.name}" ended with ${code} and no summary:\n${out.slice(-500)}\n${errors.slice(-2000)}`),
        );
    });
  });
}

async function work(): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) await judge(mutant);
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const hours = (totalMs / 3_600_000).toFixed(2);
console.log(`\n${chosen.length - missed.length} of ${chosen.length} seeded bugs found, in ${hours} simulated hours`);
for (const name of missed) console.log(`  not found: ${name}`);
if (missed.length > 0) process.exitCode = 1;
