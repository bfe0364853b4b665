// Loaded into every process of a node by pause.ts; in a core it notes for each tenth of a second the worst millisecond of
// its event loop. Late: how long after it was due a timer came, which is what everybody else sees. Of that: busy (the loop
// was in a turn and not waiting for events: the longest turn is at most this), waiting (ready to run, and another process
// had the processor, by the kernel's own count), and the longest collection of garbage. Kept in memory and written when the
// process ends: the disk is busy with what is measured.
import { openSync, readSync, writeFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';

const folder = process.env.LOOP_WITNESS;
const isCore = /[\\/]core[\\/]main\.[jt]s$/.test(process.argv[1] ?? '');
/** Timers count whole milliseconds: one of 1 ms is due after up to two. */
const DUE_MS = 2;

if (folder !== undefined && isCore) {
  const buffer = Buffer.alloc(96);
  let schedule;
  try {
    schedule = openSync('/proc/self/schedstat', 'r');
  } catch {
    // No such kernel: nothing is known of processors.
  }
  /** Milliseconds that this thread was ready to run and did not. */
  const waitedMs = () => {
    if (schedule === undefined) return 0;
    const length = readSync(schedule, buffer, 0, buffer.length, 0);
    return Number(buffer.latin1Slice(0, length).split(' ')[1]) / 1e6;
  };

  const lines = [];
  let worst = { late: 0, busy: 0, wait: 0 };
  let own = 0;
  let longestTurn = 0;
  let gcMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs = Math.max(gcMs, duration);
  }).observe({ entryTypes: ['gc'] });

  let atMs = performance.now();
  let loop = performance.eventLoopUtilization();
  let wait = waitedMs();
  const look = () => {
    const nowMs = performance.now();
    const nowLoop = performance.eventLoopUtilization();
    const nowWait = waitedMs();
    const late = nowMs - atMs - DUE_MS;
    const busy = nowLoop.active - loop.active;
    longestTurn = Math.max(longestTurn, busy);
    own = Math.max(own, late - (nowWait - wait));
    if (late > worst.late) worst = { late, busy, wait: nowWait - wait };
    loop = nowLoop;
    wait = nowWait;
    atMs = nowMs;
    setTimeout(look, 1).unref();
  };
  look();
  setInterval(() => {
    const { rss } = process.memoryUsage;
    lines.push({
      atMs: Date.now(),
      ...worst,
      own,
      turn: longestTurn,
      gc: gcMs,
      rssBytes: lines.length % 50 === 0 ? rss() : 0,
    });
    worst = { late: 0, busy: 0, wait: 0 };
    longestTurn = 0;
    own = 0;
    gcMs = 0;
  }, 100).unref();
  process.on('exit', () => writeFileSync(`${folder}/core.json`, JSON.stringify(lines)));
}
