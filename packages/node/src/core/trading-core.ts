/**
 * The trading part of a node's core: replica, ledger, gateways, takeover, client acceptor and ticker, wired together. Data
 * flows one way: commands → replica → ledger → effects → gate → venue, and the venue's answers come back as commands.
 * Everything outside comes through `host` (clock, randomness, disk, network), so that a simulator can run whole clusters
 * of it in one process on virtual time; desk link and API are the shell's (`core.ts`).
 */
import { type Clock, type Disk, type Network, type Random, SteadyClock } from '@baton/host';
import type { Effect, LedgerEvent } from '@baton/ledger';
import { type AppliedEntry, Replica, type ReplicaFatalError, type RoleLevel, resolveTiming } from '@baton/replica';
import type { ClientAcceptor } from '../clients/client-acceptor.ts';
import type { Plan } from '../configuration/plan.ts';
import { DrainDriver } from '../drain/drain-driver.ts';
import { Gate } from '../gate/gate.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { LeaseLoss } from '../gateway/lease-loss.ts';
import { coldStartCommand } from '../reconcile/cold-start-plan.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import { RecoveryDriver } from '../recovery/recovery-driver.ts';
import type { VenueReconciler } from '../recovery/venue-reconciler.ts';
import { TakeoverDriver } from '../takeover/driver.ts';
import { Timeline } from '../takeover/timeline.ts';
import { TakeoverTimings } from '../takeover/timings.ts';
import { clientAcceptor } from './client-acceptor.ts';
import { leaderText } from './client-guide.ts';
import type { CoreLog } from './core-log.ts';
import { observeGateway } from './gateway-log.ts';
import { type KnownNode, knownNodes } from './known-nodes.ts';
import { LedgerMachine } from './machine.ts';
import { Proposer } from './proposer.ts';
import type { ReplicaSettings } from './replica-settings.ts';
import { Ticker } from './ticker.ts';
import type { TradingObserver } from './trading-observer.ts';
import { venueGateway } from './venue-gateway.ts';

/** Between two tries to get into the log what a leader cannot do without. */
const PROPOSE_AGAIN_MS = 10;
/** A lease is two ticks shorter than the promise it rests on (replica, lease.ts); the rest is for a busy machine's hiccups. */
const LEASE_GRACE_TICKS = 5;
/** The lease is looked at each tick; one that is this late was held up by this process. */
const STALL_TICKS = 3;
/** After a stall: a heartbeat, its answers on a machine that is behind with everything, and as much again. */
const STALLED_GRACE_TICKS = 20;

/** The part of a plan that trading needs: no files, no desk, no API. */
export type TradingPlan = Omit<
  Plan,
  | 'linkTls'
  | 'strategiesFolder'
  | 'strategies'
  | 'feeds'
  | 'health'
  | 'rehearse'
  | 'preferredLeader'
  | 'logLevel'
  | 'deskSocket'
  | 'scribeSocket'
  | 'feedSocket'
  | 'apiAccess'
  | 'history'
  | 'traces'
  | 'alerts'
  | 'drills'
  | 'warmUpMaxMs'
  | 'promotions'
  | 'checkpoints'
>;

export interface TradingCoreOptions {
  readonly plan: TradingPlan;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly log: CoreLog;
  readonly observe: TradingObserver;
  readonly onFatal: (error: ReplicaFatalError) => void;
  /** What the replica is told beyond the plan: certificates of links; links, sizes and rhythms of a simulation. */
  readonly replica?: (core: TradingCore) => ReplicaSettings;
  /** Compares venues with the books after a restart; left out: what their sessions tell is all there is. */
  readonly reconciler?: VenueReconciler;
}

