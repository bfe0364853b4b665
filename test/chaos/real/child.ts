/**
 * One process of the cluster as a supervisor has it: started, logged to a file, started again when it ends, with everything
 * it left behind ended first (as a service manager does, by control group; here by the processes' own family tree).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { readProcessStat } from '@baton/host/node';

export interface ChildOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly log: string;
  /** Before a process that ended is started again; null: it stays down. */
  readonly restartDelayMs: number | null;
  readonly ended?: (exit: ChildExit) => void;
}

export interface ChildExit {
  readonly name: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export class Child {
  readonly #options: ChildOptions;
  #child: ChildProcess | undefined;
  #family: readonly Kin[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Not before this moment is it started again. */
  #downUntilMs = 0;
  #isWanted = false;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** 0 while it is down. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): void {
    this.#isWanted = true;
    clearTimeout(this.#timer);
    if (this.#child !== undefined) return;
    const { command, environment = {}, log } = this.#options;
    const [program = '', ...args] = command;
    const file = openSync(log, 'a');
    // A pipe that closes with this process, however that ends; and a session of its own, out of Ctrl-C's reach.
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { stdio: ['pipe', file, file], detached: true, env });
    closeSync(file);
    child.stdin?.on('error', () => {});
    child.on('error', () => {});
    child.once('exit', (code, signal) => this.#ended(code, signal));
    this.#child = child;
  }

  /** It, its children and theirs, as they are now; remembered until it is started again. */
  family(): readonly number[] {
    if (this.pid === 0) return [];
    const pids = [this.pid, ...descendantsOf(this.pid)];
    this.#family = pids.map((pid) => ({ pid, born: birthOf(pid) }));
    return pids;
  }

  /** Whoever harms it says how long it stays down. */
  holdDown(ms: number): void {
    this.#downUntilMs = Math.max(this.#downUntilMs, performance.now() + ms);
  }

  /** SIGTERM, after `graceMs` SIGKILL for all that is left; resolves when it is gone and is not started again. */
  async stop(graceMs: number): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    const child = this.#child;
    this.family();
    if (child !== undefined) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(killer);
    }
    this.#bury();
  }

  /** A supervisor leaves nothing of the last life when it begins the next; a number that is somebody else's now is spared. */
  #bury(): void {
    for (const { pid, born } of this.#family) if (birthOf(pid) === born) signalTo(pid, 'SIGKILL');
    this.#family = [];
  }

  #ended(code: number | null, signal: string | null): void {
    this.#child = undefined;
    const { ended, name, restartDelayMs } = this.#options;
    ended?.({ name, code, signal });
    if (!this.#isWanted || restartDelayMs === null) return;
    const waitMs = Math.max(restartDelayMs, this.#downUntilMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#bury();
      this.start();
    }, waitMs);
  }
}

/** Process ids are given again: a process is known by its id and when it began. */
interface Kin {
  readonly pid: number;
  /** Ticks since the machine's start; '' if it is gone. */
  readonly born: string;
}

function birthOf(pid: number): string {
  try {
    return readProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).startedTicks;
  } catch {
    return '';
  }
}

/** Sends a signal; false if there is no such process. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function descendantsOf(pid: number): readonly number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap((child) => descendantsOf(child))];
}

/** A process of `pid`'s children whose command line has a text; 0 if none has. */
export function childWith(pid: number, text: string): number {
  return childrenOf(pid).find((child) => commandLineOf(child).includes(text)) ?? 0;
}

function childrenOf(pid: number): readonly number[] {
  try {
    // Children belong to the thread that made them.
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
