/**
 * A strategy's post at the desk: its thread, watched. Rules decided here: a thread that does not answer in time is ended, it
 * loops; one that was ended, threw, flooded the core, cannot keep up or ran out of memory is started again after a pause
 * that grows, unless it has failed too often in the last minute, or its policy is to halt. Code that is not on this node is
 * looked for again. Whatever happens, the log and the status name the strategy and the reason.
 */
import { Worker } from 'node:worker_threads';
import type { Bar, Subscriptions } from '@baton/strategy';
import type { StrategyIntent } from '@baton/strategy/runner';
import type { PostPlan } from './post-plan.ts';
import type { PostStatus, WarmUpStatus } from './steering.ts';
import type { DeskToWorker, WorkerToDesk } from './worker-protocol.ts';

/** A hook of this length has no place beside a market: it is taken for endless. */
const STUCK_MS = 2_000;
/** So many questions must have gone unanswered: a desk that was itself kept from the processor asked fewer. */
const STUCK_PINGS = 6;
/** Loading and compiling takes its time on a busy machine, and nothing waits for it. */
const LOADING_MS = 30_000;
/** A hook of this length makes the strategy late for what comes next: told, not punished. */
const SLOW_MS = 100;
const SLOW_TOLD_EVERY_MS = 10_000;
/** More inputs than this wait: it will not catch up, and what it decides is old. */
const WAITING_MAX = 20_000;
const PING_EVERY_MS = 250;
const RESTART_MS = 500;
const FAILURES_MAX = 3;
const FAILURES_WINDOW_MS = 60_000;
const CODE_LOOKED_FOR_EVERY_MS = 5_000;
/** The core tells on another line why it closed a strategy's. */
const REASON_WAIT_MS = 200;
const COLD: WarmUpStatus = { isOver: false, bars: 0, problem: '' };
/** A strategy that is taken away may say goodbye. */
const STOP_MS = 200;

export interface StrategyPostOptions {
  readonly socket: string;
  readonly plan: PostPlan;
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Its thread runs, and wants this of the market. */
  readonly ready: (subscriptions: Subscriptions) => void;
  /** It runs on, and wants other market data than before. */
  readonly subscribed: (subscriptions: Subscriptions) => void;
  readonly decided: (intent: StrategyIntent) => void;
  /** It is not started again. */
  readonly halted: (reason: string) => void;
}

export class StrategyPost {
  readonly #options: StrategyPostOptions;
  plan: PostPlan;
  #worker: Worker | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #starting: NodeJS.Timeout | undefined;
  #lastPongMs = 0;
  #unansweredPings = 0;
  #failuresMs: number[] = [];
  #isStopped = false;
  #state: PostStatus['state'] = 'starting';
  #reason = '';
  #restarts = 0;
  #slowest = { ms: 0, input: '' };
  #slowToldMs = Number.NEGATIVE_INFINITY;
  #waiting = 0;
  #warmUp = COLD;

  constructor(options: StrategyPostOptions) {
    this.#options = options;
    this.plan = options.plan;
  }

