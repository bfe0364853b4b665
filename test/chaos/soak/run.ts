/**
 * `npm run soak -- --minutes 30`: half of what the machine can do, the leader killed each minute. Memory, open files and the
 * lateness of event loops must be flat (slope.ts judges), every book must agree at the end, and order latency around the
 * failovers is drawn. Cluster, faults, witness and pictures are those of bench/failover. Results: a JSON file and pictures.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchCluster } from '../../../bench/failover/bench-cluster.ts';
import { loopback } from '../../../bench/failover/place.ts';
import { reportOf, tableText, writeReport } from '../../../bench/failover/report.ts';
import { Session } from '../../../bench/failover/session.ts';
import type { Settings } from '../../../bench/failover/settings.ts';
import { machineFacts } from '../../../bench/machine.ts';
import { measureCapacity } from './capacity.ts';
import { Sampler } from './sampler.ts';
import { seriesSvg } from './series-svg.ts';
import { type SoakSettings, soakSettings } from './settings.ts';
import { judgeSeries, trendText } from './verdict.ts';

/** The flow has one order a beat, and beats are whole milliseconds. */
const RATE_MAX = 1_000;
/** What a failover and its measurement take of a minute. */
const FAILOVER_MS = 4_000;
const TIME_LIMIT = 'time limit';

const settings = soakSettings(process.argv.slice(2), join(import.meta.dirname, 'results'));
const folder = settings.folder === '' ? mkdtempSync(join(tmpdir(), 'soak-')) : settings.folder;
process.exitCode = (await soak(settings)) ? 0 : 1;
if (process.exitCode === 0) rmSync(folder, { recursive: true, force: true });
else console.log(`data and logs: ${folder}`);

async function soak(wish: SoakSettings): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  mkdirSync(wish.out, { recursive: true });
  const capacity = wish.rate > 0 ? null : await probe(wish);
  const rate = Math.min(RATE_MAX, wish.rate > 0 ? wish.rate : (capacity ?? 0) / 2);
  const everyMs = Math.max(1, Math.ceil(1000 / rate));
  const load = `${Math.floor(1000 / everyMs)} orders a second`;
  console.log(capacity === null ? load : `capacity ${capacity.toFixed(0)} orders a second; the soak has ${load}`);
  const bench = benchSettings(wish, everyMs);
  let sampler: Sampler | undefined;
  const data = join(folder, 'soak');
  mkdirSync(data);
  const session = new Session(bench, data, console.log, {
    started: (cluster) => {
      sampler = new Sampler(cluster.view, () => cluster.pidOf('venue'));
      sampler.start();
    },
    // Reading a day's books takes memory that no trading takes.
    loadEnded: () => void sampler?.stop(),
  });
  const interrupted = (signal: string): void => session.interrupt(signal);
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    const result = await session.run(data);
    const series = (await sampler?.stop()) ?? [];
    const report = reportOf(machineFacts(), bench, result);
    const files = [...writeReport(wish.out, report, result)];
    const trends = judgeSeries(series);
    for (const { name, points } of series) {
      const file = join(wish.out, `soak-${name.replaceAll(' ', '-')}.svg`);
      writeFileSync(file, seriesSvg(name, points));
      files.push(file);
    }
    const file = join(wish.out, 'soak.json');
    const endedWell = result.ended === '' || result.ended.startsWith(TIME_LIMIT);
    writeFileSync(
      file,
      `${JSON.stringify({ minutes: wish.minutes, capacity, everyMs, endedWell, trends, report }, null, 1)}\n`,
    );
    console.log(tableText(report));
    for (const trend of trends) console.log(trendText(trend));
    console.log([...files, file].join('\n'));
    const flat = trends.length > 0 && trends.every(({ isFlat }) => isFlat);
    console.log(flat ? 'memory, files and event loops are flat' : 'NOT FLAT');
    return flat && endedWell && report.books.agree && report.failovers.length > 0;
  } finally {
    await sampler?.stop();
    await session.close();
  }
}

/** On a cluster of its own, which is gone before the soak begins. */
async function probe(wish: SoakSettings): Promise<number> {
  const data = join(folder, 'probe');
  mkdirSync(data);
  const places = { nodes: [loopback(), loopback(), loopback()], venue: loopback() };
  const cluster = await BenchCluster.start(benchSettings(wish, 1_000), data, places);
  try {
    await cluster.leader();
    return await measureCapacity(cluster.view);
  } finally {
    await cluster.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

function benchSettings(wish: SoakSettings, everyMs: number): Settings {
  return {
    ...{ kills: 100_000, mode: 'crash', hogs: 0, historyOrders: 0, durationS: 60, keep: true },
    ...{ durability: wish.durability, timing: wish.timing, profile: wish.profile, everyMs, checkpointEntries: 20_000 },
    timeLimitS: wish.minutes * 60,
    settleMs: Math.max(1_000, wish.killEveryS * 1000 - FAILOVER_MS),
    ...{ sources: !wish.built, folder, out: wish.out },
  };
}
