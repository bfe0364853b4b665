/**
 * How busy a run is, and when: stretches of time with their own distances between orders, faults and questions. Rule decided
 * here: most simulated hours are spent where little happens, as in a real cluster's life, because heartbeats, sessions'
 * timers and leases are what runs for years; what is dense finds races, what is quiet finds what drifts, leaks or expires.
 */
import type { SeededRandom } from '@baton/host/testing';

export const RHYTHMS = ['dense', 'bursts', 'sparse', 'life'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** On average, milliseconds. */
  readonly actionEveryMs: number;
  readonly faultEveryMs: number;
  readonly askEveryMs: number;
}

type Pace = Omit<Stretch, 'fromMs' | 'toMs'>;

const DENSE: Pace = { actionEveryMs: 120, faultEveryMs: 2_500, askEveryMs: 150 };
const BURST: Pace = { actionEveryMs: 120, faultEveryMs: 1_200, askEveryMs: 150 };
/** A fault that meets a cluster in which no entry is written shows what only the log's progress hides otherwise. */
const QUIET: Pace = { actionEveryMs: 8_000, faultEveryMs: 15_000, askEveryMs: 10_000 };
const SPARSE: Pace = { actionEveryMs: 2_000, faultEveryMs: 20_000, askEveryMs: 3_000 };
/** Hours of a cluster's life: mostly nothing, now and then trading, seldom a rush. */
const CALM: Pace = { actionEveryMs: 30_000, faultEveryMs: 240_000, askEveryMs: 45_000 };
const STEADY: Pace = { actionEveryMs: 3_000, faultEveryMs: 60_000, askEveryMs: 5_000 };
const RUSH: Pace = { actionEveryMs: 800, faultEveryMs: 15_000, askEveryMs: 1_500 };
/** A leader is found within it. */
const FIRST_MS = 1_200;
const BURST_MS = { least: 3_000, more: 9_000 };
const QUIET_MS = { least: 15_000, more: 90_000 };
const CALM_MS = { least: 600_000, more: 3_000_000 };
const STEADY_MS = { least: 120_000, more: 480_000 };
const RUSH_MS = { least: 20_000, more: 70_000 };

/** The stretches of a run, without gaps. */
export function drawStretches(random: SeededRandom, rhythm: Rhythm, untilMs: number): Stretch[] {
  if (rhythm === 'dense' || rhythm === 'sparse') {
    return [{ fromMs: FIRST_MS, toMs: untilMs, ...(rhythm === 'dense' ? DENSE : SPARSE) }];
  }
  const stretches: Stretch[] = [];
  let isBurst = random.chance(0.7);
  for (let fromMs = FIRST_MS; fromMs < untilMs; isBurst = !isBurst) {
    const [pace, { least, more }] = rhythm === 'life' ? drawHour(random) : isBurst ? BURSTS : QUIETS;
    const toMs = Math.min(untilMs, fromMs + least + random.below(more));
    stretches.push({ fromMs, toMs, ...pace });
    fromMs = toMs;
  }
  return stretches;
}

type Span = readonly [pace: Pace, lengthMs: { readonly least: number; readonly more: number }];

const BURSTS: Span = [BURST, BURST_MS];
const QUIETS: Span = [QUIET, QUIET_MS];

function drawHour(random: SeededRandom): Span {
  if (random.chance(0.4)) return [CALM, CALM_MS];
  return random.chance(0.6) ? [STEADY, STEADY_MS] : [RUSH, RUSH_MS];
}

/** Moments with random distances within the stretches. */
export function drawTimes(random: SeededRandom, stretches: readonly Stretch[], every: keyof Pace): number[] {
  const found: number[] = [];
  for (const { fromMs, toMs, [every]: everyMs } of stretches) {
    let atMs = fromMs;
    for (;;) {
      atMs += Math.ceil(-Math.log(1 - random.float()) * everyMs);
      if (atMs >= toMs) break;
      found.push(atMs);
    }
  }
  return found;
}
