/**
 * The core of a node: the trading core, with the desk link and the API around it. Strategies and operators talk to it;
 * nothing of trading is decided here.
 */
import type { Clock, Disk, Network, Random } from '@baton/host';
import { AS_CONFIGURED, type LedgerEvent } from '@baton/ledger';
import type { Replica, ReplicaFatalError } from '@baton/replica';
import { ClusterWatch } from '../alerts/cluster-watch.ts';
import { ApiServer } from '../api/server.ts';
import type { ApiSubject, DeskSubject } from '../api/subject.ts';
import { readLinkTls } from '../configuration/link-tls.ts';
import type { Plan } from '../configuration/plan.ts';
import { Backlog } from '../desk/backlog.ts';
import { activeStrategies, checkpointsOf, deployedPosts, deploymentSnapshot } from '../desk/deployed.ts';
import { DeskLink } from '../desk/link.ts';
import { headroomAfter, strategySnapshot } from '../desk/strategy-snapshot.ts';
import { DrillDriver } from '../drills/drill-driver.ts';
import { drillFacts, handedOver } from '../drills/drill-facts.ts';
import { nodeFacts, signOfNode } from '../feed/node-facts.ts';
import type { Gate } from '../gate/gate.ts';
import type { HealthView } from '../health/health-view.ts';
import { NodeHealth } from '../health/node-health.ts';
import { PromotionSignal } from '../promotion/promotion-signal.ts';
import { WarmUpWatch } from '../recovery/warm-up-watch.ts';
import { ScribeLink } from '../scribe/link.ts';
import type { Timeline } from '../takeover/timeline.ts';
import type { KnownNode } from './known-nodes.ts';
import type { Log } from './log.ts';
import { ProcessFigures, type ProcessFiguresView } from './process-figures.ts';
import type { Proposer } from './proposer.ts';
import { ReferenceEntries } from './reference-entries.ts';
import { collectStartGarbage } from './start-garbage.ts';
import { TradingCore } from './trading-core.ts';

export interface CoreOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly log: Log;
  readonly onFatal: (error: ReplicaFatalError) => void;
  /** Of this process, for those who are told of its death; see `WireOptions`. */
  readonly deathSecret: string;
  /** This node leads, or no longer does. */
  readonly leads: (leads: boolean) => void;
  /** This node leads in `term`, and can trade: those outside should know. */
  readonly promoted: (term: number) => void;
  /** A desk is wanted on this node; said as often as it is. */
  readonly needsDesk: () => void;
}

