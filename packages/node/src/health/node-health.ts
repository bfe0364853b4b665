/** The checks of a running node, put together: what each of them looks at. */
import type { Clock } from '@baton/host';
import type { CoreLog } from '../core/core-log.ts';
import type { TradingCore } from '../core/trading-core.ts';
import { DiskHealth } from './disk-health.ts';
import { FailBack } from './fail-back.ts';
import { HealthWatch } from './health-watch.ts';
import { LoopHealth } from './loop-health.ts';
import { OrderLagHealth } from './order-lag-health.ts';
import { ReportedHealth } from './reported-health.ts';
import { VenueHealth } from './venue-health.ts';

export interface NodeHealthOptions {
  readonly core: TradingCore;
  readonly clock: Clock;
  readonly log: CoreLog;
  /** Id of the preferred leader; 0 for none. */
  readonly preferredLeader: number;
}

const FAIL_BACK_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 1000;
/** Entries that the preferred leader may lack: what is under way. */
const LAG_ENTRIES_MAX = 64;
const MARKET_DATA_HOLD_MS = 5000;

export class NodeHealth {
  /** For whoever feeds market data. */
  readonly marketData = new ReportedHealth('market-data', MARKET_DATA_HOLD_MS);
  readonly #clock: Clock;
  readonly #core: TradingCore;
  readonly #watch: HealthWatch;
  readonly #failBack: FailBack;
  #loopLateUs = 0;
  #appendUs = 0;
  #timer: { cancel(): void } | undefined;

  constructor({ core, clock, log, preferredLeader }: NodeHealthOptions) {
    this.#clock = clock;
    this.#core = core;
    const isLeader = (): boolean => core.leadingTerm !== 0;
    this.#watch = new HealthWatch({
      clock,
      checks: [
        new LoopHealth(() => this.#loopLateUs),
        new DiskHealth(() => this.#appendUs),
        ...core.plan.configuration.venues.map(
          ({ venue, heartBtIntS }) => new VenueHealth(venue, heartBtIntS, () => core.ledger.gate(venue).open),
        ),
        new OrderLagHealth(
          () => core.oldestUnsentUs(),
          () => clock.monotonicUs(),
        ),
        this.marketData,
      ],
      isLeader,
      handOver: () => core.replica?.transfer() ?? Promise.resolve(),
      log: (facts, text) => log.warn({ ...facts, event: 'health.hand-over' }, text),
    });
    this.#failBack = new FailBack({
      clock,
      preferred: preferredLeader === core.plan.self.id ? 0 : preferredLeader,
      coolDownMs: FAIL_BACK_AFTER_MS,
      isLeader,
      isFit: (id) => {
        const peer = core.replica?.status().peers.find(({ nodeId }) => nodeId === id);
        return peer?.linkUp === true && peer.lagEntries <= LAG_ENTRIES_MAX;
      },
      handOverTo: (id) => void core.replica?.transfer(id),
    });
  }

  start(): void {
    this.#watch.start();
    this.#lookLater();
  }

  stop(): void {
    this.#watch.stop();
    this.#timer?.cancel();
  }

  #lookLater(): void {
    this.#timer = this.#clock.setTimer(LOOK_EVERY_MS, () => {
      // The distributions of the last second, which is why they are begun anew.
      const status = this.#core.replica?.status({ reset: true });
      this.#loopLateUs = status?.loopDelay.p99Us ?? 0;
      this.#appendUs = status?.appendLatency.p99Us ?? 0;
      this.#failBack.look();
      this.#lookLater();
    });
  }
}
