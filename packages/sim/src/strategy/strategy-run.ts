/**
 * One run of a strategy on the deterministic venue: three nodes with desks, a market that moves, one failover at a chosen
 * point or none, then rest; and what came of it. A function of its options: the same seed, the same run, byte for byte.
 */
import type { LedgerEvent, OrderView } from '@baton/ledger';
import { Backlog, type FeedPlan } from '@baton/node/desk';
import type { VenueProfile } from '@baton/profiles';
import type { Bar } from '@baton/strategy';
import { watchAll } from '../checkers/all.ts';
import { furthest, unrest } from '../checkers/rest.ts';
import { judge } from '../checkers/verdict.ts';
import { Client } from '../workload/client.ts';
import { fieldOf, msgTypeOf } from '../world/fix-text.ts';
import type { NodeFace } from '../world/node-face.ts';
import { setupOf } from '../world/setup.ts';
import { World, WorldTimeoutError } from '../world/world.ts';
import { SYMBOL, VENUE, VENUE_HOST, VENUE_PORT } from '../world/world-options.ts';
import { type KillPoint, killPointText, type Victim } from './kill-point.ts';
import { DESK_RESTART_MS, SimulatedDesk, type StrategySetup } from './simulated-desk.ts';
import { differentDecisions, ordersOf, strategyFaults } from './strategy-laws.ts';
import { StrategyLife } from './strategy-life.ts';

export interface StrategyRunOptions {
  readonly setup: StrategySetup;
  readonly profile: VenueProfile;
  readonly seed: number;
  /** Simulated time from the first open gate to the end of trading. */
  readonly seconds: number;
  readonly killPoint?: KillPoint;
  readonly victim?: Victim;
}

export interface StrategyRun {
  /** Broken laws; empty if none is. */
  readonly faults: readonly string[];
  readonly notices: readonly string[];
  /** How each order ended, in the order in which they were made. */
  readonly orders: readonly OrderView[];
  readonly fills: number;
  readonly netQuantity: string;
  readonly entries: number;
  readonly ticks: number;
  readonly kill: { readonly node: string; readonly atMs: number; readonly step: string } | undefined;
  /** From the barrier of the next leader to its open gate, as strategies were told; undefined without a takeover. */
  readonly gapMs: number | undefined;
  /** Of everything that happened: equal for equal options. */
  readonly hash: string;
}

const SCALES = { price: 2, quantity: 4 };
const REFERENCE_PRICE = '60000';
const NODES = 3;
const CORE_READY_MS = 5;
const NODE_RESTART_MS = 1_000;
const REST_LIMIT_MS = 180_000;

export async function runStrategy(options: StrategyRunOptions): Promise<StrategyRun> {
  const run = new Run(await openWorld(options), options);
  return run.play();
}

function openWorld({ profile, seed }: StrategyRunOptions): Promise<World> {
  const setup = setupOf(profile);
  const ears = Array.from({ length: NODES }, (_, at) => ({ senderCompId: VENUE, targetCompId: `MD-n${at + 1}` }));
  const instruments = [
    { symbol: SYMBOL, priceScale: SCALES.price, quantityScale: SCALES.quantity, referencePrice: REFERENCE_PRICE },
  ];
  const counterFlow = { enabled: true, ordersPerSecond: 5, seed: seed % 1_000_000 };
  const sessions = [...setup.options.sessions, ...ears];
  const venue = { ...setup, options: { ...setup.options, sessions, instruments, counterFlow } };
  return World.open({ seed, nodeCount: NODES, timing: 'lan', venue, scales: SCALES });
}

class Run {
  readonly #world: World;
  readonly #options: StrategyRunOptions;
  readonly #watch: ReturnType<typeof watchAll>;
  readonly #events: LedgerEvent[] = [];
  readonly #lives: StrategyLife[] = [];
  readonly #desks = new Map<number, SimulatedDesk>();
  readonly #backlogs = new Map<number, Backlog>();
  readonly #keptStates: string[] = [];
  #toldIndex = 0;
  #reached = 0;
  #isTrading = false;
  #kill: StrategyRun['kill'];

  constructor(world: World, options: StrategyRunOptions) {
    this.#world = world;
    this.#options = options;
    this.#watch = watchAll(world);
    // A session of market data begins anew at each logon; nothing of it is anybody's order.
    for (const { name } of world.nodes) world.expectedAtVenue.add(`sequence-reset of MD-${name}`);
    this.#listen();
  }

