// A server process of a peer: started in a session of its own, its output in a file, ended by pid.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const END_GRACE_MS = 10_000;

export class Child {
  readonly #process: ChildProcess;

  constructor(program: string, args: readonly string[], logFile: string, environment: Record<string, string> = {}) {
    const log = openSync(logFile, 'a');
    const env = { ...process.env, ...environment };
    this.#process = spawn(program, args, { stdio: ['ignore', log, log], detached: true, env });
    this.#process.on('error', () => {});
    closeSync(log);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async ended(): Promise<void> {
    if (!this.hasEnded) await once(this.#process, 'exit');
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.#process.kill('SIGTERM');
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), END_GRACE_MS);
    await this.ended();
    clearTimeout(killer);
  }
}

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** Asks again and again until something is so; a peer tells nobody when it is ready. */
export async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last = '';
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      last = String(error);
    }
    await delay(20);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}${last === '' ? '' : `: ${last}`}`);
}