  start(): void {
    const { socket } = this.#options;
    const { plan } = this;
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./strategy-worker${ending}`, import.meta.url), {
      name: plan.deployment === 0 ? plan.id : `${plan.id}.${plan.deployment}`,
      workerData: { socket, plan },
      resourceLimits: { maxOldGenerationSizeMb: plan.memoryMb },
    });
    this.#worker = worker;
    // What was wrong is shown until it runs.
    this.#now('starting', this.#reason);
    this.#warmUp = COLD;
    this.#lastPongMs = performance.now();
    this.#unansweredPings = 0;
    worker.on('message', (message: WorkerToDesk) => this.#hear(worker, message));
    worker.on('error', (error) => this.#failed(worker, error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => this.#failed(worker, `its thread ended with code ${code}`));
    this.#pinging = setInterval(() => this.#ping(worker), PING_EVERY_MS);
  }

  send(message: DeskToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Its history, in order, and what of it could not be had; then it begins. */
  warmUp(history: readonly (readonly Bar[])[], problem: string): void {
    for (const bars of history) this.send({ type: 'warmUp', bars });
    this.#warmUp = { isOver: false, bars: history.reduce((sum, bars) => sum + bars.length, 0), problem };
    this.send({ type: 'start' });
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#pinging);
    clearTimeout(this.#starting);
    void this.#worker?.terminate();
  }

  /** It has no part any more; its last hook may run. */
  retire(reason: string): void {
    this.#isStopped = true;
    clearInterval(this.#pinging);
    clearTimeout(this.#starting);
    const worker = this.#worker;
    worker?.postMessage({ type: 'stop', reason } satisfies DeskToWorker);
    setTimeout(() => void worker?.terminate(), STOP_MS).unref();
  }

  /** The core has closed its line. */
  cutOff(reason: string): void {
    if (this.#worker !== undefined) this.#failed(this.#worker, reason);
  }

  /** Since the last call. */
  status(): PostStatus {
    const { deployment, id } = this.plan;
    const { input, ms } = this.#slowest;
    this.#slowest = { ms: 0, input: '' };
    return {
      strategyId: id,
      deployment,
      state: this.#state,
      reason: this.#reason,
      restarts: this.#restarts,
      slowestMs: Math.round(ms),
      slowest: input,
      waiting: this.#waiting,
      warmUp: this.#warmUp,
    };
  }

  #hear(worker: Worker, message: WorkerToDesk): void {
    if (this.#worker !== worker) return;
    this.#lastPongMs = performance.now();
    this.#unansweredPings = 0;
    switch (message.type) {
      case 'ready':
        this.#now('running', '');
        this.#options.ready(message.subscriptions);
        return;
      case 'begun':
        this.#warmUp = { ...this.#warmUp, isOver: true };
        return;
      case 'subscribed':
        this.#options.subscribed(message.subscriptions);
        return;
      case 'intent':
        this.#options.decided(message.intent);
        return;
      case 'unusable':
        this.#halt(worker, message.reason);
        return;
      case 'codeMissing':
        this.#codeMissing(worker, message.reason);
        return;
      case 'halted':
        this.#failed(worker, `threw: ${message.reason}`);
        return;
      case 'cutOff':
        setTimeout(() => this.#failed(worker, 'the core closed its line'), REASON_WAIT_MS);
        return;
      case 'pong':
        this.#load(worker, message);
    }
  }

  #load(worker: Worker, { slowestInput, slowestMs, waiting }: Extract<WorkerToDesk, { type: 'pong' }>): void {
    this.#waiting = waiting;
    if (slowestMs > this.#slowest.ms) this.#slowest = { ms: slowestMs, input: slowestInput };
    const nowMs = performance.now();
    if (slowestMs > SLOW_MS && nowMs - this.#slowToldMs > SLOW_TOLD_EVERY_MS) {
      this.#slowToldMs = nowMs;
      const text = `slow: took ${Math.round(slowestMs)} ms for one ${slowestInput}; ${waiting} inputs wait`;
      this.#options.log('warn', text);
    }
    if (waiting > WAITING_MAX) this.#failed(worker, `cannot keep up: ${waiting} inputs wait`);
  }

  /** A thread that is being ended, or whose machine stood still, is not judged. */
  #ping(worker: Worker): void {
    const silentMs = performance.now() - this.#lastPongMs;
    const isStuck =
      this.#state === 'starting' ? silentMs > LOADING_MS : silentMs > STUCK_MS && this.#unansweredPings >= STUCK_PINGS;
    if (isStuck) this.#failed(worker, `does not answer for ${Math.round(silentMs)} ms: it loops`);
    else {
      this.#unansweredPings += 1;
      worker.postMessage({ type: 'ping' } satisfies DeskToWorker);
    }
  }

  #failed(worker: Worker, reason: string): void {
    if (this.#worker !== worker || this.#isStopped) return;
    this.#end(worker);
    const nowMs = performance.now();
    this.#failuresMs = [...this.#failuresMs.filter((atMs) => nowMs - atMs < FAILURES_WINDOW_MS), nowMs];
    const failures = this.#failuresMs.length;
    if (this.plan.onFailure === 'halt' || failures > FAILURES_MAX) {
      this.#now('halted', reason);
      this.#options.halted(reason);
      return;
    }
    const afterMs = RESTART_MS * 2 ** (failures - 1);
    this.#restarts += 1;
    this.#now('restarting', reason);
    this.#options.log('error', `${reason}; started again in ${afterMs} ms`);
    this.#startIn(afterMs);
  }

  #codeMissing(worker: Worker, reason: string): void {
    this.#end(worker);
    if (this.#reason !== reason) {
      this.#options.log('error', `${reason}; until then this node cannot lead this strategy`);
    }
    this.#now('code-missing', reason);
    this.#startIn(CODE_LOOKED_FOR_EVERY_MS);
  }

  #startIn(afterMs: number): void {
    this.#starting = setTimeout(() => {
      if (!this.#isStopped) this.start();
    }, afterMs);
  }

  #halt(worker: Worker, reason: string): void {
    this.#end(worker);
    this.#now('halted', reason);
    this.#options.halted(reason);
  }

  #now(state: PostStatus['state'], reason: string): void {
    this.#state = state;
    this.#reason = reason;
  }

  #end(worker: Worker): void {
    clearInterval(this.#pinging);
    this.#worker = undefined;
    void worker.terminate();
  }
}
