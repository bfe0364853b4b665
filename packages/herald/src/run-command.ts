/**
 * Runs a program, without a shell, for a bounded time: what it is about goes in by environment and standard input. When the
 * time is over, or the caller gives up, its whole process group is killed.
 */
import { spawn } from 'node:child_process';

export interface CommandRun {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Added to a small environment: PATH, HOME, LANG. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
  readonly signal: AbortSignal;
}

const STDERR_KEPT = 500;
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const;

/** Resolves with '' when it ended with 0, else with what went wrong. Never rejects. */
export function runCommand({ command, environment, input, signal }: CommandRun): Promise<string> {
  const [program = '', ...args] = command;
  const inherited = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(`${program} was not started: too late`);
    const child = spawn(program, args, {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    let told = '';
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const end = (problem: string): void => {
      signal.removeEventListener('abort', kill);
      resolve(problem);
    };
    signal.addEventListener('abort', kill, { once: true });
    child.stderr.on('data', (bytes: Buffer) => {
      told = `${told}${bytes.toString()}`.slice(0, STDERR_KEPT);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => end(`${program} cannot be run (${error.code})`));
    // Not 'close': a grandchild that keeps our pipe open must not keep us waiting.
    child.on('exit', (code, killer) => {
      child.stderr.destroy();
      if (code === 0) end('');
      else if (signal.aborted) end(`${program} took too long and was killed`);
      else end(`${program} ended with ${killer ?? code}${told === '' ? '' : `: ${told.trim()}`}`);
    });
  });
}
