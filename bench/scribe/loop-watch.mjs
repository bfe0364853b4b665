// Loaded into every process of a node by run.ts: writes, ten times a second, how late the event loop was at most, and the
// longest collection of garbage.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

const folder = process.env.LOOP_WATCH;
const who = /[\\/](core|scribe)[\\/]main\.[jt]s$/.exec(process.argv[1] ?? '')?.[1];
if (folder !== undefined && who !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  let gcMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs = Math.max(gcMs, duration);
  }).observe({ entryTypes: ['gc'] });
  setInterval(() => {
    // The sampler's own millisecond is not lateness.
    const lateMs = Math.max(0, histogram.max / 1e6 - 1);
    appendFileSync(
      `${folder}/${who}.late`,
      `${Date.now()} ${lateMs.toFixed(2)} ${process.memoryUsage.rss()} ${gcMs.toFixed(2)}\n`,
    );
    histogram.reset();
    gcMs = 0;
  }, 100).unref();
}
