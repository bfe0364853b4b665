/** Programs run with a bug planted in them, each in a process of its own: random runs, and rows of the matrix. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';

/** What a bug was found by, or not. */
export interface Finding {
  /** In words; '' when nothing found it. */
  readonly by: string;
  readonly simulatedMs: number;
  readonly runs: number;
}

/** What `npm run sim -- --json` says at its end. */
interface Summary {
  readonly runs: number;
  readonly simulatedMs: number;
  readonly failed: readonly { readonly seed: number; readonly profile: string; readonly fault: string }[];
}

const TEXT_LENGTH_MAX = 100;
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Random runs, seed after seed, until a law breaks or so many simulated hours have passed. */
export async function findAtRandom(mutant: Mutant, hours: string, ticks: string): Promise<Finding> {
  const bounds = ['--seeds', '1000000', '--ticks', ticks, '--hours', hours];
  const out = await run(mutant, '../workload/main.ts', [...bounds, '--workers', '1', '--first', '--json']);
  const { failed, runs, simulatedMs } = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Summary;
  const [first] = failed;
  const by = first === undefined ? '' : `${first.fault} (seed ${first.seed}, ${first.profile})`;
  return { by: by.slice(0, TEXT_LENGTH_MAX).replace(/\s+/g, ' '), simulatedMs, runs };
}

/** The rows of the matrix that the bug names. */
export async function findInMatrix(mutant: Mutant): Promise<Finding> {
  let runs = 0;
  for (const row of mutant.rows ?? []) {
    runs += 1;
    const out = await run(mutant, '../matrix/run.ts', ['--row', row]);
    const failed = out.split('\n').find((line) => line.includes('FAILED'));
    if (failed !== undefined) return { by: `row ${row} of the matrix: ${failed.trim()}`, simulatedMs: 0, runs };
  }
  return { by: '', simulatedMs: 0, runs };
}

/** What the program prints. Rejects when it ends without a word, or by itself. */
function run(mutant: Mutant, program: string, options: readonly string[]): Promise<string> {
  const args = ['--import', fileOf('planted.ts'), fileOf(program), ...options];
  const child = spawn(process.execPath, args, {
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
      // 1: a law broke, or a row failed.
      if (out !== '' && errors === '' && (code === 0 || code === 1)) resolve(out);
      else reject(new Error(`"${mutant.name}" ended with ${code}:\n${out.slice(-500)}\n${errors.slice(-2000)}`));
    });
  });
}
