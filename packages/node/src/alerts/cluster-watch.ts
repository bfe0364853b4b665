/** The leader's view of the cluster for alerts; a node that does not lead sees nothing, so that each fact is told once. */
import type { Clock } from '@baton/host';
import type { ApiSubject } from '../api/subject.ts';
import { SyncLag } from './sync-lag.ts';
import { healthConditions, type LagBounds, lagConditions, type WatchFacts } from './watch-facts.ts';

/** A new leader's followers are not linked and not level for a moment, and that is no news. */
const SETTLED_US = 3_000_000;

export class ClusterWatch {
  readonly #clock: Clock;
  readonly #core: ApiSubject;
  readonly #bounds: LagBounds | null;
  readonly #lag: SyncLag;
  #leadsSinceUs = 0;

  /** `bounds` null: nobody is told anything. */
  constructor(clock: Clock, core: ApiSubject, bounds: LagBounds | null) {
    this.#clock = clock;
    this.#core = core;
    this.#bounds = bounds;
    this.#lag = new SyncLag(clock, () => core.replica?.place().index ?? 0);
  }

  leading(): void {
    this.#leadsSinceUs = this.#clock.monotonicUs();
    if (this.#bounds !== null) this.#lag.start();
  }

  retired(): void {
    this.#lag.stop();
  }

  facts(): WatchFacts | null {
    if (this.#bounds === null) return null;
    const leads = this.#core.leadingTerm !== 0;
    const { commit = 0, last = 0, peers = [] } = this.#core.replica?.status() ?? {};
    const isSettled = this.#clock.monotonicUs() - this.#leadsSinceUs >= SETTLED_US;
    if (!leads || !isSettled) return { leads, commitIndex: commit, conditions: [] };
    const names = new Map(this.#core.knownNodes().map(({ id, name }) => [id, name]));
    const lags = peers.map(({ lagEntries, linkUp, nodeId }) => ({
      node: names.get(nodeId) ?? String(nodeId),
      linkUp,
      lagMs: this.#lag.lagMs(last - lagEntries),
    }));
    const health = healthConditions(this.#core.plan.self.name, this.#core.health());
    return { leads, commitIndex: commit, conditions: [...health, ...lagConditions(lags, this.#bounds)] };
  }
}
