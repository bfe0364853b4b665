// How regularly this follower hears its leader: gaps between signs of life, as the event loop here reads them.
//
// Rule decided here: a gap is between two messages of the same leader in the same term; a new leader begins anew, so that
// an election is no gap. Every message that puts an election off is a sign; heartbeats are counted apart as well, because
// under load they alone show whether bulk data delays them.

import { type Message, MessageType } from '@baton/raft';
import type { Metrics } from './metrics.ts';

export class LeaderSigns {
  readonly #metrics: Pick<Metrics, 'leaderGap' | 'heartbeatGap'>;
  #leader = 0;
  #term = 0;
  #signUs = 0;
  #heartbeatUs = 0;

  constructor(metrics: Pick<Metrics, 'leaderGap' | 'heartbeatGap'>) {
    this.#metrics = metrics;
  }

  /** Raft follows the sender of `message`, which was read at `nowUs`. */
  heard({ from, term, type }: Message, nowUs: number): void {
    if (from !== this.#leader || term !== this.#term) {
      this.#leader = from;
      this.#term = term;
      this.#signUs = 0;
      this.#heartbeatUs = 0;
    }
    // Messages that were read together are one sign.
    if (nowUs > this.#signUs) {
      if (this.#signUs > 0) this.#metrics.leaderGap.record(nowUs - this.#signUs);
      this.#signUs = nowUs;
    }
    if (type !== MessageType.Heartbeat) return;
    if (this.#heartbeatUs > 0) this.#metrics.heartbeatGap.record(nowUs - this.#heartbeatUs);
    this.#heartbeatUs = nowUs;
  }
}