export class Core implements ApiSubject {
  readonly plan: Plan;
  readonly #clock: Clock;
  readonly #startedUs: number;
  readonly #trading: TradingCore;
  readonly #desk: DeskLink;
  readonly scribe: ScribeLink;
  readonly #backlog = new Backlog();
  readonly #api: ApiServer;
  readonly #health: NodeHealth;
  readonly drills: DrillDriver;
  readonly #warmUp: WarmUpWatch;
  readonly #figures = new ProcessFigures(() => this.#health.loopLateMaxUs);
  readonly #needsDesk: () => void;
  #deploys = false;
  readonly #references = new ReferenceEntries({
    isWanted: () => this.leadingTerm !== 0 && this.ledger.configuration() !== undefined,
    propose: (command, settled) => this.proposer.settled(command, settled),
  });
  /** Leads in this term, and the cluster has no configuration yet; 0 otherwise. */
  #unconfiguredTerm = 0;

  private constructor(options: CoreOptions) {
    const { plan, clock, log } = options;
    this.plan = plan;
    this.#clock = clock;
    this.#startedUs = clock.monotonicUs();
    const promotion = new PromotionSignal(clock, options.promoted);
    const watch = new ClusterWatch(clock, this, plan.alerts);
    this.#trading = new TradingCore({
      ...options,
      observe: {
        leading: (term) => {
          options.leads(true);
          promotion.leading(term);
          watch.leading();
          this.drills.leading(term);
          this.#warmUp.leading();
          this.#leadDesk(term);
        },
        retired: () => {
          options.leads(false);
          promotion.retired();
          watch.retired();
          this.drills.retired();
          this.#warmUp.retired();
          this.#unconfiguredTerm = 0;
          this.#desk.follow();
        },
        applied: (_entry, events) => {
          promotion.applied(events);
          if (this.#hasStrategies(events)) this.#backlog.take(events);
          this.#desk.publish(events);
          if (this.#unconfiguredTerm !== 0) this.#leadDesk(this.#unconfiguredTerm);
        },
      },
      replica: (core) => ({
        deathSecret: options.deathSecret,
        onRestored: collectStartGarbage,
        onTold: (from, bytes) => this.#health.heard(from, bytes),
        onApplied: () => this.scribe.applied(),
        checkpointsElsewhere: () => this.scribe.isAtWork,
        takeElsewhere: (index) => this.scribe.wanted(index),
        ...(plan.linkTls === undefined
          ? {}
          : { tls: readLinkTls(plan.linkTls, (id) => nameOf(id, core.knownNodes())) }),
      }),
    });
    this.#needsDesk = options.needsDesk;
    this.#desk = new DeskLink({
      socket: plan.deskSocket,
      needed: options.needsDesk,
      snapshot: (strategyId, deployment) => ({
        ...strategySnapshot(this.ledger, this.#backlog, strategyId),
        ...deploymentSnapshot(this.ledger, strategyId, deployment),
      }),
      references: (prices) => this.#references.take(prices),
      headroom: (events, strategyIds) => headroomAfter(this.ledger, events, strategyIds),
      checkpoints: (strategyId, deployment) => checkpointsOf(this.ledger, strategyId, deployment),
      deployed: () => deployedPosts(this.ledger),
      activeOf: (strategyId) => this.ledger.deployedStrategy(strategyId)?.active ?? AS_CONFIGURED,
      command: (command, answer) =>
        this.proposer.external(command, (outcome) => {
          if (outcome.ok) this.timeline.note(this.leadingTerm, 'firstCommand');
          answer(outcome);
        }),
      marketData: (feeds) => this.#health.marketData.report(feeds),
      log: (level, text, strategy) => log[level]({ ...(strategy === undefined ? {} : { strategy }) }, text),
    });
    const { feeds, preferredLeader } = plan;
    const { network } = options;
    this.#health = new NodeHealth({
      core: this.#trading,
      clock,
      network,
      log,
      plan: plan.health,
      feeds,
      preferredLeader,
    });
    this.#warmUp = new WarmUpWatch({
      clock,
      ledger: () => this.ledger,
      strategies: () => activeStrategies(plan.strategies, this.ledger),
      posts: () => this.#desk.steering.posts,
      propose: (command) => this.proposer.internal(command),
    });
    this.drills = new DrillDriver({
      clock,
      nodeId: plan.self.id,
      plan: plan.drills,
      drills: () => this.ledger.drills(),
      facts: () => drillFacts(this),
      propose: (command, answer) => this.proposer.external(command, answer),
      transfer: () => handedOver(this.replica),
      kill: () => process.kill(process.pid, 'SIGKILL'),
      log: (text, facts) => log.warn({ ...facts, event: 'drill' }, text),
    });
    this.scribe = new ScribeLink({
      socket: plan.scribeSocket,
      clock,
      replica: () => this.replica,
      log,
      facts: () => nodeFacts(this),
      sign: () => signOfNode(this),
      watch: () => watch.facts(),
      alertsTold: (receiver, upTo) => void this.proposer.internal({ type: 'AlertsTold', receiver, upTo }),
    });
    this.#api = new ApiServer(this, { ...plan.self.api, host: plan.listen ?? plan.self.api.host }, log);
  }

  /** Starts everything; resolves when this node takes part in the cluster and its API answers. */
  static async start(options: CoreOptions): Promise<Core> {
    const core = new Core(options);
    await core.#api.start();
    await core.#desk.start();
    await core.scribe.start();
    await core.#trading.start();
    core.#health.start();
    if (core.ledger.deployedStrategies().length > 0) core.#needDesk();
    return core;
  }

  /** Leaves the cluster: hands leadership over, frees the venues, closes the journal. */
  async stop(): Promise<void> {
    this.#desk.follow();
    this.#health.stop();
    this.#figures.stop();
    this.drills.retired();
    this.#warmUp.retired();
    await this.#trading.stop();
    this.#desk.stop();
    this.scribe.stop();
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

  get drain(): TradingCore['drain'] {
    return this.#trading.drain;
  }

  get reconciler(): TradingCore['reconciler'] {
    return this.#trading.reconciler;
  }

  get ledger(): TradingCore['ledger'] {
    return this.#trading.ledger;
  }

  get leadingTerm(): number {
    return this.#trading.leadingTerm;
  }

  /** Every gate is open, in the term of now. */
  get isSettled(): boolean {
    const { leader = 0, term = 0 } = this.replica?.role() ?? {};
    const isOpen = (venue: string): boolean => {
      const gate = this.ledger.gate(venue);
      return gate.open && gate.term === term;
    };
    return leader !== 0 && this.plan.venues.every(({ name }) => isOpen(name));
  }

  get strategiesConnected(): readonly string[] {
    return this.#desk.connected;
  }

  /** Of strategies, as the API asks for it. */
  get desk(): DeskSubject {
    return this.#desk;
  }

  knownNodes(): readonly KnownNode[] {
    return this.#trading.knownNodes();
  }

  health(): HealthView {
    return this.#health.view();
  }

  processFigures(): ProcessFiguresView {
    return this.#figures.view();
  }

  uptimeMs(): number {
    return (this.#clock.monotonicUs() - this.#startedUs) / 1000;
  }

  suspendVenues(): void {
    this.#trading.suspendVenues();
  }

  resumeVenues(): void {
    this.#trading.resumeVenues();
  }

  /** A node without a strategy has no desk until one is deployed. */
  #hasStrategies(events: readonly LedgerEvent[]): boolean {
    if (this.plan.strategies.length > 0 || this.#deploys) return true;
    if (events.some(({ type }) => type === 'StrategyDeployed')) this.#needDesk();
    return this.#deploys;
  }

  #needDesk(): void {
    this.#deploys = true;
    this.#needsDesk();
  }

  /** Before the very first configuration every order would be denied: strategies wait for it. */
  #leadDesk(term: number): void {
    const isConfigured = this.ledger.configuration() !== undefined;
    this.#unconfiguredTerm = isConfigured ? 0 : term;
    if (isConfigured) this.#desk.lead(term);
  }
}

/** The name that a node's certificate must carry; '', which none does, while it is not known. */
function nameOf(id: number, nodes: readonly KnownNode[]): string {
  return nodes.find((node) => node.id === id)?.name ?? '';
}
