/** Prints a result, beside the goals of issue E. */
import type { Horizons } from '@baton/ledger';
import type { MachineFacts } from '../machine.ts';
import type { OrderWeight, Percentiles, RunFigures, WeightFigures } from './figures.ts';
import { GOALS, type SETTINGS } from './settings.ts';

export interface Result {
  readonly machine: MachineFacts;
  readonly settings: typeof SETTINGS;
  readonly flags: readonly string[];
  readonly horizons: Horizons;
  readonly figures: RunFigures;
  readonly weights: WeightFigures;
}

export function printResult({ figures, flags, horizons, machine, settings, weights }: Result): void {
  console.log(machine);
  console.log({ ...settings, flags: flags.join(' '), ...horizons });
  console.table(
    figures.apply.map(({ bytes, history, kind, us }) => ({
      history,
      kind,
      'µs p10': round(us.p10),
      'µs p50': round(us.p50),
      'µs p99': round(us.p99),
      'bytes p50': Math.round(bytes.p50),
      blocks: us.n,
    })),
  );
  console.log(`(µs and bytes of one entry: means of blocks of ${settings.block}; goal ${GOALS.applyUs} µs, flat)`);
  const { single } = figures;
  console.log(
    `one entry, collections included: p50 ${round(single.p50)} µs, p99 ${round(single.p99)}, p99.9 ${round(single.p999)}, ` +
      `p99.99 ${round(single.p9999)} (2000: that or more), max ${round(single.max)} (n ${single.n})`,
  );
  const { memory } = figures;
  console.table([
    goal('heap in use, highest, MB', memory.heapUsedMaxMb, GOALS.heapMb),
    goal('resident, highest, MB', memory.rssMaxMb, GOALS.rssMb),
    goal('longest GC pause, ms', figures.gcPausesMs.max, GOALS.gcPauseMs),
  ]);
  console.log(
    `${figures.orders} orders, ${figures.openOrders} open; heap held ${round(memory.heapTotalMb)} MB, external ` +
      `${round(memory.externalMb)} MB, resident ${round(memory.rssMb)} MB (${round(memory.rssAtStartMb)} MB at the start)`,
  );
  console.table([
    weight('open', weights.open),
    weight('closed, within the horizons', weights.closed),
    weight('closed, one more beyond the horizons', weights.beyond),
  ]);
  console.log(`GC pauses, ms: ${line(figures.gcPausesMs)}`, figures.gcPausesByKind);
  console.log(`state hash after ${3 * settings.block} entries, µs: ${line(figures.hashUs)}`);
  const { snapshot } = figures;
  console.log(
    `snapshot: ${round(snapshot.sizeMb)} MB in ${snapshot.pieces} pieces, longest ${round(snapshot.pieceMaxMs)} ms, all ` +
      `${round(snapshot.totalMs)} ms; restore: longest ${round(snapshot.restorePieceMaxMs)} ms, all ${round(snapshot.restoreTotalMs)} ms`,
  );
}

function goal(what: string, value: number, wanted: number): object {
  return { what, value: round(value), goal: wanted, met: value <= wanted };
}

function weight(order: string, { heap, outside }: OrderWeight): object {
  return { order, 'bytes on the heap': Math.round(heap), 'bytes outside': Math.round(outside) };
}

function line({ max, n, p50, p99 }: Percentiles): string {
  return `p50 ${round(p50)}, p99 ${round(p99)}, max ${round(max)} (n ${n})`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
