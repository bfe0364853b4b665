/** What drills have shown over time, and which are due. */
import type { RecoveryKind, Row } from '@baton/database';
import { type DrillSchedule, isDrillDue } from '@baton/node';
import { DRILL_KINDS } from './drill.ts';

export interface DrillTrend {
  readonly kind: RecoveryKind;
  readonly every: DrillSchedule[RecoveryKind];
  readonly count: number;
  readonly failed: number;
  /** Of those that ended in open gates; null for none. */
  readonly lastUs: number | null;
  readonly medianUs: number | null;
  /** The last one to the median of those before: 0.1 is ten percent slower; null with fewer than two. */
  readonly change: number | null;
  readonly lastStartedUs: number | null;
  readonly isDue: boolean;
}

export function drillTrends(drills: readonly Row[], schedule: DrillSchedule, nowUs: number): DrillTrend[] {
  return DRILL_KINDS.map((kind) => {
    const mine = drills.filter((row) => row['kind'] === kind);
    const times = mine.map((row) => row['took_us']).filter((took) => typeof took === 'number');
    const lastUs = times.at(-1) ?? null;
    const before = median(times.slice(0, -1));
    const lastStartedUs = Number(mine.at(-1)?.['started_us'] ?? 0) || null;
    const every = schedule[kind];
    return {
      kind,
      every,
      count: mine.length,
      failed: mine.filter((row) => row['outcome'] === 'failed' || row['outcome'] === 'missed').length,
      lastUs,
      medianUs: median(times),
      change: lastUs === null || before === null ? null : lastUs / before - 1,
      lastStartedUs,
      isDue: isDrillDue(every, lastStartedUs, nowUs),
    };
  });
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
