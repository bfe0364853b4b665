// The histogram of interruptions: how often the venue saw no new order for how long.

import { pictureSvg } from './picture.ts';

const BINS = 60;

export function histogramSvg(title: string, gapsMs: readonly number[]): string {
  const max = Math.max(20, Math.ceil(Math.max(0, ...gapsMs) / 10) * 10);
  const widthMs = max / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const gapMs of gapsMs) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(gapMs / widthMs)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const top = Math.max(1, ...counts);
  const x = { label: 'last order of the old leader to first of the next, ms', min: 0, max, ticks: ticks(max) };
  const y = { label: 'failovers', min: 0, max: top, ticks: ticks(top) };
  return pictureSvg(`Interruptions: ${title}`, x, y, (plot) =>
    counts.flatMap((count, bin) => {
      if (count === 0) return [];
      const left = plot.x(bin * widthMs);
      const width = plot.x((bin + 1) * widthMs) - left - 1;
      const at = plot.y(count);
      return `<rect x="${left.toFixed(1)}" y="${at.toFixed(1)}" width="${width.toFixed(1)}" height="${(plot.floor - at).toFixed(1)}" fill="#1f77b4"/>`;
    }),
  );
}

function ticks(max: number): readonly number[] {
  const step = Math.max(1, Math.round(max / 5));
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, i) => i * step);
}
