/**
 * The core of a node: replica, ledger, gateways, takeover, desk link and API, wired together. Data flows one way:
 * commands → replica → ledger → effects → gate → venue, and the venue's answers come back as commands.
 */
import type { Clock, Disk, Network, Random } from '@baton/host';
import type { Effect, LedgerEvent } from '@baton/ledger';
import { type AppliedEntry, Replica, type ReplicaFatalError, type RoleLevel } from '@baton/replica';
import { ApiServer } from '../api/server.ts';
import type { ApiSubject } from '../api/subject.ts';
import { ClientAcceptor } from '../clients/client-acceptor.ts';
import { observeClients } from '../clients/client-observer.ts';
import { readLinkTls } from '../configuration/link-tls.ts';
import type { Plan } from '../configuration/plan.ts';
import { DeskLink } from '../desk/link.ts';
import type { CoreMessage } from '../desk/protocol.ts';
import { Gate } from '../gate/gate.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { GatewayObserver } from '../gateway/observer.ts';
import { TakeoverDriver } from '../takeover/driver.ts';
import { Timeline } from '../takeover/timeline.ts';
import { type KnownNode, knownNodes } from './known-nodes.ts';
import type { Log } from './log.ts';
import { LedgerMachine } from './machine.ts';
import { Proposer } from './proposer.ts';
import { Ticker } from './ticker.ts';

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
  readonly gate: Gate;
  readonly proposer: Proposer;
  readonly timeline: Timeline;
  readonly #options: CoreOptions;
  readonly #startedUs: number;
  readonly #machine: LedgerMachine;
  readonly #gateways: readonly Gateway[];
  /** Undefined when this node takes no FIX clients. */
  readonly #clients: ClientAcceptor | undefined;
  readonly #driver: TakeoverDriver;
  readonly #ticker: Ticker;
  readonly #desk: DeskLink;
  readonly #api: ApiServer;
  #replica: Replica | undefined;
  #leadingTerm = 0;
  /** Term whose leader clients are told of; 0 while they are kept waiting. */
  #followed = 0;
  #paused = '';

  private constructor(options: CoreOptions) {
    const { plan, clock, log } = options;
    this.#options = options;
    this.plan = plan;
    this.#startedUs = clock.monotonicUs();
    this.proposer = new Proposer(() => this.#replica);
    this.timeline = new Timeline(plan.self.name, () => clock.wallUs());
    this.#machine = new LedgerMachine({
      effect: (effect) => this.#effect(effect),
      events: (entry, events) => this.#events(entry, events),
    });
    this.gate = new Gate({
      leadingTerm: () => this.#leadingTerm,
      leaseRemainingUs: () => this.#replica?.leaseRemainingUs() ?? 0,
      openTerm: (venue) => this.#openTerm(venue),
    });
    this.#gateways = plan.venues.map((venue) => this.#makeGateway(venue));
    this.#clients = this.#makeAcceptor();
    this.#driver = new TakeoverDriver({
      nodeId: plan.self.id,
      wanted: plan.configuration,
      current: () => this.#machine.ledger.configuration(),
      propose: (command, applied) => this.proposer.internal(command, applied),
      gateways: this.#clients === undefined ? this.#gateways : [...this.#gateways, this.#clients],
      barrierApplied: (term) => this.timeline.note(term, 'barrier'),
    });
    this.#ticker = new Ticker({
      clock,
      deadlineUs: () => this.#machine.ledger.nextDeadlineUs(),
      propose: (command, applied) => this.proposer.internal(command, applied),
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
    const { plan, clock, random, disk, log } = options;
    await core.#api.start();
    await core.#desk.start();
    core.#replica = await Replica.start({
      nodeId: plan.self.id,
      clusterId: plan.cluster,
      peers: plan.nodes.map(({ id, raft, joining }) => ({ nodeId: id, address: raft, joining: joining === true })),
      clock,
      random,
      disk,
      folder: `${plan.folder}/journal`,
      stateMachine: core.#machine,
      timing: plan.timing,
      durability: plan.durability,
      ...(plan.linkTls === undefined ? {} : { tls: readLinkTls(plan.linkTls, (id) => core.#nameOf(id)) }),
      onFatal: options.onFatal,
      onLeaderLinkDown: (evidence) => core.timeline.deathSeen(`link to the leader ${evidence}`),
      log: (level, text, facts) => log[level](facts, text),
    });
    await core.#clients?.start();
    core.#replica.onRole((level) => core.#role(level));
    return core;
  }

  /** Leaves the cluster: hands leadership over, frees the venues, closes the journal. */
  async stop(): Promise<void> {
    this.#desk.deactivate('stopping');
    await this.#replica?.stop();
    this.#driver.end();
    this.#clients?.stop();
    this.#ticker.lead(false);
    this.#desk.stop();
    await this.#api.stop();
  }

  get replica(): Replica | undefined {
    return this.#replica;
  }

  get ledger(): LedgerMachine['ledger'] {
    return this.#machine.ledger;
  }

  get leadingTerm(): number {
    return this.#leadingTerm;
  }

  get paused(): string {
    return this.#paused;
  }

  knownNodes(): readonly KnownNode[] {
    return knownNodes(this.plan, this.#replica?.members() ?? []);
  }

  uptimeMs(): number {
    return (this.#options.clock.monotonicUs() - this.#startedUs) / 1000;
  }

  /** Stops this node's strategies until `resumeStrategies`; their orders stay. */
  pauseStrategies(reason: string): void {
    this.#paused = reason === '' ? 'paused' : reason;
    this.#desk.deactivate(this.#paused);
  }

  resumeStrategies(): void {
    this.#paused = '';
    if (this.#leadingTerm !== 0) this.#desk.activate(this.#leadingTerm);
  }

  suspendVenues(): void {
    for (const gateway of this.#gateways) gateway.suspend();
  }

  resumeVenues(): void {
    for (const gateway of this.#gateways) gateway.resume();
  }

  /** The name that a node's certificate must carry; '', which none does, while it is not known. */
  #nameOf(id: number): string {
    return this.knownNodes().find((node) => node.id === id)?.name ?? '';
  }

  #role(level: RoleLevel): void {
    const { log } = this.#options;
    this.#followed = 0;
    this.#clients?.follow('');
    const leads = level.role === 'leader';
    log.info({ role: level.role, term: level.term, leader: level.leader, event: 'raft.role' }, 'role changed');
    if (leads && this.#leadingTerm === level.term) return;
    if (this.#leadingTerm !== 0) {
      this.#leadingTerm = 0;
      this.#driver.end();
      this.#ticker.lead(false);
      this.#desk.deactivate('not leading');
    }
    if (leads) {
      this.#leadingTerm = level.term;
      this.timeline.elected(level.term);
      this.#driver.begin(level.term);
      this.#ticker.lead(true);
      if (this.#paused === '') this.#desk.activate(level.term);
    }
    this.#followLeader();
    // What is seen of the old leader's end before an election belongs to the takeover that follows it.
    if (level.leader === 0) this.timeline.deathSeen(`leader lost, ${level.role}`);
    else this.timeline.leaderHeard();
  }

  #effect(effect: Effect): void {
    if (effect.type === 'SendClientFix') this.#clients?.send(effect);
    else if (effect.type === 'CloseClient') this.#clients?.close(effect);
    else {
      const gateway = this.#gateways.find((candidate) => candidate.venue === effect.venue);
      if (effect.type === 'SendFix') gateway?.send(effect);
      else gateway?.close(effect.connectionId);
    }
  }

  /**
   * Clients are turned away once the leader's barrier is applied here, not before: then this node knows all that earlier
   * leaders have told them.
   */
  #followLeader(): void {
    const level = this.#replica?.role();
    if (this.#clients === undefined || level === undefined || level.term === this.#followed) return;
    const text = this.#leaderText(level.leader);
    const { name = '' } = this.plan.venues[0] ?? {};
    if (text === '' || this.#machine.ledger.gate(name).term !== level.term) return;
    this.#followed = level.term;
    this.#clients.follow(text);
  }

  /** What a FIX client is told that connects to a follower; '' while nobody is known to lead. */
  #leaderText(leader: number): string {
    const node = this.knownNodes().find((candidate) => candidate.id === leader);
    if (node === undefined || node.id === this.plan.self.id) return '';
    const where = node.fix === undefined ? 'but takes no FIX clients' : `connect to ${node.fix.host}:${node.fix.port}`;
    return `${this.plan.self.name} does not lead; ${node.name} leads, ${where}`;
  }

  #makeAcceptor(): ClientAcceptor | undefined {
    const { plan, clock, network, log } = this.#options;
    if (plan.self.fix === undefined) return undefined;
    return new ClientAcceptor({
      address: plan.self.fix,
      tls: plan.fixTls,
      certificates: new Map(Object.entries(plan.clientCertificates)),
      clients: plan.configuration.clients ?? [],
      network,
      clock,
      gate: this.gate,
      propose: (command, settled) => this.proposer.settled(command, settled),
      session: (client) => this.#machine.ledger.clientSessions().find((session) => session.client === client),
      observe: observeClients(log),
    });
  }

  #events(entry: AppliedEntry, events: readonly LedgerEvent[]): void {
    const term = this.#leadingTerm;
    for (const event of events) {
      if (term !== 0 && entry.term === term) this.timeline.hear(term, event);
      if (event.type === 'Alarm') this.#options.log.error({ code: event.code, index: event.index }, event.text);
    }
    this.#followLeader();
    this.#desk.publish(events);
    this.#ticker.review();
  }

  #openTerm(venue: string): number {
    const gate = this.#machine.ledger.gate(venue);
    return gate.open ? gate.term : 0;
  }

  #makeGateway(venue: Plan['venues'][number]): Gateway {
    const { plan, clock, network } = this.#options;
    const facts = plan.configuration.venues.find((candidate) => candidate.venue === venue.name);
    if (facts === undefined) throw new Error(`venue ${venue.name} has no session facts in the configuration`);
    return new Gateway({
      venue: venue.name,
      address: venue.address,
      tls: venue.tls,
      logon: venue.logon,
      header: {
        beginString: facts.beginString,
        senderCompId: facts.senderCompId,
        targetCompId: facts.targetCompId,
      },
      network,
      clock,
      gate: this.gate,
      propose: (command) => this.proposer.internal(command),
      observe: this.#observer(),
    });
  }

  #observer(): GatewayObserver {
    const { log } = this.#options;
    return {
      connected: (venue, connectionId) => {
        this.timeline.note(this.#leadingTerm, 'connected');
        log.info({ venue, connectionId, event: 'gateway.connected' }, 'connected to the venue');
      },
      closed: (venue, connectionId, reason) =>
        log[reason.kind === 'tls' ? 'warn' : 'info'](
          { venue, connectionId, ...reason, event: 'gateway.closed' },
          'connection to the venue ended',
        ),
      written: (_venue, effect) => {
        if (effect.msgType === 'D' && !effect.possDup) this.timeline.note(this.#leadingTerm, 'firstOrderWritten');
      },
      garbled: (venue, reason, sizeBytes) => log.warn({ venue, reason, sizeBytes }, 'garbled bytes from the venue'),
      withheld: (venue, effect, reason) =>
        log.warn(
          { venue, msgType: effect.msgType, msgSeqNum: effect.msgSeqNum, reason },
          'the gate withheld a message',
        ),
    };
  }

  #deskSnapshot(): Extract<CoreMessage, { type: 'snapshot' }> {
    const ledger = this.#machine.ledger;
    const mine = new Set(this.plan.strategies.map((strategy) => strategy.id));
    return {
      type: 'snapshot',
      index: this.#replica?.status().applied ?? 0,
      orders: ledger.orders({ open: true }).filter((order) => mine.has(order.strategyId)),
      positions: ledger.positions(),
    };
  }
}
