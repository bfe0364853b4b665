/**
 * `npm run sim:mutants -- [--hours H] [--jobs J] [--ticks T] [WORD …]`: plants each seeded bug and plays random runs, seed
 * after seed, until a law breaks or H simulated hours have passed; a bug that names rows of the matrix is looked for there
 * first. Prints a table: what found each bug, after how many simulated hours. Exits with 1 if any was not found. Words choose
 * bugs by their names.
 */
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.ts';
import { type Finding, findAtRandom, findInMatrix } from './planted-run.ts';
import { MUTANTS } from './table.ts';

const { values, positionals } = parseArgs({
  options: {
    hours: { type: 'string', default: '4' },
    jobs: { type: 'string', default: '2' },
    ticks: { type: 'string', default: '30000' },
  },
  allowPositionals: true,
});
const HOUR_MS = 3_600_000;
const chosen = MUTANTS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
const waiting = [...chosen];
const missed: string[] = [];
let totalMs = 0;

async function judge(mutant: Mutant): Promise<void> {
  const atRows = mutant.rows === undefined ? undefined : await findInMatrix(mutant);
  const finding =
    atRows === undefined || atRows.by === '' ? await findAtRandom(mutant, values.hours, values.ticks) : atRows;
  totalMs += finding.simulatedMs;
  if (finding.by === '') missed.push(mutant.name);
  console.log(rowOf(mutant, finding));
}

function rowOf({ name }: Mutant, { by, runs, simulatedMs }: Finding): string {
  return `| ${name} | ${(simulatedMs / HOUR_MS).toFixed(3)} | ${runs} | ${by === '' ? '**not found**' : by.replaceAll('|', '/')} |`;
}

async function work(): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) await judge(mutant);
}

console.log('| seeded bug | simulated hours | runs | found by |\n|---|---|---|---|');
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const hours = (totalMs / HOUR_MS).toFixed(2);
console.log(`\n${chosen.length - missed.length} of ${chosen.length} seeded bugs found, in ${hours} simulated hours`);
for (const name of missed) console.log(`  not found: ${name}`);
if (missed.length > 0) process.exitCode = 1;
