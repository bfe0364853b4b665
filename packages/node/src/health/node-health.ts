/** The checks of a running node, put together: what each of them looks at, what the others say, and what is shown of it. */
import type { Clock, Network } from '@baton/host';
import type { FeedPlan } from '../configuration/feed-plan.ts';
import type { HealthPlan } from '../configuration/health-schema.ts';
import type { CoreLog } from '../core/core-log.ts';
import type { TradingCore } from '../core/trading-core.ts';
import { Calm } from './calm.ts';
import { ClockHealth } from './clock-health.ts';
import { FailBack } from './fail-back.ts';
import { BoundCheck, type HealthCheck } from './health-check.ts';
import { type HealthView, healthView } from './health-view.ts';
import { HealthWatch } from './health-watch.ts';
import { MarketDataHealth } from './market-data-health.ts';
import { PeerHealth } from './peer-health.ts';
import { type Candidate, healthierNode } from './successor.ts';
import { answers, VenueHealth } from './venue-health.ts';
import { VenueReach } from './venue-reach.ts';

export interface NodeHealthOptions {
  readonly core: TradingCore;
  readonly clock: Clock;
  readonly network: Network;
  readonly log: CoreLog;
  readonly plan: HealthPlan;
  readonly feeds: readonly FeedPlan[];
  /** Id of the preferred leader; 0 for none. */
  readonly preferredLeader: number;
}

const LOOK_EVERY_MS = 1000;
/** Entries that the next leader may lack: what is under way. */
const LAG_ENTRIES_MAX = 64;
/** A silent FIX line is given up after about so many heartbeat intervals; a venue frees a dead leader's after as many. */
const SILENT_INTERVALS = 2.5;
const VENUE_DOWN_INTERVALS = 4;

export class NodeHealth {
  /** For the desk, which has the feeds. */
  readonly marketData: MarketDataHealth;
  readonly #options: NodeHealthOptions;
  readonly #checks: readonly HealthCheck[];
  readonly #calm: Calm;
  readonly #watch: HealthWatch;
  readonly #peers: PeerHealth;
  readonly #reach: VenueReach;
  readonly #failBack: FailBack;
  /** Of the last second, milliseconds; and the latest that the loop ever was, microseconds. */
  #loopLateMs = 0;
  #appendMs = 0;
  loopLateMaxUs = 0;
  #timer: { cancel(): void } | undefined;

  constructor(options: NodeHealthOptions) {
    const { clock, core, feeds, network, plan } = options;
    this.#options = options;
    this.#calm = new Calm(clock, plan.coolDownMs);
    this.#reach = new VenueReach(clock, network, core.plan.venues);
    this.#peers = this.#makePeers();
    const silenceMaxMs = new Map(
      feeds.map(({ heartBtIntS, venue }) => [venue, plan.marketDataMaxMs ?? SILENT_INTERVALS * heartBtIntS * 1000]),
    );
    this.marketData = new MarketDataHealth({
      maxMsOf: (venue) => silenceMaxMs.get(venue) ?? Number.POSITIVE_INFINITY,
      nowUs: () => clock.monotonicUs(),
    });
    this.#checks = this.#makeChecks();
    this.#watch = this.#makeWatch();
    this.#failBack = this.#makeFailBack();
  }

  start(): void {
    this.#watch.start();
    this.#peers.start();
    this.#lookLater();
  }

  stop(): void {
    this.#watch.stop();
    this.#peers.stop();
    this.#timer?.cancel();
  }

  /** What another node's health says. */
  heard(from: number, bytes: Uint8Array): void {
    this.#peers.heard(from, bytes);
  }

  view(): HealthView {
    return healthView({
      checks: this.#checks,
      watch: this.#watch,
      calmMs: this.#calm.remainingMs(),
      nodes: this.#options.core.knownNodes(),
      reports: this.#peers.reports(),
    });
  }

