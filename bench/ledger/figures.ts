/** Figures of one run, as the measured process reports them. */

export interface Percentiles {
  readonly n: number;
  readonly p10: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One kind of entry at one point of history. */
export interface ApplyFigures {
  readonly history: number;
  readonly kind: string;
  /** Mean of a block each: µs of one entry. */
  readonly us: Percentiles;
  /** Mean of a block each: bytes allocated on the heap for one entry. */
  readonly bytes: Percentiles;
}

export interface MemoryFigures {
  /** V8's heap in use, µ highest seen; the heap that V8 holds; resident. MB of 10^6 bytes. */
  readonly heapUsedMaxMb: number;
  readonly heapTotalMb: number;
  readonly externalMb: number;
  readonly rssMb: number;
  readonly rssMaxMb: number;
  /** Before the first entry. */
  readonly rssAtStartMb: number;
}

export interface SnapshotFigures {
  readonly sizeMb: number;
  readonly pieces: number;
  readonly pieceMaxMs: number;
  readonly totalMs: number;
  readonly restoreTotalMs: number;
  readonly restorePieceMaxMs: number;
}

/** Bytes of one order: on V8's heap, and outside. */
export interface OrderWeight {
  readonly heap: number;
  readonly outside: number;
}

export interface WeightFigures {
  readonly open: OrderWeight;
  /** With its executions and the answers to its requests, all within the horizons. */
  readonly closed: OrderWeight;
  /** One more where every horizon has been reached: the oldest leaves. */
  readonly beyond: OrderWeight;
}

export interface RunFigures {
  readonly apply: readonly ApplyFigures[];
  /** Of single entries over the whole run, µs, collections included. */
  readonly single: Percentiles & { readonly p999: number; readonly p9999: number };
  readonly memory: MemoryFigures;
  readonly openOrders: number;
  readonly orders: number;
  readonly gcPausesMs: Percentiles;
  readonly gcPausesByKind: Readonly<Record<string, { readonly n: number; readonly maxMs: number }>>;
  readonly hashUs: Percentiles;
  readonly snapshot: SnapshotFigures;
}

export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { n: sorted.length, p10: at(0.1), p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
