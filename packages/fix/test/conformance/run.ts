// npm run conformance:fix -- [--mode virtual|sockets|both] [FOLDER|FILE …]
// Runs QuickFIX acceptance cases against our acceptor: without I/O on virtual
// time, and over real loopback sockets. Without a path: all cases of the
// conformance folder. Exit code 0 only if there were cases and all passed.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, conformanceDirectory, findScripts, loadCase } from './profile.ts';
import { runSockets } from './socket-mode.ts';
import { runVirtual } from './virtual-mode.ts';

/** Scripts that wait for real heartbeats take half a minute; the others milliseconds. */
const SOCKET_CONCURRENCY = 24;

interface Tally {
  passed: number;
  failed: number;
}

async function runOne(tally: Tally, mode: string, path: string, run: (script: Case) => Promise<string | undefined>) {
  let fault: string | undefined;
  try {
    fault = await run(loadCase(path));
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  if (fault === undefined) {
    tally.passed++;
  } else {
    tally.failed++;
    console.log(`FAIL ${mode} ${relative(process.cwd(), path)}\n     ${fault}`);
  }
}

async function runInParallel(paths: readonly string[], act: (path: string) => Promise<void>): Promise<void> {
  const queue = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      await act(path);
    }
  };
  await Promise.all(Array.from({ length: SOCKET_CONCURRENCY }, worker));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { mode: { type: 'string', default: 'both' } },
    allowPositionals: true,
  });
  const { mode } = values;
  if (!['virtual', 'sockets', 'both'].includes(mode)) {
    console.error(`--mode is '${mode}', expected virtual, sockets or both`);
    return 2;
  }
  const targets = positionals.length > 0 ? positionals : [join(conformanceDirectory(), 'quickfix')];
  const absent = targets.filter((target) => !existsSync(target));
  if (absent.length > 0 && positionals.length === 0) {
    console.log('no data: set CONFORMANCE_DIR, or name files; 1 set of cases skipped');
    console.log('0 passed, 0 failed');
    return 0;
  }
  if (absent.length > 0) {
    console.error(`no conformance cases at ${absent.join(', ')}; name a folder or file, or set CONFORMANCE_DIR`);
    return 2;
  }
  const paths = targets.flatMap(findScripts);
  const tally: Tally = { passed: 0, failed: 0 };
  if (mode !== 'sockets') {
    const began = performance.now();
    for (const path of paths) {
      await runOne(tally, 'virtual', path, async (script) => runVirtual(script));
    }
    console.log(`virtual: ${paths.length} cases in ${Math.round(performance.now() - began)} ms`);
  }
  if (mode !== 'virtual') {
    const began = performance.now();
    await runInParallel(paths, (path) => runOne(tally, 'sockets', path, runSockets));
    console.log(`sockets: ${paths.length} cases in ${Math.round(performance.now() - began)} ms`);
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

process.exitCode = await main();