  #makeChecks(): readonly HealthCheck[] {
    const { clock, core, plan } = this.#options;
    const venues = core.plan.configuration.venues.map(({ heartBtIntS, venue }) => {
      const holdMs = plan.venueDownMs ?? VENUE_DOWN_INTERVALS * heartBtIntS * 1000;
      return new VenueHealth(venue, holdMs, () => !this.#isLeader() || answers(core.ledger, venue));
    });
    const bound = (
      name: string,
      holdMs: number,
      maxMs: number,
      valueMs: () => number | undefined,
      text: (ms: number) => string,
    ) => new BoundCheck({ name, holdMs, maxMs, valueMs, text });
    return [
      bound(
        'event-loop',
        plan.lateForMs,
        plan.loopLateMaxMs,
        () => this.#loopLateMs,
        (ms) => `the event loop is ${ms} ms late at p99`,
      ),
      bound(
        'disk',
        plan.lateForMs,
        plan.diskLatencyMaxMs,
        () => this.#appendMs,
        (ms) => `entries are durable after ${ms} ms at p99`,
      ),
      ...venues,
      bound(
        'order-lag',
        0,
        plan.orderLagMaxMs,
        () => sinceMs(core.oldestUnsentUs(), clock),
        (ms) => `the oldest order waits for ${ms} ms`,
      ),
      bound(
        'risk',
        0,
        plan.riskAnswerMaxMs,
        () => (core.replica?.oldestProposalUs() ?? 0) / 1000,
        (ms) => `the oldest command has waited ${ms} ms for its verdict`,
      ),
      this.marketData,
      new ClockHealth(plan.clockSkewMaxMs, () =>
        [...this.#peers.reports().values()].flatMap((report) => report.clock ?? []),
      ),
    ];
  }

  #makePeers(): PeerHealth {
    const { clock, core } = this.#options;
    return new PeerHealth({
      clock,
      peers: () => (core.replica?.status().peers ?? []).map(({ nodeId }) => nodeId),
      tell: (nodeId, bytes) => core.replica?.tell(nodeId, bytes),
      venuesDown: () => (this.#isLeader() ? this.#venuesDown() : []),
      own: (venues) => {
        this.#reach.tryAll(venues);
        return {
          problems: [...this.#watch.problems],
          reached: this.#reach.reached(),
          calmMs: this.#calm.remainingMs(),
        };
      },
      heardCalm: (remainingMs) => this.#calm.heard(remainingMs),
    });
  }

  #makeWatch(): HealthWatch {
    const { clock, core, log, plan } = this.#options;
    return new HealthWatch({
      clock,
      checks: this.#checks,
      calm: this.#calm,
      isLeader: () => this.#isLeader(),
      successor: (problems) => (plan.handOver ? healthierNode(problems, this.#candidates(), this.#peers.reports()) : 0),
      handOver: async (to) => {
        // The next leader must know of the cool-down before it leads.
        this.#peers.announce();
        return (await core.replica?.transfer(to))?.ok === true;
      },
      log: (facts, text) => log.warn({ ...facts, event: 'health.hand-over' }, text),
    });
  }

  #makeFailBack(): FailBack {
    const { clock, core, plan, preferredLeader } = this.#options;
    return new FailBack({
      clock,
      preferred: preferredLeader === core.plan.self.id ? 0 : preferredLeader,
      coolDownMs: plan.failBackAfterMs,
      isLeader: () => this.#isLeader(),
      isFit: (id) =>
        this.#calm.remainingMs() === 0 &&
        this.#peers.reports().get(id)?.problems.size === 0 &&
        this.#candidates().some(({ nodeId }) => nodeId === id),
      handOverTo: (id) => void core.replica?.transfer(id),
    });
  }

  #isLeader(): boolean {
    return this.#options.core.leadingTerm !== 0;
  }

  #venuesDown(): string[] {
    const { core } = this.#options;
    return core.plan.configuration.venues.map(({ venue }) => venue).filter((venue) => !core.ledger.gate(venue).open);
  }

  #candidates(): Candidate[] {
    const peers = this.#options.core.replica?.status().peers ?? [];
    return peers.filter(({ lagEntries, linkUp }) => linkUp && lagEntries <= LAG_ENTRIES_MAX);
  }

  #lookLater(): void {
    const { clock, core } = this.#options;
    this.#timer = clock.setTimer(LOOK_EVERY_MS, () => {
      // The distributions of the last second, which is why they are begun anew.
      const status = core.replica?.status({ reset: true });
      this.#loopLateMs = (status?.loopDelay.p99Us ?? 0) / 1000;
      this.#appendMs = (status?.appendLatency.p99Us ?? 0) / 1000;
      this.loopLateMaxUs = Math.max(this.loopLateMaxUs, status?.loopDelay.maxUs ?? 0);
      this.#failBack.look();
      this.#lookLater();
    });
  }
}

function sinceMs(sinceUs: number | undefined, clock: Clock): number | undefined {
  return sinceUs === undefined ? undefined : (clock.monotonicUs() - sinceUs) / 1000;
}
