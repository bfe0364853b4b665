// What the replica measures of itself, between two resets.

import { LatencyHistogram } from './latency-histogram.ts';

export class Metrics {
  readonly append = new LatencyHistogram();
  readonly commit = new LatencyHistogram();
  readonly apply = new LatencyHistogram();
  readonly loopDelay = new LatencyHistogram();
  readonly fsync = new LatencyHistogram();
  readonly leaderGap = new LatencyHistogram();
  readonly heartbeatGap = new LatencyHistogram();
  /** From a heartbeat of this leader to its answer, by follower. */
  readonly #roundTrips = new Map<number, LatencyHistogram>();
  committedCount = 0;
  outcomeUnknownCount = 0;
  electionCount = 0;
  leaderDeathCount = 0;

  resetLatencies(): void {
    this.append.reset();
    this.commit.reset();
    this.apply.reset();
    this.loopDelay.reset();
    this.fsync.reset();
    this.#roundTrips.clear();
    this.leaderGap.reset();
    this.heartbeatGap.reset();
  }

  roundTrip(nodeId: number): LatencyHistogram {
    let histogram = this.#roundTrips.get(nodeId);
    if (histogram === undefined) {
      histogram = new LatencyHistogram();
      this.#roundTrips.set(nodeId, histogram);
    }
    return histogram;
  }
}
