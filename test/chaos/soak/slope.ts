/**
 * Does a series grow over the run? Rule decided here, so that no eye has to: a series is not flat if its rise is more than
 * chance (Mann–Kendall, one-sided, 1 in 1,000) and more than what is allowed (Theil–Sen slope over the whole run, beside an
 * allowance in the series' own unit and a share of its median). Both are rank statistics: the saw-tooth of restarted processes
 * and single peaks do not move them. Sources: H. B. Mann 1945; P. K. Sen 1968. Pure.
 */
export interface Point {
  /** Since the beginning of the run. */
  readonly atS: number;
  readonly value: number;
}

export interface Trend {
  readonly points: number;
  readonly median: number;
  /** Over the whole run, in the series' unit. */
  readonly rise: number;
  /** Of Mann–Kendall: how many standard deviations above no trend. */
  readonly z: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** One in a thousand, one-sided: many series are judged in a run. */
const Z_MAX = 3.09;
/** More points than this cost time and add nothing: they become medians of as many stretches. */
const STRETCHES = 120;
const FEWEST = 8;

export function trendOf(
  points: readonly Point[],
  allowance: { readonly least: number; readonly share: number },
): Trend {
  const series = stretched(points);
  const values = series.map(({ value }) => value);
  const median = medianOf(values);
  const allowed = Math.max(allowance.least, allowance.share * Math.abs(median));
  const spanS = (series.at(-1)?.atS ?? 0) - (series[0]?.atS ?? 0);
  const slopes: number[] = [];
  let s = 0;
  for (const [i, a] of series.entries()) {
    for (const b of series.slice(i + 1)) {
      s += Math.sign(b.value - a.value);
      if (b.atS > a.atS) slopes.push((b.value - a.value) / (b.atS - a.atS));
    }
  }
  const n = series.length;
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const z = n < FEWEST ? 0 : (s - Math.sign(s)) / deviation;
  const rise = medianOf(slopes) * spanS;
  return { points: points.length, median, rise, z, allowed, isFlat: !(z > Z_MAX && rise > allowed) };
}

function stretched(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.atS - b.atS);
  if (sorted.length <= STRETCHES) return sorted;
  const size = sorted.length / STRETCHES;
  return Array.from({ length: STRETCHES }, (_, i) => {
    const part = sorted.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    return { atS: medianOf(part.map(({ atS }) => atS)), value: medianOf(part.map(({ value }) => value)) };
  });
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
