/** The picture of one series over the run. */
import { pictureSvg } from '../../../bench/failover/picture.ts';
import type { Point } from './slope.ts';

const TICKS = 6;

export function seriesSvg(name: string, points: readonly Point[]): string {
  const endS = Math.max(1, ...points.map(({ atS }) => atS));
  const top = Math.max(1, ...points.map(({ value }) => value)) * 1.1;
  const x = { label: 'seconds since the start', min: 0, max: endS, ticks: ticks(endS) };
  const y = { label: name, min: 0, max: top, ticks: ticks(top) };
  return pictureSvg(name, x, y, (plot) =>
    points.map(({ atS, value }) => {
      const at = `cx="${plot.x(atS).toFixed(1)}" cy="${plot.y(value).toFixed(1)}"`;
      return `<circle ${at} r="1.6" fill="#1f77b4" fill-opacity="0.6"/>`;
    }),
  );
}

function ticks(max: number): readonly number[] {
  const step = max / TICKS;
  const round = 10 ** Math.floor(Math.log10(step));
  const even = Math.ceil(step / round) * round;
  return Array.from({ length: Math.floor(max / even) + 1 }, (_, i) => Number((i * even).toPrecision(6)));
}
