/**
 * npm run mutants:raft -- [--first] [--suites=a,b] [WORD …]: applies each seeded bug to a copy of the package in a
 * temporary folder, runs the tests there and says which catch it. --first stops at the first that does; words select
 * bugs by name. One bug at a time, one test file at a time. Exits with 1 if any bug is caught by nothing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './table.ts';

const PACKAGE = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const ROOT = resolve(PACKAGE, '../..');

/** Test files by suite, quickest first. Sizes are smaller than in a full run: a bug should show soon. */
function suites(folder: string): Map<string, string[]> {
  const units = readdirSync(join(folder, 'src')).filter((name) => name.endsWith('.test.ts'));
  return new Map([
    ['tables', units.map((name) => join('src', name))],
    ['paper', ['test/paper-elections.test.ts', 'test/paper-replication.test.ts', 'test/thesis.test.ts']],
    ['beyond', ['test/succession.test.ts', 'test/refusals.test.ts']],
    ['conformance', ['test/conformance/conformance.test.ts']],
    ['explorer', ['test/explorer/explorer.test.ts']],
    ['simulation', ['test/simulation/simulation.test.ts']],
  ]);
}

const ENVIRONMENT = {
  ...process.env,
  CONFORMANCE_DIR: process.env['CONFORMANCE_DIR'] ?? resolve(ROOT, '../shared/conformance'),
  BATON_RAFT_STATES: '6000',
  BATON_RAFT_SEEDS: '150',
};
/** A bug may make a test run for ever: that is caught, too. */
const TIMEOUT_MS = 180_000;

function apply(mutant: Mutant, folder: string): void {
  const path = join(folder, 'src', mutant.file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(mutant.find);
  if (parts.length !== 2) {
    throw new RangeError(
      `bug "${mutant.name}": its text occurs ${parts.length - 1} times in ${mutant.file}, expected once`,
    );
  }
  writeFileSync(path, parts.join(mutant.replace));
}

function fails(folder: string, files: readonly string[]): boolean {
  const args = ['--test', '--test-concurrency=1', ...files];
  const result = spawnSync(process.execPath, args, { cwd: folder, env: ENVIRONMENT, timeout: TIMEOUT_MS });
  return result.status !== 0;
}

function catchers(mutant: Mutant, wanted: readonly string[], firstOnly: boolean): string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-mutant-'));
  try {
    const folder = join(scratch, 'packages/raft');
    mkdirSync(folder, { recursive: true });
    for (const part of ['src', 'test', 'package.json'])
      cpSync(join(PACKAGE, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
    apply(mutant, folder);
    const caught: string[] = [];
    for (const [suite, files] of suites(folder)) {
      if (wanted.length > 0 && !wanted.includes(suite)) continue;
      if (fails(folder, files)) caught.push(suite);
      if (firstOnly && caught.length > 0) break;
    }
    return caught;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function main(args: readonly string[]): number {
  const firstOnly = args.includes('--first');
  const wanted =
    args
      .find((arg) => arg.startsWith('--suites='))
      ?.slice('--suites='.length)
      .split(',') ?? [];
  const words = args.filter((arg) => !arg.startsWith('--'));
  const chosen = MUTANTS.filter(({ name }) => words.every((word) => name.includes(word)));
  let missed = 0;
  for (const [i, mutant] of chosen.entries()) {
    const caught = catchers(mutant, wanted, firstOnly);
    if (caught.length === 0) missed++;
    const verdict = caught.length === 0 ? 'MISSED' : `caught by ${caught.join(', ')}`;
    console.log(`${String(i + 1).padStart(2)}/${chosen.length} ${mutant.name} (${mutant.file}): ${verdict}`);
  }
  console.log(`${chosen.length - missed} caught, ${missed} missed`);
  return missed > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
