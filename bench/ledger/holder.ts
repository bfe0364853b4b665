/**
 * The measured process: reads entries from its standard input, applies them, and says at the end what they cost. It has
 * loaded all that a core loads, so that the code weighs what it weighs there; it is started with the core's flags.
 */
import { read } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import * as host from '@baton/host/node';
import * as journal from '@baton/journal';
import { Ledger } from '@baton/ledger';
import * as core from '@baton/node/core';
import * as replica from '@baton/replica';
import * as wire from '@baton/wire';
import { DurationHistogram } from './duration-histogram.ts';
import { type ApplyFigures, percentilesOf, type RunFigures, type SnapshotFigures } from './figures.ts';
import { EntryReader } from './pipe.ts';
import { SETTINGS } from './settings.ts';
import { type EntryKind, START_US, STEP_US } from './workload.ts';

const MB = 1e6;
/** Entries between two looks at the memory. */
const LOOK = 10_000;

interface Block {
  readonly kind: EntryKind;
  readonly history: number;
  readonly startMs: number;
  readonly startBytes: number;
  entries: number;
}

class Holder {
  ledger = new Ledger();
  readonly single = new DurationHistogram();
  readonly #us = new Map<string, number[]>();
  readonly #bytes = new Map<string, number[]>();
  readonly #hashUs: number[] = [];
  #ledgers = 0;
  #index = 0;
  #orders = 0;
  #block: Block | undefined;
  #heapUsedMax = 0;
  #rssMax = 0;

