/**
 * The deterministic venue on which a strategy is tested, as a process of its own. It is made of the simulator, which is never
 * deployed: it is looked for when it is wanted, and only a checkout has it. A strategy that never returns costs this process
 * nothing, and is ended after a limit.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandOutput } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

const ENTRY = '@baton/sim/strategy';

export interface StrategyTestOrder {
  readonly file: string;
  /** Options of the test, as the simulator takes them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly form: 'text' | 'json';
  readonly limitMs: number;
}

/** Resolves with the program's exit code. */
export function runStrategyTest(order: StrategyTestOrder, { err, out }: CommandOutput): Promise<number> {
  const { file, form, limitMs, options } = order;
  const child = spawn(process.execPath, [program(), file, JSON.stringify(options), form], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (bytes: Buffer) => out.write(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.write(bytes));
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      child.kill('SIGKILL');
      err.write(`not done after ${limitMs} ms and ended: a hook that never returns? Fewer --seconds take less time.\n`);
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(tooLong);
      resolve(code ?? ExitCode.failed);
    });
  });
}

function program(): string {
  try {
    const main = fileURLToPath(new URL('./main.ts', import.meta.resolve(ENTRY)));
    if (existsSync(main)) return main;
  } catch {
    // Not installed: told below.
  }
  throw new CliError('BATON_CLI_NOT_INSTALLED', `looked for ${ENTRY}, which this installation does not have`, {
    exitCode: ExitCode.inputMissing,
    remedy: 'run from a checkout of the project: the simulator is not deployed',
  });
}