export class TradingCore {
  readonly plan: TradingPlan;
  readonly gate: Gate;
  readonly proposer: Proposer;
  readonly timeline: Timeline;
  readonly reconciler: Reconciler;
  readonly #options: TradingCoreOptions;
  readonly #machine: LedgerMachine;
  readonly #gateways: readonly Gateway[];
  /** Undefined when this node takes no FIX clients. */
  readonly #clients: ClientAcceptor | undefined;
  readonly #driver: TakeoverDriver;
  readonly #ticker: Ticker;
  readonly #leaseLoss: LeaseLoss;
  readonly #timings: TakeoverTimings;
  readonly #recovery: RecoveryDriver;
  readonly drain: DrainDriver;
  /** Before this process started. */
  #hadJournal = false;
  #replica: Replica | undefined;
  #leadingTerm = 0;
  /** Term whose leader clients are told of; 0 while they are kept waiting. */
  #followed = 0;

  constructor(options: TradingCoreOptions) {
    const { plan, log } = options;
    const clock = new SteadyClock(options.clock, (jumpUs) =>
      log.error(
        { jumpUs, event: 'clock.jumped' },
        'the wall clock was set: look after it; this node follows it slowly',
      ),
    );
    this.#options = { ...options, clock };
    this.plan = plan;
    this.proposer = new Proposer(
      () => this.#replica,
      (command) => options.observe.proposed?.(command),
    );
    this.timeline = new Timeline(plan.self.name, () => clock.wallUs());
    this.#machine = new LedgerMachine({
      effect: (effect) => this.#effect(effect),
      events: (entry, events) => this.#events(entry, events),
    });
    this.gate = new Gate({
      leadingTerm: () => this.#leadingTerm,
      leaseRemainingUs: () => this.#replica?.leaseRemainingUs() ?? 0,
      openTerm: (venue) => this.#openTerm(venue),
      ownerOf: (clOrdId) => this.#machine.ledger.order(clOrdId) ?? { strategyId: '', symbol: '' },
    });
    this.#gateways = plan.venues.map((venue) => this.#makeGateway(venue));
    this.#clients = clientAcceptor({
      ...options,
      clock,
      gate: this.gate,
      propose: (command, settled) => this.proposer.settled(command, settled),
      ledger: () => this.#machine.ledger,
    });
    this.#driver = new TakeoverDriver({
      nodeId: plan.self.id,
      cause: () => this.timeline.list().at(-1)?.evidence ?? '',
      wanted: plan.configuration,
      coldStart: () => coldStartCommand(plan.coldStart, this.ledger),
      current: () => this.#machine.ledger.fileConfiguration(),
      propose: (command, settled) => this.proposer.settled(command, settled),
      later: (work) => clock.setTimer(PROPOSE_AGAIN_MS, work),
      gateways: this.#clients === undefined ? this.#gateways : [...this.#gateways, this.#clients],
      barrierApplied: (term) => this.timeline.note(term, 'barrier'),
      begins: (term) => this.#recovery.begin(term),
    });
    this.reconciler = new Reconciler({
      venues: plan.venues,
      configuration: plan.configuration,
      clock,
      network: options.network,
      ledger: () => this.#machine.ledger,
      settings: plan.reconcile,
      propose: (command, answer) => this.proposer.external(command, answer),
      log,
    });
    this.#timings = new TakeoverTimings({
      clock,
      timeline: this.timeline,
      leadingTerm: () => this.#leadingTerm,
      propose: (command) => this.proposer.internal(command),
    });
    this.#recovery = new RecoveryDriver({
      nodeId: plan.self.id,
      clock,
      ledger: () => this.#machine.ledger,
      role: () => this.#replica?.role(),
      propose: (command) => this.proposer.internal(command),
      reconciler: options.reconciler ?? this.reconciler,
      hadJournal: () => this.#hadJournal,
      foundText: () => `checkpoint and log on disk, up to entry ${this.#machine.ledger.status().index}`,
    });
    this.drain = new DrainDriver({
      clock,
      log: (text, facts) => log.error({ ...facts, event: 'drain.checkpoint' }, text),
      ledger: () => this.#machine.ledger,
      suspendVenues: () => this.suspendVenues(),
      resumeVenues: () => this.resumeVenues(),
      checkpoint: (atLeast) => this.#replica?.checkpoint(atLeast) ?? Promise.reject(new Error('this node is starting')),
      propose: (command) => this.proposer.internal(command),
    });
    const { tickMs } = resolveTiming(plan.timing);
    this.#leaseLoss = new LeaseLoss({
      clock,
      graceMs: LEASE_GRACE_TICKS * tickMs,
      stallMs: STALL_TICKS * tickMs,
      stalledGraceMs: STALLED_GRACE_TICKS * tickMs,
      release: (reason) => this.#letVenuesGo(reason),
    });
    this.#ticker = new Ticker({
      clock,
      deadlineUs: () => this.#machine.ledger.nextDeadlineUs(),
      nowUs: () => this.#replica?.entryTimeUs() ?? clock.wallUs(),
      propose: (command, applied) => this.proposer.internal(command, applied),
    });
  }

  #letVenuesGo(reason: string): void {
    if (this.#leadingTerm === 0) return;
    this.#options.log.warn({ reason, event: 'gateway.released' }, 'the lease is gone: venues are let go');
    for (const gateway of this.#gateways) gateway.release(reason);
  }

  /** Resolves when this node takes part in the cluster. */
  async start(): Promise<void> {
    const { plan, clock, random, disk, log, onFatal } = this.#options;
    this.#hadJournal = disk.exists(`${plan.folder}/journal`);
    this.#replica = await Replica.start({
      nodeId: plan.self.id,
      clusterId: plan.cluster,
      peers: plan.nodes.map(({ id, raft, joining }) => ({ nodeId: id, address: raft, joining: joining === true })),
      clock,
      random,
      disk,
      folder: `${plan.folder}/journal`,
      stateMachine: this.#machine,
      timing: plan.timing,
      durability: plan.durability,
      ...this.#options.replica?.(this),
      onFatal,
      onLeaderLinkDown: (evidence) => this.timeline.deathSeen(`link to the leader ${evidence}`),
      onLeaderDead: (proof) => {
        this.timeline.deathSeen(`leader's process ${proof === 'noticed' ? 'noticed dead by its parent' : proof}`);
        this.timeline.proven();
      },
      onHandedOver: (from) => this.timeline.deathSeen(`handed over by ${this.#nameOf(from)}`),
      log: (level, text, facts) => log[level](facts, text),
    });
    await this.#clients?.start();
    this.#replica.onRole((level) => this.#role(level));
    this.#replica.onLease((isHeld, _term, sinceLookUs) =>
      this.#leaseLoss.heard(isHeld || this.#leadingTerm === 0, sinceLookUs),
    );
  }

  /** Leaves the cluster: hands leadership over, frees the venues, closes the journal. */
  async stop(): Promise<void> {
    await this.#replica?.stop();
    this.#leaseLoss.stop();
    this.#driver.end();
    this.#recovery.end();
    this.drain.close();
    for (const gateway of this.#gateways) gateway.stop();
    this.#clients?.stop();
    this.#ticker.lead(false);
    this.reconciler.retire();
  }

  get replica(): Replica | undefined {
    return this.#replica;
  }

  get ledger(): LedgerMachine['ledger'] {
    return this.#machine.ledger;
  }

  /** Term in which this node leads; 0 when it does not. */
  get leadingTerm(): number {
    return this.#leadingTerm;
  }

  /** Since when the oldest message that should be at its venue waits, on the monotonic clock; undefined if none does. */
  oldestUnsentUs(): number | undefined {
    const waiting = this.#gateways.flatMap(({ oldestUnsentUs }) => oldestUnsentUs ?? []);
    return waiting.length === 0 ? undefined : Math.min(...waiting);
  }

  /** Names and addresses of all nodes. */
  knownNodes(): readonly KnownNode[] {
    const contacts = this.#replica?.contacts() ?? [];
    return knownNodes(
      this.plan,
      [...contacts].map(([nodeId, entry]) => ({ nodeId, ...entry })),
    );
  }

  #nameOf(id: number): string {
    return this.knownNodes().find((node) => node.id === id)?.name ?? `node ${id}`;
  }

  /** Sessions that end are not connected again until `resumeVenues` or until another term begins. */
  suspendVenues(): void {
    for (const gateway of this.#gateways) gateway.suspend();
  }

  resumeVenues(): void {
    for (const gateway of this.#gateways) gateway.resume();
  }

  #role(level: RoleLevel): void {
    const { log, observe } = this.#options;
    this.#followed = 0;
    this.#clients?.follow('');
    const leads = level.role === 'leader';
    if (leads && this.#leadingTerm === level.term) return;
    if (this.#leadingTerm !== 0) {
      this.#leadingTerm = 0;
      this.#driver.end();
      this.#recovery.end();
      this.drain.end();
      this.#ticker.lead(false);
      this.reconciler.retire();
      observe.retired();
    }
    if (leads) {
      this.#leadingTerm = level.term;
      this.timeline.elected(level.term);
      this.#driver.begin(level.term);
      this.drain.begin(level.term);
      this.#ticker.lead(true);
      this.reconciler.lead();
      observe.leading(level.term);
    }
    if (level.role === 'follower' && level.leader !== 0) {
      for (const gateway of this.#gateways) gateway.follow(level.term);
    }
    this.#followLeader();
    // What is seen of the old leader's end before an election belongs to the takeover that follows it.
    if (level.leader === 0) this.timeline.deathSeen(`leader lost, ${level.role}`);
    else this.timeline.leaderHeard();
    if (level.role === 'pre-candidate' || level.role === 'candidate') this.timeline.campaign();
    // Last: nothing of a takeover waits for a line of the log.
    log.info({ role: level.role, term: level.term, leader: level.leader, event: 'raft.role' }, 'role changed');
  }

  #effect(effect: Effect): void {
    if (effect.type === 'SendClientFix') this.#clients?.send(effect);
    else if (effect.type === 'CloseClient') this.#clients?.close(effect);
    else {
      const gateway = this.#gateways.find((candidate) => candidate.venue === effect.venue);
      if (effect.type === 'SendFix') gateway?.send(effect);
      else if (effect.type === 'CloseTransport') gateway?.close(effect.connectionId, effect.reason);
      else gateway?.ask(effect);
    }
  }

  /**
   * Clients are turned away once the leader's barrier is applied here, not before: then this node knows all that earlier
   * leaders have told them.
   */
  #followLeader(): void {
    const level = this.#replica?.role();
    if (this.#clients === undefined || level === undefined || level.term === this.#followed) return;
    const text = leaderText(this.plan.self, this.knownNodes(), level.leader);
    const { name = '' } = this.plan.venues[0] ?? {};
    if (text === '' || this.#machine.ledger.gate(name).term !== level.term) return;
    this.#followed = level.term;
    this.#clients.follow(text);
  }

  #events(entry: AppliedEntry, events: readonly LedgerEvent[]): void {
    const term = this.#leadingTerm;
    for (const event of events) {
      if (term !== 0 && entry.term === term) this.timeline.hear(term, event);
      if (event.type === 'GateOpened') this.#timings.gateOpened();
      if (event.type === 'Alarm') this.#options.log.error({ code: event.code, index: event.index }, event.text);
    }
    this.#recovery.applied(entry, events);
    this.drain.applied(events);
    if (term !== 0) this.reconciler.heard(events);
    this.#followLeader();
    this.#options.observe.applied(entry, events);
    this.#ticker.review();
  }

  #openTerm(venue: string): number {
    const gate = this.#machine.ledger.gate(venue);
    return gate.open ? gate.term : 0;
  }

  #makeGateway(venue: Plan['venues'][number]): Gateway {
    const { plan, clock, network, log } = this.#options;
    return venueGateway({
      plan,
      venue,
      clock,
      network,
      log,
      gate: this.gate,
      ledger: () => this.#machine.ledger,
      propose: (command, settled = () => {}) => this.proposer.settled(command, settled),
      observe: observeGateway({
        log,
        timeline: this.timeline,
        leadingTerm: () => this.#leadingTerm,
        written: (name, effect) => this.#options.observe.written?.(name, effect),
      }),
    });
  }
}
