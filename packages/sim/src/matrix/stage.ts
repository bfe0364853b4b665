/**
 * The stage on which rows are played: a cluster that trades with a venue of one profile, one order working there before
 * anything happens, and all laws looked after. A row gives orders, kills at a moment, and then lets the cluster come to
 * rest, where the stage judges the books.
 */
import type { LedgerEvent, OrderView, VenueConfiguration } from '@baton/ledger';
import type { VenueProfile } from '@baton/profiles';
import { watchAll } from '../checkers/all.ts';
import { furthest, unrest } from '../checkers/rest.ts';
import { judge } from '../checkers/verdict.ts';
import { Client, type Intent, type Request } from '../workload/client.ts';
import type { NodeFace } from '../world/node-face.ts';
import { setupOf } from '../world/setup.ts';
import type { EndOfProcess } from '../world/simulated-node.ts';
import { World } from '../world/world.ts';
import { SYMBOL, type WorldOptions } from '../world/world-options.ts';

export interface StageOptions extends Partial<Pick<WorldOptions, 'nodeCount' | 'replica' | 'timing' | 'seed'>> {
  readonly venue?: Partial<VenueConfiguration>;
}

type SubmitFields = Partial<Extract<Request, { type: 'SubmitOrder' }>>;

/** The row's outcome was not the required one. */
export class RowFailure extends Error {
  readonly code = 'BATON_SIM_ROW';
}

const REST_LIMIT_MS = 90_000;
const STRATEGY = 's';

export class Stage {
  readonly world: World;
  readonly profile: VenueProfile;
  readonly client: Client;
  /** Events of the agreed log as the nodes applied them first, oldest first. */
  readonly events: LedgerEvent[] = [];
  readonly #watch: ReturnType<typeof watchAll>;
  #keys = 0;
  #toldIndex = 0;

  private constructor(world: World, profile: VenueProfile) {
    this.world = world;
    this.profile = profile;
    this.#watch = watchAll(world);
    this.client = new Client(world, world.random.fork());
    world.moments.on('applied', (_node, { index }, events) => {
      if (index <= this.#toldIndex) return;
      this.#toldIndex = index;
      this.events.push(...events);
    });
  }

  /** A cluster that trades, with one order working. */
  static async open(profile: VenueProfile, options: StageOptions = {}): Promise<Stage> {
    const { venue = {}, ...more } = options;
    const world = await World.open({
      seed: 1,
      nodeCount: 3,
      timing: 'colocated',
      ...more,
      venue: setupOf(profile, venue),
    });
    const stage = new Stage(world, profile);
    world.startAll();
    await world.until(() => world.trader() !== undefined, 'a node that trades');
    await stage.working(stage.submit());
    return stage;
  }

  /** The node that trades now. */
  get trader(): NodeFace {
    const trader = this.world.trader();
    if (trader === undefined) throw new RowFailure('nobody trades');
    return trader;
  }

  followers(): NodeFace[] {
    return this.world.nodes.filter((node) => node !== this.world.trader());
  }

  /** Gives an order, far from the market unless told otherwise. */
  submit(fields: SubmitFields = {}): Intent {
    this.#keys += 1;
    return this.client.give({
      type: 'SubmitOrder',
      clientKey: `k${this.#keys}`,
      strategyId: STRATEGY,
      symbol: SYMBOL,
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: '10',
      price: '90',
      ...fields,
    });
  }

  cancel(clOrdId: string): Intent {
    this.#keys += 1;
    return this.client.give({ type: 'CancelOrder', clientKey: `k${this.#keys}`, strategyId: STRATEGY, clOrdId });
  }

  replace(clOrdId: string, quantity: string, price: string): Intent {
    this.#keys += 1;
    const clientKey = `k${this.#keys}`;
    return this.client.give({ type: 'ReplaceOrder', clientKey, strategyId: STRATEGY, clOrdId, quantity, price });
  }

  /** Waits until the order of an intent works at the venue; gives its ClOrdID. */
  async working(intent: Intent): Promise<string> {
    await this.world.until(() => this.find(intent)?.state === 'Working', `${intent.request.clientKey} works`);
    return this.find(intent)?.clOrdId ?? '';
  }

  /** The order that an intent became, as the furthest ledger has it. */
  find(intent: Intent): OrderView | undefined {
    const { clientKey } = intent.request;
    return this.#ledger()
      ?.orders()
      .find((order) => order.clientKey === clientKey);
  }

  orders(): OrderView[] {
    return this.#ledger()?.orders() ?? [];
  }

  /** The last event of a kind. */
  last<Type extends LedgerEvent['type']>(type: Type): Extract<LedgerEvent, { type: Type }> | undefined {
    return this.events.findLast((event): event is Extract<LedgerEvent, { type: Type }> => event.type === type);
  }

  /** Net quantity of the account. */
  position(): string {
    return (
      this.#ledger()
        ?.positions()
        .find(({ symbol }) => symbol === SYMBOL)?.netQuantity ?? '0'
    );
  }

  /** Something that kills the process that `node` is now, and never the one that is started after it. */
  striker(node: NodeFace, how: EndOfProcess = 'kill'): () => void {
    const { starts } = node;
    return () => {
      if (node.starts === starts) this.world.kill(node, how);
    };
  }

  async killed(node: NodeFace): Promise<void> {
    await this.world.until(() => !node.isAlive, `${node.name} is killed`);
  }

  /** Waits until another term's leader trades. */
  async takenOver(afterTerm: number): Promise<NodeFace> {
    const isNew = (): boolean => (this.world.trader()?.core?.leadingTerm ?? 0) > afterTerm;
    await this.world.until(isNew, `a takeover after term ${afterTerm}`, REST_LIMIT_MS);
    return this.trader;
  }

  /** Faults are over: everybody is started, clients are answered, nothing is in doubt; then the books are judged. */
  async rest(): Promise<void> {
    const { world } = this;
    world.heal();
    for (const node of world.nodes) if (node.clock.isPaused) world.resume(node);
    world.startAll();
    await world.until(() => this.#isAtRest(), 'the cluster comes to rest', REST_LIMIT_MS);
    const last = this.submit();
    await this.working(last);
    await world.until(() => this.#isAtRest(), 'the cluster comes to rest again', REST_LIMIT_MS);
    await world.advance(50);
    this.judge();
  }

  /** @throws RowFailure when a law is broken */
  judge(): void {
    const breaches = this.world.breaches.map(({ law, text }) => `${law}: ${text}`);
    this.require([...breaches, ...judge(this.world, this.#watch, this.client)]);
  }

  /** Only laws that were looked after; for rows after which the venue's books cannot agree. */
  judgeLaws(): void {
    this.require(this.world.breaches.map(({ law, text }) => `${law}: ${text}`));
  }

  require(faults: readonly string[]): void {
    if (faults.length > 0) throw new RowFailure([...faults, ...this.world.tail()].join('\n'));
  }

  /** What proved the fate of what was sent, in words. */
  proof(): string {
    const resolved = this.last('DoubtResolved');
    if (resolved !== undefined) return `${resolved.evidence} ${resolved.detail}`.trim();
    const proven = this.last('OutboundProven');
    return proven === undefined ? 'nothing was in doubt' : `K=${proven.nextExpected} by ${proven.source}`;
  }

  #isAtRest(): boolean {
    return unrest(this.world, this.client) === '';
  }

  #ledger() {
    return furthest(this.world)?.core?.ledger;
  }
}
