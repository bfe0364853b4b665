/**
 * How long the venue saw no new order, and why: the gaps between accepted orders while faults were played, each with the
 * faults that began shortly before it. Pure.
 */
import type { Deed } from './harm.ts';

export interface Interruption {
  readonly fromUs: number;
  readonly ms: number;
  /** What was done in it, or right before. */
  readonly after: readonly string[];
}

/** Shorter ones are the flow's own pauses. */
export const SHORTEST_MS = 250;
/** A fault so long before the last order may be the cause. */
const BEFORE_MS = 500;
/** Bounds of the histogram. */
export const BOUNDS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000] as const;

export interface Span {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** `stalls`: when the run itself stood still, and so (on the same machine) did everything else; that is nobody's fault. */
export function interruptionsOf(
  acceptedUs: readonly number[],
  deeds: readonly Deed[],
  span: Span,
  stalls: readonly Span[] = [],
): readonly Interruption[] {
  const inside = acceptedUs.filter((us) => us >= span.fromUs && us <= span.untilUs).sort((a, b) => a - b);
  const marks = [span.fromUs, ...inside, span.untilUs];
  const found: Interruption[] = [];
  for (const [n, toUs] of marks.entries()) {
    const fromUs = marks[n - 1];
    if (fromUs === undefined) continue;
    const lengthUs = toUs - fromUs - overlapUs({ fromUs, untilUs: toUs }, stalls);
    if (lengthUs < SHORTEST_MS * 1000) continue;
    const after = deeds
      .filter(({ atUs, missed }) => missed === '' && atUs >= fromUs - BEFORE_MS * 1000 && atUs < toUs)
      .map(({ kind, node }) => `${kind} ${node}`);
    found.push({ fromUs, ms: Math.round(lengthUs / 1000), after });
  }
  return found;
}

/** How much of a span is covered by others, which do not overlap. */
export function overlapUs({ fromUs, untilUs }: Span, others: readonly Span[]): number {
  return others.reduce(
    (sum, other) => sum + Math.max(0, Math.min(untilUs, other.untilUs) - Math.max(fromUs, other.fromUs)),
    0,
  );
}

/** Interruptions by length: one count a bound, of those at least so long and shorter than the next. */
export function histogramOf(lengthsMs: readonly number[]): readonly number[] {
  return BOUNDS_MS.map(
    (bound, n) => lengthsMs.filter((ms) => ms >= bound && ms < (BOUNDS_MS[n + 1] ?? Number.POSITIVE_INFINITY)).length,
  );
}
