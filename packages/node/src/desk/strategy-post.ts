/**
 * A strategy's post at the desk: its thread, watched. Rules decided here: a thread that does not answer in time is ended, it
 * loops; one that was ended, threw or ran out of memory is started again after a pause, unless it has failed too often in
 * the last minute, or its policy is to halt. Whatever happens, the log names the strategy and the reason.
 */
import { Worker } from 'node:worker_threads';
import type { Subscriptions } from '@baton/strategy';
import type { StrategyPlan } from '../configuration/plan.ts';
import type { DeskToWorker, WorkerToDesk } from './worker-protocol.ts';

/** A hook of this length has no place beside a market: it is taken for endless. */
const STUCK_MS = 2_000;
const PING_EVERY_MS = 250;
const RESTART_MS = 500;
const FAILURES_MAX = 3;
const FAILURES_WINDOW_MS = 60_000;

export interface StrategyPostOptions {
  readonly socket: string;
  readonly plan: StrategyPlan;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Its thread runs, and wants this of the market. */
  readonly ready: (subscriptions: Subscriptions) => void;
  /** It is not started again. */
  readonly halted: (reason: string) => void;
}

export class StrategyPost {
  readonly #options: StrategyPostOptions;
  #worker: Worker | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #lastPongMs = 0;
  #failuresMs: number[] = [];
  #isStopped = false;

  constructor(options: StrategyPostOptions) {
    this.#options = options;
  }

  start(): void {
    const { plan, socket } = this.#options;
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./strategy-worker${ending}`, import.meta.url), {
      name: plan.id,
      workerData: { socket, plan },
      resourceLimits: { maxOldGenerationSizeMb: plan.memoryMb },
    });
    this.#worker = worker;
    this.#lastPongMs = performance.now();
    worker.on('message', (message: WorkerToDesk) => this.#hear(worker, message));
    worker.on('error', (error) => this.#failed(worker, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#failed(worker, `its thread ended with code ${code}`));
    this.#pinging = setInterval(() => this.#ping(worker), PING_EVERY_MS);
  }

  send(message: DeskToWorker): void {
    this.#worker?.postMessage(message);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#pinging);
    void this.#worker?.terminate();
  }

  #hear(worker: Worker, message: WorkerToDesk): void {
    this.#lastPongMs = performance.now();
    switch (message.type) {
      case 'ready':
        this.#options.ready(message.subscriptions);
        return;
      case 'unusable':
        this.#halt(worker, message.reason);
        return;
      case 'halted':
        this.#failed(worker, `threw: ${message.reason}`);
        return;
      case 'cutOff':
        this.#failed(worker, 'the core closed its line');
        return;
      case 'pong':
    }
  }

  /** A thread that is being ended, or whose machine stood still, is not judged. */
  #ping(worker: Worker): void {
    const silentMs = performance.now() - this.#lastPongMs;
    if (silentMs > STUCK_MS) this.#failed(worker, `does not answer for ${Math.round(silentMs)} ms: it loops`);
    else worker.postMessage({ type: 'ping' } satisfies DeskToWorker);
  }

  #failed(worker: Worker, reason: string): void {
    if (this.#worker !== worker || this.#isStopped) return;
    this.#end(worker);
    const nowMs = performance.now();
    this.#failuresMs = [...this.#failuresMs.filter((atMs) => nowMs - atMs < FAILURES_WINDOW_MS), nowMs];
    if (this.#options.plan.onFailure === 'halt' || this.#failuresMs.length > FAILURES_MAX) {
      this.#options.halted(reason);
      return;
    }
    this.#options.log('error', `${reason}; started again in ${RESTART_MS} ms`);
    setTimeout(() => {
      if (!this.#isStopped) this.start();
    }, RESTART_MS);
  }

  #halt(worker: Worker, reason: string): void {
    this.#end(worker);
    this.#options.halted(reason);
  }

  #end(worker: Worker): void {
    clearInterval(this.#pinging);
    this.#worker = undefined;
    void worker.terminate();
  }
}
