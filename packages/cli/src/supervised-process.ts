/**
 * One child process, kept alive: started, logged to a file, started again after a delay when it dies, ended on request.
 * The child's standard input is a pipe that nobody writes to: it closes when this process ends, however it ends, and the
 * child then ends too. Children run in a session of their own, so that Ctrl-C reaches only the process that stops them in
 * order. A child that dies at once again and again, or says its configuration is invalid, is given up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { ExitCode } from './exit-code.ts';

export interface SupervisedProcessOptions {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** File that gets the child's output, appended. */
  readonly logFile: string;
  /** Delay before a dead child is started again; null: leave it dead. */
  readonly restartDelayMs: number | null;
}

export interface ProcessExit {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface SupervisedProcessEvents {
  started: [pid: number];
  exited: [exit: ProcessExit];
  /** It will not be started again: it kept dying, or asked not to be. */
  gaveUp: [reason: string];
}

/** Dying sooner than this after its start counts as a failed start. */
const FAILED_START_MS = 2_000;
const FAILED_STARTS_MAX = 5;
/** Exit codes above this are deaths by a signal, as shells and parents count them. */
const SIGNAL_EXIT_BASE = 128;

export class SupervisedProcess extends EventEmitter<SupervisedProcessEvents> {
  readonly name: string;
  readonly logFile: string;
  #command: readonly [string, ...string[]];
  #restartDelayMs: number | null;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wanted = false;
  /** The child, or what it cannot live without, was killed; it is as good as gone. */
  #isDying = false;
  /** A start was asked for while a killed child was not yet gone. */
  #isStartDue = false;
  #starts = 0;
  #failedStarts = 0;
  #startedAtMs = 0;

  constructor(options: SupervisedProcessOptions) {
    super();
    this.name = options.name;
    this.logFile = options.logFile;
    this.#command = options.command;
    this.#restartDelayMs = options.restartDelayMs;
  }

  /** Process id of the child; 0 while it is down. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** Starts the child; does nothing while it runs. A dying child is followed by the next as soon as it is gone. */
  start(): void {
    this.#wanted = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isStartDue = this.#child !== null && this.#isDying;
    if (this.#child !== null) return;
    this.#isDying = false;
    const log = openSync(this.logFile, 'a');
    const [program, ...args] = this.#command;
    const child = spawn(program, args, { stdio: ['pipe', log, log], detached: true });
    closeSync(log);
    this.#child = child;
    this.#starts++;
    this.#startedAtMs = performance.now();
    // A write to a pipe whose reader died must not end us; nothing is written, but the pipe may still report it.
    child.stdin?.on('error', () => {});
    child.once('error', (error) => this.#onExit(child, { pid: 0, code: null, signal: null }, error.message));
    child.once('exit', (code, signal) => this.#onExit(child, { pid: child.pid ?? 0, code, signal }, null));
    if (child.pid !== undefined) this.emit('started', child.pid);
  }

  /** Says that the child was killed from outside: a start asked for from now on is for the next one. */
  expectDeath(): void {
    this.#isDying = this.#child !== null;
  }

  /** Sends a signal; false if there is no process. A SIGKILLed child is restarted like one that died by itself. */
  kill(signal: NodeJS.Signals): boolean {
    if (signal === 'SIGKILL') this.expectDeath();
    return this.#child?.kill(signal) ?? false;
  }

  /** Ends the child with SIGTERM, with SIGKILL after `graceMs`, and does not start it again. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#wanted = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#child === null) return;
    const gone = new Promise<void>((resolve) => this.once('exited', () => resolve()));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(timer);
  }

  #onExit(child: ChildProcess, exit: ProcessExit, startError: string | null): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.emit('exited', exit);
    if (!this.#wanted) return;
    const livedMs = performance.now() - this.#startedAtMs;
    // Killed from outside is not a failed start, however early it comes.
    const isKilled = exit.signal !== null || (exit.code ?? 0) > SIGNAL_EXIT_BASE;
    this.#failedStarts = livedMs < FAILED_START_MS && !isKilled ? this.#failedStarts + 1 : 0;
    const reason = this.#reasonToGiveUp(exit, startError);
    if (reason !== null) {
      this.#wanted = false;
      this.emit('gaveUp', reason);
    } else if (this.#isStartDue) {
      this.start();
    } else if (this.#restartDelayMs !== null) {
      this.#timer = setTimeout(() => this.start(), this.#restartDelayMs * 2 ** this.#failedStarts);
    }
  }

  #reasonToGiveUp(exit: ProcessExit, startError: string | null): string | null {
    if (startError !== null) return `${this.name} cannot be started: ${startError}`;
    if (exit.code === ExitCode.configurationInvalid || exit.code === ExitCode.invariantBroken) {
      return `${this.name} ended with exit code ${exit.code}`;
    }
    if (this.#failedStarts < FAILED_STARTS_MAX) return null;
    return `${this.name} ended ${FAILED_STARTS_MAX} times right after its start`;
  }
}
