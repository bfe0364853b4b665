/**
 * How far another node's wall clock is from ours, with a bound that holds whatever the delays: a question leaves at our
 * monotonic t0, its answer with their wall time arrives at t1, so that time was read somewhere in between. The middle is
 * wrong by half of the round trip at most (RFC 5905 §8, Cristian 1989); the sample with the tightest bound is kept, and
 * its bound widens with age, because clocks drift.
 */

/** Their clock minus ours, microseconds, and by how much that can be wrong. */
export interface ClockOffset {
  readonly offsetUs: number;
  readonly errorUs: number;
}

/** Two clocks may part by this much: 500 ppm is the most that a kernel slews, on both sides. */
const DRIFT_SHARE = 0.001;
const SAMPLES_MAX = 16;

interface Sample extends ClockOffset {
  readonly takenUs: number;
}

export class ClockOffsetEstimate {
  #samples: Sample[] = [];

  /**
   * A round trip from `sentUs` to `receivedUs` (our monotonic clock) whose answer said `theirWallUs`; `ourWallUs` is our
   * wall clock at the moment of the receipt.
   */
  add(sentUs: number, receivedUs: number, ourWallUs: number, theirWallUs: number): void {
    const errorUs = (receivedUs - sentUs) / 2;
    if (!(errorUs >= 0)) return;
    const sample = { offsetUs: theirWallUs - (ourWallUs - errorUs), errorUs, takenUs: receivedUs };
    // One of the clocks was set: what was measured before says nothing any more.
    const known = this.at(receivedUs);
    if (known !== undefined && Math.abs(known.offsetUs - sample.offsetUs) > known.errorUs + sample.errorUs) {
      this.#samples = [];
    }
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  /** The best that is known at `nowUs` (monotonic); undefined before the first answer. */
  at(nowUs: number): ClockOffset | undefined {
    let best: ClockOffset | undefined;
    for (const { offsetUs, errorUs, takenUs } of this.#samples) {
      const widened = errorUs + (nowUs - takenUs) * DRIFT_SHARE;
      if (best === undefined || widened < best.errorUs) best = { offsetUs, errorUs: widened };
    }
    return best;
  }
}

/**
 * How far our clock is from the middle one of the cluster's, microseconds (positive: they are ahead), and the bound of the
 * offset that decides it. Undefined with fewer than two others: of two clocks nobody knows which one is wrong.
 */
export function clockSkew(others: readonly ClockOffset[]): ClockOffset | undefined {
  if (others.length < 2) return undefined;
  const sorted = [...others, { offsetUs: 0, errorUs: 0 }].sort((a, b) => a.offsetUs - b.offsetUs);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined || lower === undefined) return undefined;
  // An even number has two in the middle: the one that accuses us less.
  return Math.abs(lower.offsetUs) < Math.abs(middle.offsetUs) ? lower : middle;
}
