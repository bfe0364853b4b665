/**
 * Runs one strategy: tells it what happens, in order and once, and carries what it wants to the core. Sans I/O: inputs come
 * in by `hear`, commands go out through the port. Rules decided here:
 * - Nothing is told before the snapshot; events up to the restored state's cursor are not told again.
 * - A shadow is told everything on every node; only a leader's orders go out (see intents.ts), and only those of the version
 *   that counts: which one does changes with an entry, and so at the same place for all of them.
 * - A throw ends the strategy's part in this life: whoever waits for its orders is told, and the host decides what follows.
 */
import type { LedgerEvent } from '@baton/ledger';
import type { z } from 'zod';
import type { StrategyContext } from '../context.ts';
import type { StrategyDefinition } from '../definition.ts';
import { Beats, earliest } from './beats.ts';
import { Cause } from './cause.ts';
import { makeContext } from './context-maker.ts';
import { Hooks } from './hooks.ts';
import { Intents } from './intents.ts';
import { type EventCursor, isAfter, KeptState } from './kept-state.ts';
import { LiveParameters } from './live-parameters.ts';
import { MarketView } from './market-view.ts';
import { OwnBook } from './own-book.ts';
import { PendingCommands } from './pending-commands.ts';
import type { RunnerInput, RunnerPort, RunnerSnapshot, StrategyCheckpoint, StrategyMode } from './protocol.ts';
import { Requests } from './requests.ts';
import { Rests } from './rests.ts';
import { TakeoverWatch } from './takeover-watch.ts';

export interface RunnerOptions {
  readonly strategyId: string;
  readonly definition: StrategyDefinition;
  /** Number of this version among those deployed. Default 0: as configured. */
  readonly deployment?: number;
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
  readonly #deployment: number;
  readonly #parameters: LiveParameters;
  readonly #rests: Rests;
  readonly #book: OwnBook;
  readonly #market = new MarketView();
  readonly #cause = new Cause();
  readonly #beats = new Beats();
  readonly #intents: Intents;
  readonly #kept: KeptState<z.ZodType>;
  readonly #takeovers: TakeoverWatch;
  readonly #context: Told & { state: unknown };
  readonly #hooks: Hooks;
  readonly #requests: Requests;
  readonly #pending: PendingCommands;
  /** A strategy of mode `leader` is told, once it runs, what it missed since its state was written. */
  #missed: LedgerEvent[] = [];
  #cursor: EventCursor = { index: 0, n: -1 };
  #state: RunnerState = 'waiting';
  /** This node leads. */
  #isLeading = false;
  /** The deployment whose intents count. */
  #active: number;
  #isWarm = false;
  #hasSnapshot = false;

