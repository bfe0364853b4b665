// The picture of order latency around the failovers: all of them laid over one another, fault at zero.

import type { OrderLatency } from './order-latency.ts';
import { pictureSvg } from './picture.ts';

const SENT = '#1f77b4';
const MISSED = '#d62728';
/** More dots than this make a large file and no clearer picture. */
const DOTS_MAX = 20_000;

export function latencySvg(title: string, latencies: readonly OrderLatency[]): string {
  const step = Math.max(1, Math.ceil(latencies.length / DOTS_MAX));
  const x = { label: 'slot of the order, ms since the fault', min: -150, max: 350, ticks: [-100, 0, 100, 200, 300] };
  const ticks = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const y = { label: 'slot to acceptance at the venue, ms', min: 0.3, max: 1000, ticks, isLog: true };
  return pictureSvg(`Order latency around the fault: ${title}`, x, y, (plot) => [
    ...latencies
      .filter((_, i) => i % step === 0)
      .map(({ atMs, latencyMs, isMissed }) => {
        const at = `cx="${plot.x(atMs).toFixed(1)}" cy="${plot.y(latencyMs).toFixed(1)}"`;
        return `<circle ${at} r="1.5" fill="${isMissed ? MISSED : SENT}" fill-opacity="0.4"/>`;
      }),
    `<text x="${plot.x(120)}" y="60" fill="${SENT}">sent in its slot</text>`,
    `<text x="${plot.x(120)}" y="76" fill="${MISSED}">due while nobody could send: until the first order after it</text>`,
  ]);
}
