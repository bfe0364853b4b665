/** Which series must be flat, and how much of a rise is none. */
import type { Measure, Series } from './sampler.ts';
import { type Trend, trendOf } from './slope.ts';

export interface JudgedSeries extends Trend {
  readonly name: string;
  readonly unit: string;
}

/** Allowed over the whole run: at least so much, and a share of the median. */
const ALLOWANCES: Readonly<Record<Measure, { readonly unit: string; readonly least: number; readonly share: number }>> =
  {
    // A log of 16 MiB segments, caches and archives that fill up to their bounds in the first minutes.
    memory: { unit: 'MiB', least: 24, share: 0.15 },
    files: { unit: 'files', least: 3, share: 0.1 },
    loop: { unit: 'ms late', least: 0.5, share: 0.5 },
  };

export function judgeSeries(series: readonly Series[]): readonly JudgedSeries[] {
  return series.map(({ measure, name, points }) => {
    const { unit, ...allowance } = ALLOWANCES[measure];
    return { name, unit, ...trendOf(points, allowance) };
  });
}

export function trendText({ name, unit, points, median, rise, allowed, z, isFlat }: JudgedSeries): string {
  const figures = [
    `median ${median.toFixed(1)}`,
    `rise ${rise.toFixed(1)} of ${allowed.toFixed(1)} allowed`,
    `z ${z.toFixed(1)}`,
  ];
  return `${isFlat ? 'flat  ' : 'GROWS '} ${name} (${unit}, ${points} samples): ${figures.join(', ')}`;
}
