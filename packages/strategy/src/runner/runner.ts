/**
 * Runs one strategy: tells it what happens, in order and once, and carries what it wants to the core. Sans I/O: inputs come
 * in by `hear`, commands go out through the port. Rules decided here:
 * - Nothing is told before the snapshot; events up to the restored state's cursor are not told again.
 * - A shadow is told everything on every node; only a leader's orders go out (see intents.ts).
 * - A throw ends the strategy's part in this life: whoever waits for its orders is told, and the host decides what follows.
 */
import type { LedgerEvent } from '@baton/ledger';
import type { z } from 'zod';
import type { StrategyContext } from '../context.ts';
import type { StrategyDefinition } from '../definition.ts';
import { Beats } from './beats.ts';
import { bookCause, Cause } from './cause.ts';
import { makeContext } from './context-maker.ts';
import { Intents } from './intents.ts';
import { type EventCursor, KeptState } from './kept-state.ts';
import { MarketView } from './market-view.ts';
import { OwnBook } from './own-book.ts';
import type {
  CommandAnswer,
  RunnerInput,
  RunnerPort,
  RunnerSnapshot,
  StrategyCheckpoint,
  StrategyCommand,
  StrategyMode,
} from './protocol.ts';
import { TakeoverWatch } from './takeover-watch.ts';

export interface RunnerOptions {
  readonly strategyId: string;
  readonly definition: StrategyDefinition;
  /** As configured; checked against the definition's schema. */
  readonly parameters: unknown;
  readonly mode: StrategyMode;
  readonly port: RunnerPort;
  /** Shortest time between two writes of the state. Default 1,000 ms. */
  readonly stateEveryMs?: number;
  /** How long a follower's decision waits for the leader's. Default 500 ms: longer than a failover. */
  readonly reissueMs?: number;
}

export type RunnerState = 'waiting' | 'running' | 'paused' | 'halted' | 'stopped';

type Told = StrategyContext<unknown, unknown>;

export class Runner {
  readonly #definition: StrategyDefinition;
  readonly #mode: StrategyMode;
  readonly #port: RunnerPort;
  readonly #strategyId: string;
  readonly #book: OwnBook;
  readonly #market = new MarketView();
  readonly #cause = new Cause();
  readonly #beats = new Beats();
  readonly #intents: Intents;
  readonly #kept: KeptState<z.ZodType>;
  readonly #takeovers: TakeoverWatch;
  readonly #context: Told & { state: unknown };
  readonly #answers = new Map<number, (answer: CommandAnswer) => void>();
  /** A strategy of mode `leader` is told, once it runs, what it missed since its state was written. */
  #missed: LedgerEvent[] = [];
  #requestCount = 0;
  #cursor: EventCursor = { index: 0, n: -1 };
  #state: RunnerState = 'waiting';
  #isLeading = false;
  #isWarm = false;
  #hasSnapshot = false;