  async play(): Promise<StrategyRun> {
    const world = this.#world;
    const { killPoint, seconds } = this.#options;
    const found: string[] = [];
    try {
      world.startAll();
      await world.until(() => world.trader() !== undefined, 'a node that trades');
      this.#isTrading = true;
      if (killPoint?.name === 'at') world.clock.setTimer(killPoint.count * 1000, () => this.#strike('at'));
      await world.advance(seconds * 1000);
      this.#isTrading = false;
      if (killPoint !== undefined && this.#kill === undefined) {
        const times = killPoint.name === 'at' ? '' : ` (reached ${this.#reached} times)`;
        found.push(`the run of ${seconds} s never came to ${killPointText(killPoint)}${times}: nothing was killed`);
      }
      await this.#rest();
      found.push(...judge(world, this.#watch));
    } catch (error) {
      if (!(error instanceof WorldTimeoutError)) throw error;
      found.push(error.message);
    }
    return this.#result(found);
  }

  #listen(): void {
    const { moments } = this.#world;
    const { strategyId } = this.#options.setup;
    moments.on('started', (node) => this.#openDesk(node));
    moments.on('ended', (node) => this.#closeDesk(node.nodeId));
    moments.on('leading', (node) => this.#desks.get(node.nodeId)?.role());
    moments.on('retired', (node) => this.#desks.get(node.nodeId)?.role());
    moments.on('applied', (node, { index }, events) => {
      if (index > this.#toldIndex) {
        this.#toldIndex = index;
        this.#events.push(...events);
      }
      this.#backlogs.get(node.nodeId)?.take(events);
      const desk = this.#desks.get(node.nodeId);
      desk?.applied(events);
      if (events.some(({ type }) => type === 'ConfigurationSet')) desk?.role();
      const works = ordersOf(events, strategyId).some(
        ({ cumQuantity, state }) => state === 'Working' && cumQuantity === '0',
      );
      if (works && this.#leads(node)) this.#strike('ack-fill');
    });
    moments.on('proposed', (node, command) => {
      if (!this.#leads(node) || !('strategyId' in command) || command.strategyId !== strategyId) return;
      if (command.type === 'SubmitOrder') this.#strike('intent-answer');
      else if (command.type === 'StrategyCheckpoint') this.#strike('checkpoint');
    });
    moments.on('writing', (_node, bytes) => this.#wire('commit-send', bytes, 'D'));
    moments.on('written', (_node, bytes) => this.#wire('send-ack', bytes, 'D'));
    moments.on('reading', (_node, bytes) => {
      if (fieldOf(bytes, 150) === 'F') this.#wire('fill', bytes, '8');
    });
  }

  #wire(point: KillPoint['name'], bytes: Uint8Array, msgType: string): void {
    if (msgTypeOf(bytes) === msgType) this.#strike(point);
  }

  #leads(node: NodeFace): boolean {
    return (node.core?.leadingTerm ?? 0) !== 0;
  }

  /** A point is reached: if it is the one, at the time that was chosen, the trader dies here. */
  #strike(point: KillPoint['name']): void {
    const { killPoint, victim = 'node' } = this.#options;
    const world = this.#world;
    const trader = world.trader();
    if (killPoint?.name !== point || !this.#isTrading || this.#kill !== undefined || trader === undefined) return;
    this.#reached += 1;
    if (point !== 'at' && this.#reached < killPoint.count) return;
    this.#kill = { node: trader.name, atMs: world.nowUs / 1000, step: killPointText(killPoint) };
    world.note('strike', point, victim);
    if (victim !== 'node') {
      this.#closeDesk(trader.nodeId);
      world.clock.setTimer(DESK_RESTART_MS, () => this.#openDesk(trader));
    }
    if (victim === 'desk') return;
    const { starts } = trader;
    const end = (): void => {
      if (trader.isAlive && trader.starts === starts) world.kill(trader);
      world.clock.setTimer(NODE_RESTART_MS, () => world.startAll());
    };
    if (victim === 'both') world.clock.setTimer(0, end);
    else end();
  }

  #openDesk(node: NodeFace): void {
    if (!node.isAlive || this.#desks.has(node.nodeId)) return;
    const world = this.#world;
    const { setup } = this.#options;
    if (!this.#backlogs.has(node.nodeId)) this.#backlogs.set(node.nodeId, new Backlog());
    const life = new StrategyLife(node.nodeId);
    this.#lives.push(life);
    const desk = new SimulatedDesk({
      world,
      node,
      setup,
      life,
      feed: this.#feedOf(node),
      backlog: this.#backlogs.get(node.nodeId) as Backlog,
      history: (symbol, intervalS, count) => this.#history(symbol, intervalS, count),
      watch: {
        ticked: () => {
          if (this.#desks.get(world.trader()?.nodeId ?? 0) === desk) this.#strike('tick');
        },
        asking: (asker, { type }) => {
          const leads = this.#desks.get(world.trader()?.nodeId ?? 0) === asker;
          if (leads && type === 'SubmitOrder') this.#strike('before-intent');
        },
        keptCount: () => this.#keptStates.length,
        stateKept: (state) => this.#keptStates.push(state),
      },
    });
    this.#desks.set(node.nodeId, desk);
    const connectWhenReady = (): void => {
      if (!desk.isAlive) return;
      if (node.isReady) desk.connect();
      else world.clock.setTimer(CORE_READY_MS, connectWhenReady);
    };
    connectWhenReady();
  }

  #closeDesk(nodeId: number): void {
    this.#desks.get(nodeId)?.end();
    this.#desks.delete(nodeId);
    // What a core keeps for its desk is gone with the core.
    if (!this.#world.node(nodeId).isAlive) this.#backlogs.delete(nodeId);
  }

  #feedOf({ name }: NodeFace): FeedPlan {
    return {
      venue: VENUE,
      address: { host: VENUE_HOST, port: VENUE_PORT },
      beginString: this.#options.profile.session.beginString,
      senderCompId: `MD-${name}`,
      targetCompId: VENUE,
      heartBtIntS: 5,
      symbols: [SYMBOL],
      history: 'here',
    };
  }

  #history(symbol: string, intervalS: number, count: number): Bar[] {
    const target = `/api/bars/${symbol}?limit=${count}&intervalS=${intervalS}`;
    const at = { wallUs: this.#world.clock.wallUs(), monotonicUs: this.#world.nowUs };
    const { body, status } = this.#world.venue.exchange.rest.answer({ method: 'GET', target, apiKey: null }, at);
    if (status !== 200) return [];
    return (body as (Omit<Bar, 'symbol' | 'intervalS' | 'startUs'> & { readonly startS: number })[]).map(
      ({ startS, ...figures }) => ({ symbol, intervalS, startUs: startS * 1_000_000, ...figures }),
    );
  }

  /** Everybody is up again, strategies are paused, their orders are taken back, and nothing moves. */
  async #rest(): Promise<void> {
    const world = this.#world;
    const client = new Client(world, world.random.fork());
    world.startAll();
    await world.until(() => world.trader() !== undefined, 'a node that trades', REST_LIMIT_MS);
    await this.#pause();
    world.venue.setCounterFlow(false);
    await world.advance(1_000);
    const { strategyId } = this.#options.setup;
    client.give({ type: 'MassCancel', clientKey: 'end-of-test', strategyId });
    const isOver = (): boolean => {
      const open = furthest(world)?.core?.ledger.orders({ open: true }) ?? [];
      return open.length === 0 && unrest(world, client) === '';
    };
    await world.until(isOver, 'rest', REST_LIMIT_MS);
    await world.advance(500);
  }

  /** By an entry, as an operator would: at the same place of the log for all nodes. */
  async #pause(): Promise<void> {
    const { strategyId } = this.#options.setup;
    const pause = {
      type: 'PauseStrategies',
      strategyId,
      paused: true,
      by: 'test',
      reason: 'the test is over',
    } as const;
    const world = this.#world;
    let isPaused = false;
    while (!isPaused) {
      await world.until(() => world.trader() !== undefined, 'a node that trades', REST_LIMIT_MS);
      world.trader()?.core?.proposer.external(pause, (answer) => {
        isPaused ||= answer.ok;
      });
      await world.advance(200);
    }
  }

  #result(found: readonly string[]): StrategyRun {
    const world = this.#world;
    const { mode, strategyId } = this.#options.setup;
    const story = { strategyId, mode, events: this.#events, lives: this.#lives, keptStates: this.#keptStates };
    const orders = new Map(ordersOf(this.#events, strategyId).map((order) => [order.rootClOrdId, order]));
    const fills = this.#events.filter((event) => event.type === 'FillApplied' && event.strategyId === strategyId);
    const after = this.#lives.flatMap(({ takeovers }) =>
      takeovers.filter((_, at) => at > 0 || this.#kill !== undefined),
    );
    const position = furthest(world)?.core?.ledger.strategyPositions(strategyId)[0];
    return {
      faults: [...world.breaches.map(({ law, text }) => `${law}: ${text}`), ...strategyFaults(story), ...found],
      notices: differentDecisions(this.#lives),
      orders: [...orders.values()],
      fills: fills.length,
      netQuantity: position?.netQuantity ?? '0',
      entries: this.#watch.agreed.lastIndex,
      ticks: Math.max(0, ...this.#lives.map(({ ticks }) => ticks)),
      kill: this.#kill,
      gapMs: this.#kill === undefined ? undefined : after.at(-1)?.gapMs,
      hash: world.trace.hash(),
    };
  }
}
