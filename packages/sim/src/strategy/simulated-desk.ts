/**
 * The desk of one simulated node: the real runner of one strategy and the node's real market data session, in a process of
 * their own beside the core, with a hop of time between. It ends with its node, or alone; who ends alone is started again.
 */
import type { LedgerEvent } from '@baton/ledger';
import { type Backlog, type FeedPlan, headroomAfter, MarketFeed, strategySnapshot } from '@baton/node/desk';
import type { Bar, StrategyDefinition } from '@baton/strategy';
import { Runner, type RunnerInput, type StrategyCommand, type StrategyMode } from '@baton/strategy/runner';
import type { NodeFace } from '../world/node-face.ts';
import { ProcessClock } from '../world/process-clock.ts';
import { ProcessNetwork } from '../world/process-network.ts';
import type { World } from '../world/world.ts';
import type { LifeWatch, StrategyLife } from './strategy-life.ts';

/** Between desk and core, one way: what it takes over the socket between two processes. */
const HOP_MS = 0.06;
/** A strategy's process that ended alone is started again after this. */
export const DESK_RESTART_MS = 500;

export interface StrategySetup {
  readonly strategyId: string;
  readonly definition: StrategyDefinition;
  readonly parameters: unknown;
  readonly mode: StrategyMode;
}

export interface DeskWatch extends LifeWatch {
  /** The strategy has given a command, which is still in the desk. */
  asking(desk: SimulatedDesk, command: StrategyCommand): void;
  /** The core has answered a write of the state. */
  stateKept(state: string): void;
}

export interface DeskParts {
  readonly world: World;
  readonly node: NodeFace;
  readonly setup: StrategySetup;
  readonly feed: FeedPlan;
  readonly watch: DeskWatch;
  readonly history: (symbol: string, intervalS: number, count: number) => Bar[];
  readonly life: StrategyLife;
  /** Events before this desk's time, as the core keeps them. */
  readonly backlog: Backlog;
}

export class SimulatedDesk {
  readonly life: StrategyLife;
  readonly #parts: DeskParts;
  readonly #clock: ProcessClock;
  readonly #host: string;
  readonly #feed: MarketFeed;
  readonly #runner: Runner;
  #isConnected = false;
  #wake: { cancel(): void } | undefined;

  constructor(parts: DeskParts) {
    const { feed, history, life, node, setup, watch, world } = parts;
    this.#parts = parts;
    this.life = life;
    this.#host = `${node.name}-desk`;
    this.#clock = new ProcessClock(world.clock, {
      driftShare: node.driftShare,
      wallErrorUs: node.wallErrorUs,
      onCrash: (error) => {
        life.halted ||= String(error);
      },
    });
    const none = (): undefined => undefined;
    const network = world.network.host(this.#host);
    this.#feed = new MarketFeed({
      plans: [feed],
      clock: this.#clock,
      network: new ProcessNetwork(network, this.#clock, {
        writing: none,
        died: none,
        written: none,
        opened: none,
        closed: none,
        reading: none,
      }),
      log: () => {},
      history: (_rest, { count, intervalS, symbol }) => Promise.resolve(history(symbol, intervalS, count)),
    });
    this.#runner = new Runner({
      ...setup,
      definition: life.wrap(setup.definition, watch),
      port: {
        command: (request, command) => this.#ask(request, command),
        log: (_level, text) => life.logs.push(text),
        wakeAt: (timeUs) => this.#wakeAt(timeUs),
        nowUs: () => this.#clock.wallUs(),
        halted: (reason) => {
          life.halted ||= reason;
        },
      },
    });
  }

  get isAlive(): boolean {
    return this.#clock.isAlive;
  }

  /** Opens the line to the core: from here on it is told what is applied. */
  connect(): void {
    const { backlog, node, setup } = this.#parts;
    const { core } = node;
    if (core === undefined || this.#isConnected) return;
    this.#isConnected = true;
    const snapshot = strategySnapshot(core.ledger, backlog, setup.strategyId);
    this.life.fromIndex = snapshot.index;
    this.#hear({ type: 'snapshot', ...snapshot });
    this.role();
    const subscriptions = this.#runner.subscriptions();
    this.#feed.subscribe({
      subscriptions,
      book: (book) => this.#hear({ type: 'book', book }),
      trade: (trade) => this.#hear({ type: 'trade', trade }),
      bar: (bar) => this.#hear({ type: 'bar', bar }),
    });
    void this.#feed.warmUp(subscriptions).then((history) => {
      for (const bars of history) this.#hear({ type: 'warmUp', bars });
      this.#hear({ type: 'start' });
    });
  }

  /** Tells the strategy whether its node leads; a leader of a cluster without configuration does not yet. */
  role(): void {
    const { core } = this.#parts.node;
    if (core === undefined || !this.#isConnected) return;
    const isLeading = core.leadingTerm !== 0 && core.ledger.configuration() !== undefined;
    const checkpoint = core.ledger.strategyState(this.#parts.setup.strategyId);
    this.#hear({ type: 'role', isLeading, term: core.leadingTerm, checkpoint });
  }

  applied(events: readonly LedgerEvent[]): void {
    const { node, setup } = this.#parts;
    if (!this.#isConnected || node.core === undefined || events.length === 0) return;
    this.#hear({ type: 'events', events, headroom: headroomAfter(node.core.ledger, events, [setup.strategyId]) });
  }

  /** The process is gone, in the middle of whatever it does. */
  end(): void {
    this.life.isAlive = false;
    this.#clock.kill();
    this.#parts.world.network.kill(this.#host);
  }

  #hear(input: RunnerInput): void {
    this.#parts.world.clock.setTimer(HOP_MS, () => this.#clock.input(() => this.#runner.hear(input)));
  }

  #ask(request: number, command: StrategyCommand): void {
    const { node, watch, world } = this.#parts;
    if (!this.isAlive) return;
    watch.asking(this, command);
    if (!this.isAlive) return;
    const state = this.life.stateText();
    const { core, clock } = node;
    world.clock.setTimer(HOP_MS, () => {
      if (node.core !== core || core === undefined) return;
      clock.input(() =>
        core.proposer.external(command, (answer) => {
          if (!clock.isAlive) return;
          if (answer.ok && command.type === 'StrategyCheckpoint') watch.stateKept(state);
          this.#hear({ type: 'answer', request, answer });
        }),
      );
    });
  }

  #wakeAt(timeUs: number | undefined): void {
    this.#wake?.cancel();
    if (timeUs === undefined || !this.isAlive) return;
    const delayMs = Math.max(0, Math.ceil((timeUs - this.#clock.wallUs()) / 1000));
    this.#wake = this.#clock.setTimer(delayMs, () => this.#runner.hear({ type: 'wake' }));
  }
}