  /** @throws ZodError when parameters or the empty state do not fit the definition's schemas */
  constructor(options: RunnerOptions) {
    const { definition, mode, parameters, port, strategyId } = options;
    const { deployment = 0, reissueMs = 500, stateEveryMs = 1000 } = options;
    this.#definition = definition;
    this.#mode = mode;
    this.#port = port;
    this.#strategyId = strategyId;
    this.#deployment = deployment;
    this.#active = deployment;
    this.#parameters = new LiveParameters(definition.parameters, parameters);
    this.#rests = new Rests(strategyId);
    this.#requests = new Requests(port);
    this.#book = new OwnBook(strategyId);
    this.#takeovers = new TakeoverWatch(strategyId);
    this.#kept = new KeptState(definition.state, definition.version, stateEveryMs * 1000);
    this.#intents = new Intents({
      send: (command, done) => this.#requests.send(command, done),
      isLeading: () => this.#speaks,
      decided: (intent) => port.intent?.(intent),
      nowUs: () => port.nowUs(),
      reissueUs: reissueMs * 1000,
      refusal: () => (this.#state === 'paused' ? 'the strategy is paused' : ''),
      nextKey: () => this.#cause.nextKey(),
    });
    this.#pending = new PendingCommands({
      send: (command, done) => this.#requests.send(command, done),
      isLeading: () => this.#speaks,
      nowUs: () => port.nowUs(),
      reissueUs: reissueMs * 1000,
      denied: ({ type }, text) => port.log('error', `${type} was refused: ${text}`),
    });
    this.#context = makeContext({
      strategyId,
      parameters: () => this.#parameters.value,
      state: this.#kept.initial(),
      book: this.#book,
      market: this.#market,
      cause: this.#cause,
      intents: this.#intents,
      beats: this.#beats,
      isLeading: () => this.#speaks,
      ask: (command) => this.#pending.ask(command),
      nowUs: () => port.nowUs(),
      log: (text) => port.log('info', text),
    });
    this.#hooks = new Hooks({
      definition,
      context: this.#context,
      cause: this.#cause,
      nowUs: () => port.nowUs(),
      listens: () => this.#state !== 'halted',
      threw: (error) => this.#threw(error),
    });
  }

  /** What is decided here goes out. */
  get #speaks(): boolean {
    return this.#isLeading && this.#active === this.#deployment;
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
        this.#role(input);
        return;
      case 'answer':
        this.#requests.answered(input.request, input.answer);
        return;
      case 'warmUp':
        this.#hooks.warmUp(input.bars);
        return;
      case 'start':
        this.#isWarm = true;
        this.#startWhenReady();
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
    if (input.type === 'book') this.#market.takeBook(input.book);
    if (this.#state !== 'running') return;
    if (input.type === 'book') this.#hooks.book(input.book);
    else if (input.type === 'trade') this.#hooks.trade(input.trade);
    else this.#hooks.bar(input.bar);
  }

  #restore(snapshot: RunnerSnapshot): void {
    this.#hasSnapshot = true;
    this.#book.restore(snapshot);
    this.#cursor = { index: snapshot.index, n: Number.MAX_SAFE_INTEGER };
    this.#active = snapshot.active ?? this.#deployment;
    this.#rests.restore(snapshot.pauses ?? []);
    if ((snapshot.parameters ?? '') !== '' && !this.#takeParameters(snapshot.parameters ?? '')) return;
    this.#restoreState(snapshot.checkpoint, snapshot.kept);
    for (const order of snapshot.orders) if (this.#book.isMine(order)) this.#intents.hear(order);
    // What the strategy's state has not seen yet is told when it runs.
    this.#missed = snapshot.backlog.filter((event) => this.#book.concerns(event));
    this.#startWhenReady();
  }

  #restoreState(...checkpoints: readonly (StrategyCheckpoint | undefined)[]): void {
    const definition = this.#definition;
    const { problems, restored } = this.#kept.restoreFirst(
      checkpoints,
      definition.migrate === undefined ? undefined : (other, version) => definition.migrate?.(other, version),
    );
    for (const problem of problems) this.#port.log('warn', problem);
    if (restored === undefined) return;
    this.#context.state = restored.state;
    this.#restoredCursor = restored.cursor;
  }

  /** How far the restored state had been told; undefined when it starts anew: then the past is not told at all. */
  #restoredCursor: EventCursor | undefined;

  #role({ checkpoint, isLeading, kept }: Extract<RunnerInput, { type: 'role' }>): void {
    if (checkpoint !== undefined) this.#kept.noteSequence(checkpoint.sequence);
    const was = this.#isLeading;
    this.#isLeading = isLeading;
    if (this.#mode === 'leader') {
      if (isLeading && !was && this.#state === 'waiting') this.#restoreState(checkpoint, kept);
      if (!isLeading && was) this.#stopLeading();
    }
    if (this.#speaks) this.#lead();
    this.#startWhenReady();
  }

  #lead(): void {
    this.#intents.lead();
    this.#pending.lead();
  }

  /** A strategy that runs on leaders only forgets all: whoever leads next goes on from the state replicated last. */
  #stopLeading(): void {
    if (this.#state === 'running' || this.#state === 'paused') this.#hooks.stop('not leading');
    if (this.#state === 'halted') return;
    this.#state = 'waiting';
    this.#beats.clear();
    this.#pending.clear();
    this.#context.state = this.#kept.initial();
    this.#restoredCursor = undefined;
  }

  #startWhenReady(): void {
    if (this.#state !== 'waiting' || !this.#isWarm || !this.#hasSnapshot) return;
    if (this.#mode === 'leader' && !this.#isLeading) return;
    const cursor = this.#restoredCursor;
    const missed = cursor === undefined ? [] : this.#missed.filter((event) => isAfter(event, cursor));
    this.#missed = [];
    this.#rests.rewind(missed.filter((event) => event.type === 'StrategiesPaused'));
    this.#state = this.#rests.isResting ? 'paused' : 'running';
    this.#hooks.start(this.#book.index);
    for (const event of missed) this.#tellEvent(event);
  }

  #event(event: LedgerEvent): void {
    if (!isAfter(event, this.#cursor)) return;
    this.#cursor = { index: event.index, n: event.n };
    this.#book.takeIn(event);
    if (event.type === 'StrategyStateWritten' && event.strategyId === this.#strategyId) {
      this.#kept.noteSequence(event.sequence);
    }
    this.#pending.hear(event, this.#strategyId);
    this.#deploymentEvent(event);
    const report = this.#takeovers.hear(event);
    if (this.#book.concerns(event)) {
      if (event.type === 'OrderChanged') this.#intents.hear(event.order);
      else if (event.type === 'CancelRejected') this.#intents.cancelRejected(event.clOrdId, event.reason);
      if (this.#state === 'waiting') {
        if (event.type === 'StrategiesPaused') this.#rests.hear(event);
        this.#miss(event);
      } else this.#tellEvent(event);
    }
    if (report !== undefined && this.#state !== 'waiting') this.#hooks.takeover(report, event);
  }

  #deploymentEvent(event: LedgerEvent): void {
    if (!('strategyId' in event) || event.strategyId !== this.#strategyId) return;
    if (event.type === 'StrategyPromoted') this.#activate(event.deployment);
    else if (event.type === 'StrategyRemoved' && event.wasActive) this.#activate(NOBODY);
    else if (event.type === 'StrategyParametersChanged' && event.deployment === this.#deployment) {
      const before = this.#parameters.value;
      if (!this.#takeParameters(event.after) || this.#state === 'waiting') return;
      this.#hooks.parametersChanged(before, event);
    }
  }

  /** From this entry on this deployment counts: what it decided lately, and nobody ordered, goes out under the same keys. */
  #activate(deployment: number): void {
    const spoke = this.#speaks;
    this.#active = deployment;
    if (deployment !== this.#deployment) this.#intents.mute();
    else if (this.#speaks && !spoke) this.#lead();
  }

  /** False when the strategy cannot run with them; they were checked before they were proposed, by the same code. */
  #takeParameters(text: string): boolean {
    const checked = this.#parameters.change(text);
    if (checked === undefined) return true;
    if (checked.ok) this.#port.subscriptionsChanged?.();
    else this.#halt(`its parameters do not fit: ${checked.problem}`);
    return checked.ok;
  }

  #miss(event: LedgerEvent): void {
    this.#missed.push(event);
    if (this.#missed.length > MISSED_KEPT) this.#missed.splice(0, this.#missed.length - MISSED_KEPT);
  }

  #tellEvent(event: LedgerEvent): void {
    if (event.type === 'StrategiesPaused') this.#pauseEvent(event);
    else this.#hooks.event(event);
  }

  #pauseEvent(event: Extract<LedgerEvent, { type: 'StrategiesPaused' }>): void {
    const change = this.#rests.hear(event);
    if (change === undefined) return;
    if (!change.rests) this.#state = 'running';
    this.#hooks.rest(change, event);
    if (change.rests && this.#state === 'running') this.#state = 'paused';
  }

  #wake(): void {
    const nowUs = this.#port.nowUs();
    this.#intents.expire();
    if (this.#state !== 'running' || this.#mode === 'replicated') return;
    for (const beat of this.#beats.due(nowUs)) {
      this.#kept.touch();
      this.#hooks.beat(beat, nowUs);
    }
  }

  #stop(reason: string): void {
    if (this.#state === 'running' || this.#state === 'paused') this.#hooks.stop(reason);
    if (this.#state === 'halted') return;
    this.#writeState(Number.POSITIVE_INFINITY);
    this.#state = 'stopped';
    this.#intents.halt(reason);
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

  #afterInput(): void {
    if (this.#state === 'halted' || this.#state === 'stopped') return;
    if (this.#state === 'running') this.#writeState(this.#port.nowUs());
    // What rests, or hears the log alone, has no beats: an alarm for one would ring for ever.
    const isRunning = this.#state === 'running';
    const beatUs = isRunning && this.#mode !== 'replicated' ? this.#beats.nextUs() : undefined;
    const stateUs = isRunning && this.#speaks ? this.#kept.nextUs() : undefined;
    this.#port.wakeAt(earliest(beatUs, this.#intents.nextExpiryUs(), stateUs));
  }

  /** Asynchronous and behind every order: what finds no room is left out. */
  #writeState(nowUs: number): void {
    if (!this.#speaks) return;
    const due = this.#kept.due(this.#context.state, this.#cursor, nowUs);
    if (due === undefined) return;
    if (typeof due === 'string') {
      this.#port.log('error', due);
      return;
    }
    this.#requests.send({ type: 'StrategyCheckpoint', strategyId: this.#strategyId, ...due }, (answer) => {
      if (!answer.ok) this.#kept.notWritten();
    });
  }
}

/** Of a strategy that was removed. */
const NOBODY = -1;
/** Own events kept for a start that goes on from an older state: two writes of it are at most seconds apart. */
const MISSED_KEPT = 10_000;
