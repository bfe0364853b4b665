/**
 * The core of a node: the trading core, with the desk link and the API around it. Strategies and operators talk to it;
 * nothing of trading is decided here.
 */
import type { Clock, Disk, Network, Random } from '@baton/host';
import type { Replica, ReplicaFatalError } from '@baton/replica';
import { ApiServer } from '../api/server.ts';
import type { ApiSubject } from '../api/subject.ts';
import { readLinkTls } from '../configuration/link-tls.ts';
import type { Plan } from '../configuration/plan.ts';
import { DeskLink } from '../desk/link.ts';
import type { CoreMessage } from '../desk/protocol.ts';
import type { Gate } from '../gate/gate.ts';
import type { Timeline } from '../takeover/timeline.ts';
import type { KnownNode } from './known-nodes.ts';
import type { Log } from './log.ts';
import type { Proposer } from './proposer.ts';
import { TradingCore } from './trading-core.ts';

export interface CoreOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly log: Log;
  readonly onFatal: (error: ReplicaFatalError) => void;
}

export class Core implements ApiSubject {
  readonly plan: Plan;
  readonly #clock: Clock;
  readonly #startedUs: number;
  readonly #trading: TradingCore;
  readonly #desk: DeskLink;
  readonly #api: ApiServer;
  #paused = '';

  private constructor(options: CoreOptions) {
    const { plan, clock, log } = options;
    this.plan = plan;
    this.#clock = clock;
    this.#startedUs = clock.monotonicUs();
    this.#trading = new TradingCore({
      ...options,
      observe: {
        leading: (term) => {
          if (this.#paused === '') this.#desk.activate(term);
        },
        retired: () => this.#desk.deactivate('not leading'),
        applied: (_entry, events) => this.#desk.publish(events),
      },
      replica: (core) =>
        plan.linkTls === undefined ? {} : { tls: readLinkTls(plan.linkTls, (id) => nameOf(id, core.knownNodes())) },
    });
    this.#desk = new DeskLink({
      socket: plan.deskSocket,
      snapshot: () => this.#deskSnapshot(),
      command: (command, answer) => this.proposer.external(command, answer),
      log: (level, text, strategy) => log[level]({ ...(strategy === undefined ? {} : { strategy }) }, text),
    });
    this.#api = new ApiServer(this, plan.self.api, log);
  }

  /** Starts everything; resolves when this node takes part in the cluster and its API answers. */
  static async start(options: CoreOptions): Promise<Core> {
    const core = new Core(options);
    await core.#api.start();
    await core.#desk.start();
    await core.#trading.start();
    return core;
  }

  /** Leaves the cluster: hands leadership over, frees the venues, closes the journal. */
  async stop(): Promise<void> {
    this.#desk.deactivate('stopping');
    await this.#trading.stop();
    this.#desk.stop();
    await this.#api.stop();
  }

  get gate(): Gate {
    return this.#trading.gate;
  }

  get proposer(): Proposer {
    return this.#trading.proposer;
  }

  get timeline(): Timeline {
    return this.#trading.timeline;
  }

  get replica(): Replica | undefined {
    return this.#trading.replica;
  }

  get ledger(): TradingCore['ledger'] {
    return this.#trading.ledger;
  }

  get leadingTerm(): number {
    return this.#trading.leadingTerm;
  }

  get paused(): string {
    return this.#paused;
  }

  knownNodes(): readonly KnownNode[] {
    return this.#trading.knownNodes();
  }

  uptimeMs(): number {
    return (this.#clock.monotonicUs() - this.#startedUs) / 1000;
  }

  /** Stops this node's strategies until `resumeStrategies`; their orders stay. */
  pauseStrategies(reason: string): void {
    this.#paused = reason === '' ? 'paused' : reason;
    this.#desk.deactivate(this.#paused);
  }

  resumeStrategies(): void {
    this.#paused = '';
    if (this.leadingTerm !== 0) this.#desk.activate(this.leadingTerm);
  }

  suspendVenues(): void {
    this.#trading.suspendVenues();
  }

  resumeVenues(): void {
    this.#trading.resumeVenues();
  }

  #deskSnapshot(): Extract<CoreMessage, { type: 'snapshot' }> {
    const ledger = this.ledger;
    const mine = new Set(this.plan.strategies.map((strategy) => strategy.id));
    return {
      type: 'snapshot',
      index: this.replica?.status().applied ?? 0,
      orders: ledger.orders({ open: true }).filter((order) => mine.has(order.strategyId)),
      positions: ledger.positions(),
    };
  }
}

/** The name that a node's certificate must carry; '', which none does, while it is not known. */
function nameOf(id: number, nodes: readonly KnownNode[]): string {
  return nodes.find((node) => node.id === id)?.name ?? '';
}