  /** @throws ZodError when parameters or the empty state do not fit the definition's schemas */
  constructor(options: RunnerOptions) {
    const { definition, mode, parameters, port, strategyId } = options;
    const { reissueMs = 500, stateEveryMs = 1000 } = options;
    this.#definition = definition;
    this.#mode = mode;
    this.#port = port;
    this.#strategyId = strategyId;
    this.#book = new OwnBook(strategyId);
    this.#takeovers = new TakeoverWatch(strategyId);
    this.#kept = new KeptState(definition.state, definition.version, stateEveryMs * 1000);
    this.#intents = new Intents({
      send: (command, done) => this.#send(command, done),
      isLeading: () => this.#isLeading,
      nowUs: () => port.nowUs(),
      reissueUs: reissueMs * 1000,
      refusal: () => (this.#state === 'paused' ? 'the strategy is paused' : ''),
      nextKey: () => this.#cause.nextKey(),
    });
    this.#context = makeContext({
      strategyId,
      parameters: definition.parameters.parse(parameters),
      state: this.#kept.initial(),
      book: this.#book,
      market: this.#market,
      cause: this.#cause,
      intents: this.#intents,
      beats: this.#beats,
      isLeading: () => this.#isLeading,
      send: (command) => {
        if (this.#isLeading) this.#send(command, () => {});
      },
      nowUs: () => port.nowUs(),
      log: (text) => port.log('info', text),
    });
  }

  get state(): RunnerState {
    return this.#state;
  }

  /** What the strategy wants to be told of the market. */
  subscriptions(): ReturnType<NonNullable<StrategyDefinition['subscribe']>> {
    return this.#definition.subscribe?.(this.#context.parameters) ?? {};
  }

  hear(input: RunnerInput): void {
    if (this.#state === 'halted' || this.#state === 'stopped') return;
    // Whatever comes, the strategy may go on with what it awaited; a wake for its state alone is nothing new.
    if (input.type !== 'wake') this.#kept.touch();
    this.#take(input);
    this.#afterInput();
  }

  #take(input: RunnerInput): void {
    switch (input.type) {
      case 'snapshot':
        this.#restore(input);
        return;
      case 'events':
        this.#book.takeHeadroom(input.events.at(-1)?.index ?? this.#book.index, input.headroom ?? []);
        for (const event of input.events) this.#event(event);
        return;
      case 'role':
        this.#role(input.isLeading, input.checkpoint);
        return;
      case 'answer': {
        const done = this.#answers.get(input.request);
        this.#answers.delete(input.request);
        done?.(input.answer);
        return;
      }
      case 'warmUp':
        this.#tell('warm', this.#port.nowUs(), () => this.#definition.warmUp?.(input.bars, this.#context));
        return;
      case 'start':
        this.#isWarm = true;
        this.#startWhenReady();
        return;
      case 'pause':
        if (this.#state !== 'running') return;
        this.#tell('pause', this.#port.nowUs(), () => this.#definition.pause?.(input.reason, this.#context));
        if (this.#state === 'running') this.#state = 'paused';
        return;
      case 'resume':
        if (this.#state !== 'paused') return;
        this.#state = 'running';
        this.#tell('resume', this.#port.nowUs(), () => this.#definition.resume?.(this.#context));
        return;
      case 'stop':
        this.#stop(input.reason);
        return;
      case 'wake':
        this.#wake();
        return;
      default:
        this.#marketData(input);
    }
  }

  #marketData(input: Extract<RunnerInput, { type: 'book' | 'trade' | 'bar' }>): void {
    if (this.#mode === 'replicated') return;
    const isRunning = this.#state === 'running';
    if (input.type === 'book') {
      const { book } = input;
      this.#market.takeBook(book);
      const name = bookCause(book);
      if (isRunning) this.#tell(name, book.timeUs, () => this.#definition.book?.(book, this.#context));
    } else if (input.type === 'trade') {
      const { trade } = input;
      const name = `t:${trade.symbol}:${trade.tradeId}`;
      if (isRunning) this.#tell(name, trade.timeUs, () => this.#definition.trade?.(trade, this.#context));
    } else {
      const { bar } = input;
      const endUs = bar.startUs + bar.intervalS * 1_000_000;
      const name = `b:${bar.symbol}:${bar.intervalS}:${bar.startUs / 1_000_000}`;
      if (isRunning) this.#tell(name, endUs, () => this.#definition.bar?.(bar, this.#context));
    }
  }

  #restore(snapshot: RunnerSnapshot): void {
    this.#hasSnapshot = true;
    this.#book.restore(snapshot);
    this.#cursor = { index: snapshot.index, n: Number.MAX_SAFE_INTEGER };
    if (snapshot.checkpoint !== undefined) this.#restoreState(snapshot.checkpoint);
    for (const order of snapshot.orders) if (this.#book.isMine(order)) this.#intents.hear(order);
    // What the strategy's state has not seen yet is told when it runs.
    this.#missed = snapshot.backlog.filter((event) => this.#concerns(event));
    this.#startWhenReady();
  }

  #restoreState(checkpoint: StrategyCheckpoint): void {
    const restored = this.#kept.restore(checkpoint);
    if (typeof restored === 'string') {
      this.#port.log('warn', restored);
      return;
    }
    this.#context.state = restored.state;
    this.#restoredCursor = restored.cursor;
  }

  /** How far the restored state had been told; undefined when it starts anew: then the past is not told at all. */
  #restoredCursor: EventCursor | undefined;

  #role(isLeading: boolean, checkpoint: StrategyCheckpoint | undefined): void {
    if (checkpoint !== undefined) this.#kept.noteSequence(checkpoint.sequence);
    const was = this.#isLeading;
    this.#isLeading = isLeading;
    if (this.#mode === 'leader') {
      if (isLeading && !was && checkpoint !== undefined && this.#state === 'waiting') this.#restoreState(checkpoint);
      if (!isLeading && was) this.#stopLeading();
    }
    if (isLeading) this.#intents.lead();
    this.#startWhenReady();
  }

  /** A strategy that runs on leaders only forgets all: whoever leads next goes on from the state replicated last. */
  #stopLeading(): void {
    if (this.#state === 'running' || this.#state === 'paused') {
      this.#tell('stop', this.#port.nowUs(), () => this.#definition.stop?.('not leading', this.#context));
    }
    if (this.#state === 'halted') return;
    this.#state = 'waiting';
    this.#beats.clear();
    this.#context.state = this.#kept.initial();
    this.#restoredCursor = undefined;
  }

  #startWhenReady(): void {
    if (this.#state !== 'waiting' || !this.#isWarm || !this.#hasSnapshot) return;
    if (this.#mode === 'leader' && !this.#isLeading) return;
    this.#state = 'running';
    this.#tell(`s${this.#book.index}`, this.#port.nowUs(), () => this.#definition.start?.(this.#context));
    const missed = this.#missed;
    this.#missed = [];
    if (this.#restoredCursor === undefined) return;
    for (const event of missed) if (isAfter(event, this.#restoredCursor)) this.#tellEvent(event);
  }

  #event(event: LedgerEvent): void {
    if (!isAfter(event, this.#cursor)) return;
    this.#cursor = { index: event.index, n: event.n };
    this.#book.takeIn(event);
    if (event.type === 'StrategyStateWritten' && event.strategyId === this.#strategyId) {
      this.#kept.noteSequence(event.sequence);
    }
    const report = this.#takeovers.hear(event);
    if (this.#concerns(event)) {
      if (event.type === 'OrderChanged') this.#intents.hear(event.order);
      else if (event.type === 'CancelRejected') this.#intents.cancelRejected(event.clOrdId, event.reason);
      if (this.#state === 'waiting') this.#miss(event);
      else this.#tellEvent(event);
    }
    if (report !== undefined && this.#state !== 'waiting') {
      const name = `${event.index}.${event.n}t`;
      this.#tell(name, event.timeUs, () => this.#definition.takeover?.(report, this.#context));
    }
  }

  #miss(event: LedgerEvent): void {
    this.#missed.push(event);
    if (this.#missed.length > MISSED_KEPT) this.#missed.splice(0, this.#missed.length - MISSED_KEPT);
  }

  #concerns(event: LedgerEvent): boolean {
    switch (event.type) {
      case 'OrderChanged':
        return this.#book.isMine(event.order);
      case 'FillApplied':
      case 'TimerFired':
        return event.strategyId === this.#strategyId;
      case 'CancelRejected':
        return true;
      default:
        return false;
    }
  }

  #tellEvent(event: LedgerEvent): void {
    const definition = this.#definition;
    this.#tell(`${event.index}.${event.n}`, event.timeUs, () => {
      if (event.type === 'OrderChanged') return definition.order?.(event.order, this.#context);
      if (event.type === 'FillApplied') return definition.fill?.(event, this.#context);
      if (event.type !== 'TimerFired') return undefined;
      return definition.timer?.({ timerId: event.timerId, dueUs: event.dueUs }, this.#context);
    });
  }

  #wake(): void {
    const nowUs = this.#port.nowUs();
    this.#intents.expire();
    if (this.#state !== 'running' || this.#mode === 'replicated') return;
    for (const beat of this.#beats.due(nowUs)) {
      const name = `w:${beat.beatId}:${beat.slot}`;
      this.#kept.touch();
      this.#tell(name, nowUs, () => this.#definition.beat?.(beat, this.#context));
    }
  }

  #stop(reason: string): void {
    if (this.#state === 'running' || this.#state === 'paused') {
      this.#tell('stop', this.#port.nowUs(), () => this.#definition.stop?.(reason, this.#context));
    }
    if (this.#state === 'halted') return;
    this.#writeState(Number.POSITIVE_INFINITY);
    this.#state = 'stopped';
    this.#intents.halt(reason);
  }

  #tell(cause: string, timeUs: number, hook: () => void | Promise<void>): void {
    this.#cause.begin(cause, timeUs);
    try {
      const going = hook();
      if (going instanceof Promise) going.catch((error: unknown) => this.#threw(error));
    } catch (error) {
      this.#threw(error);
    }
  }

  #threw(error: unknown): void {
    if (this.#state === 'halted' || this.#state === 'stopped') return;
    this.#halt(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  #halt(reason: string): void {
    this.#state = 'halted';
    this.#beats.clear();
    this.#intents.halt('the strategy was halted');
    this.#port.wakeAt(undefined);
    this.#port.halted(reason);
  }

  #send(command: StrategyCommand, done: (answer: CommandAnswer) => void): void {
    const request = ++this.#requestCount;
    this.#answers.set(request, done);
    this.#port.command(request, command);
  }

  #afterInput(): void {
    if (this.#state === 'halted' || this.#state === 'stopped') return;
    if (this.#state === 'running') this.#writeState(this.#port.nowUs());
    const stateUs = this.#state === 'running' && this.#isLeading ? this.#kept.nextUs() : undefined;
    this.#port.wakeAt(earliest(this.#beats.nextUs(), this.#intents.nextExpiryUs(), stateUs));
  }

  /** Asynchronous and behind every order: what finds no room is left out. */
  #writeState(nowUs: number): void {
    if (!this.#isLeading) return;
    const due = this.#kept.due(this.#context.state, this.#cursor, nowUs);
    if (due === undefined) return;
    if (typeof due === 'string') {
      this.#port.log('error', due);
      return;
    }
    this.#send({ type: 'StrategyCheckpoint', strategyId: this.#strategyId, ...due }, (answer) => {
      if (!answer.ok) this.#kept.notWritten();
    });
  }
}

/** Own events kept for a start that goes on from an older state: two writes of it are at most seconds apart. */
const MISSED_KEPT = 10_000;

function earliest(...instantsUs: readonly (number | undefined)[]): number | undefined {
  const known = instantsUs.filter((atUs) => atUs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function isAfter(event: EventCursor, cursor: EventCursor): boolean {
  return event.index > cursor.index || (event.index === cursor.index && event.n > cursor.n);
}