  apply(kind: EntryKind, command: Uint8Array): void {
    if (kind !== this.#block?.kind) this.#nextBlock(kind);
    if (kind === 'begin') {
      this.ledger = new Ledger();
      this.#ledgers += 1;
      this.#index = 0;
      this.#orders = 0;
      return;
    }
    this.#index += 1;
    const entry = { index: this.#index, term: 1, timeUs: START_US + this.#index * STEP_US, command };
    const startMs = performance.now();
    const { result } = this.ledger.apply(entry);
    if (this.isWarm) this.single.add((performance.now() - startMs) * 1000);
    if (!result.ok) throw new Error(`entry ${this.#index} was refused: ${result.code}`);
    if (kind === 'submit') this.#orders += 1;
    if (this.#block !== undefined) this.#block.entries += 1;
    if (this.#index % LOOK === 0) this.look();
  }

  /** The first ledger is for the compiler. */
  get isWarm(): boolean {
    return this.#ledgers > 1;
  }

  look(): void {
    const { heapUsed, rss } = process.memoryUsage();
    this.#heapUsedMax = Math.max(this.#heapUsedMax, heapUsed);
    this.#rssMax = Math.max(this.#rssMax, rss);
  }

  figures(rssAtStart: number, gc: Pick<RunFigures, 'gcPausesMs' | 'gcPausesByKind'>): RunFigures {
    this.look();
    const { external, heapTotal, rss } = process.memoryUsage();
    const status = this.ledger.status();
    return {
      apply: [...this.#us].map(([key, us]) => applyFigures(key, us, this.#bytes.get(key) ?? [])),
      single: this.single.figures(),
      memory: {
        heapUsedMaxMb: this.#heapUsedMax / MB,
        heapTotalMb: heapTotal / MB,
        externalMb: external / MB,
        rssMb: rss / MB,
        rssMaxMb: this.#rssMax / MB,
        rssAtStartMb: rssAtStart / MB,
      },
      openOrders: status.orders.open,
      orders: status.orders.total,
      ...gc,
      hashUs: percentilesOf(this.#hashUs),
      snapshot: snapshotFigures(this.ledger),
    };
  }

  /** A block ends where another kind of entry begins; the state hash is taken after every third one. */
  #nextBlock(kind: EntryKind): void {
    const ended = this.#block;
    if (ended !== undefined && this.isWarm) {
      const key = `${ended.history} ${ended.kind}`;
      const us = ended.history < 0 ? [] : at(this.#us, key);
      if (us.length < SETTINGS.measuredBlocks && ended.entries > 0 && ended.history >= 0) {
        us.push(((performance.now() - ended.startMs) * 1000) / ended.entries);
        at(this.#bytes, key).push((getHeapStatistics().total_allocated_bytes - ended.startBytes) / ended.entries);
      }
      if (ended.kind === 'fill') {
        const startMs = performance.now();
        this.ledger.hash();
        this.#hashUs.push((performance.now() - startMs) * 1000);
      }
    }
    const history = kind === 'begin' || kind === 'setup' ? -1 : historyOf(this.#orders);
    const startBytes = getHeapStatistics().total_allocated_bytes;
    this.#block = { kind, history, startBytes, startMs: performance.now(), entries: 0 };
  }
}

/** The last point of history that has been passed. */
function historyOf(orders: number): number {
  return SETTINGS.histories.findLast((history) => history <= orders) ?? -1;
}

function applyFigures(key: string, us: readonly number[], bytes: readonly number[]): ApplyFigures {
  const [history = '', kind = ''] = key.split(' ');
  return { history: Number(history), kind, us: percentilesOf(us), bytes: percentilesOf(bytes) };
}

function at(lists: Map<string, number[]>, key: string): number[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

function snapshotFigures(ledger: Ledger): SnapshotFigures {
  const restorer = Ledger.restorer();
  const iterator = ledger.snapshotPieces();
  let [sizeBytes, pieces, pieceMaxMs, totalMs, restoreTotalMs, restorePieceMaxMs] = [0, 0, 0, 0, 0, 0];
  for (;;) {
    let startMs = performance.now();
    const { done, value } = iterator.next();
    const pieceMs = performance.now() - startMs;
    totalMs += pieceMs;
    pieceMaxMs = Math.max(pieceMaxMs, pieceMs);
    if (done === true) break;
    pieces += 1;
    sizeBytes += value.length;
    startMs = performance.now();
    restorer.add(value);
    const restoreMs = performance.now() - startMs;
    restoreTotalMs += restoreMs;
    restorePieceMaxMs = Math.max(restorePieceMaxMs, restoreMs);
  }
  if (restorer.finish().hash() !== ledger.hash()) throw new Error('the restored ledger has another hash');
  return { sizeMb: sizeBytes / MB, pieces, pieceMaxMs, totalMs, restoreTotalMs, restorePieceMaxMs };
}

interface PauseEntry extends PerformanceEntry {
  readonly detail?: { readonly kind?: number };
}

/** Pauses of the collector while a warm ledger is fed. */
class PauseWatch {
  readonly #pausesMs: number[] = [];
  readonly #byKind = new Map<string, { n: number; maxMs: number }>();
  readonly #observer: PerformanceObserver;

  constructor(isWanted: () => boolean) {
    this.#observer = new PerformanceObserver((list) => {
      if (!isWanted()) return;
      for (const entry of list.getEntries() as PauseEntry[]) this.#note(nameOf(entry), entry.duration);
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  figures(): Pick<RunFigures, 'gcPausesMs' | 'gcPausesByKind'> {
    return { gcPausesMs: percentilesOf(this.#pausesMs), gcPausesByKind: Object.fromEntries(this.#byKind) };
  }

  #note(kind: string, durationMs: number): void {
    this.#pausesMs.push(durationMs);
    const known = this.#byKind.get(kind) ?? { n: 0, maxMs: 0 };
    this.#byKind.set(kind, { n: known.n + 1, maxMs: Math.max(known.maxMs, durationMs) });
  }
}

function nameOf({ detail }: PauseEntry): string {
  switch (detail?.kind) {
    case constants.NODE_PERFORMANCE_GC_MINOR:
      return 'scavenge';
    case constants.NODE_PERFORMANCE_GC_MAJOR:
      return 'mark-compact';
    case constants.NODE_PERFORMANCE_GC_INCREMENTAL:
      return 'incremental';
    default:
      return 'other';
  }
}

const rssAtStart = process.memoryUsage().rss;
for (const loaded of [core, host, journal, replica, wire]) {
  if (Object.keys(loaded).length === 0) throw new Error('the core has not been loaded');
}
const holder = new Holder();
const pauses = new PauseWatch(() => holder.isWarm);
const reader = new EntryReader();

function readOn(): void {
  const { room, waiting } = reader;
  read(0, room, waiting, room.length - waiting, null, (error, count) => {
    if (error !== null) throw error;
    if (count === 0) {
      // The observer hears of the last collections after this turn.
      setTimeout(() => {
        process.stdout.write(JSON.stringify(holder.figures(rssAtStart, pauses.figures())));
      }, 50);
      return;
    }
    reader.take(count, (kind, command) => holder.apply(kind, command));
    readOn();
  });
}
readOn();
