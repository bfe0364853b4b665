// The timing loop of the benches here: batches timed with the monotonic clock,
// percentiles over the batches, so that a pause of the machine shows as a pause and
// not as a mean.

export interface Result {
  readonly name: string;
  readonly unit: 'us/message';
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly n: number;
}

/** Keeps the compiler from dropping work whose result no one reads. */
let sink: unknown;

export function measure(name: string, rounds: number, batch: number, act: () => unknown): Result {
  const times: number[] = [];
  for (let round = -200; round < rounds; round++) {
    const began = process.hrtime.bigint();
    for (let i = 0; i < batch; i++) {
      sink = act();
    }
    const us = Number(process.hrtime.bigint() - began) / 1000 / batch;
    if (round >= 0) {
      times.push(us);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(3));
  return { name, unit: 'us/message', min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), n: rounds * batch };
}

/** Fails when the loop's work could have been optimised away. */
export function assertMeasured(): void {
  if (sink === undefined) {
    throw new Error('nothing was measured');
  }
}
