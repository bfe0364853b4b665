/**
 * The data folder of a local cluster before it starts: refused while another cluster runs from it, and cleared of what an
 * earlier one left, by removal or by setting it aside.
 */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './errors.ts';
import { isProcessAlive, RUN_FILE_NAME, type RunFile, readRunFile } from './run-file.ts';

const PREVIOUS = 'previous';

/**
 * Makes the folder ready for a new cluster; `fresh` removes what an earlier one left instead of setting it aside.
 * @throws CliError BATON_CLI_ALREADY_RUNNING when a cluster runs from it.
 */
export function prepareDataFolder(dataFolder: string, fresh: boolean): void {
  mkdirSync(dataFolder, { recursive: true });
  const runFile = fresh ? tolerantRunFile(dataFolder) : readRunFile(dataFolder);
  if (runFile !== null && runFile.pid !== process.pid && isProcessAlive(runFile.pid)) {
    throw new CliError(
      'BATON_CLI_ALREADY_RUNNING',
      `a cluster already runs from ${dataFolder} (process ${runFile.pid})`,
      {
        remedy:
          'stop it first (Ctrl-C in its terminal), or choose another folder with --data; ' +
          `if that process is something else, remove ${join(dataFolder, RUN_FILE_NAME)}`,
      },
    );
  }
  if (fresh) removeEarlier(dataFolder);
  else setEarlierAside(dataFolder);
}

/** With --fresh a damaged run file is no reason to refuse: it goes with the rest. */
function tolerantRunFile(dataFolder: string): RunFile | null {
  try {
    return readRunFile(dataFolder);
  } catch {
    return null;
  }
}

/** Only what a local cluster writes: a folder named by mistake keeps its other contents. */
function earlierContents(dataFolder: string): string[] {
  return readdirSync(dataFolder).filter((name) => /^(n\d+|logs|cluster\.(json|yaml))$/.test(name));
}

function removeEarlier(dataFolder: string): void {
  for (const name of earlierContents(dataFolder)) rmSync(join(dataFolder, name), { recursive: true, force: true });
  rmSync(join(dataFolder, PREVIOUS), { recursive: true, force: true });
}

/**
 * The simulated venue forgets everything when it stops, so ledgers of an earlier run know orders and sequence numbers
 * that the venue of the next does not. They are kept for reading, one run back.
 */
function setEarlierAside(dataFolder: string): void {
  const names = earlierContents(dataFolder);
  if (names.length === 0) return;
  const previous = join(dataFolder, PREVIOUS);
  rmSync(previous, { recursive: true, force: true });
  mkdirSync(previous);
  for (const name of names) renameSync(join(dataFolder, name), join(previous, name));
}
