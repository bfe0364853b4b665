/**
 * When the leader begins a hot drill by itself. Rules decided here: what is due is due again after its interval, whoever ran
 * the last one; it begins within the window only, by UTC, and a window that ends before it begins goes over midnight (its
 * day is the one on which it begins).
 */

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];
export type DrillInterval = 'never' | 'daily' | 'weekly' | 'monthly' | 'quarterly';

export interface DrillPlan {
  readonly every: DrillInterval;
  readonly method: 'transfer' | 'kill';
  readonly days: readonly Day[];
  /** Minutes since midnight, UTC. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Venues at which a drill is not allowed. */
  readonly live: readonly string[];
}

const MINUTE_US = 60_000_000;
const DAY_US = 86_400_000_000;
const INTERVAL_US: Readonly<Record<DrillInterval, number>> = {
  never: Number.POSITIVE_INFINITY,
  daily: DAY_US,
  weekly: 7 * DAY_US,
  monthly: 30 * DAY_US,
  quarterly: 91 * DAY_US,
};
/** A timer that fires a little early each time must not miss a day. */
const EARLY_US = 3_600_000_000;
/** 1 January 1970 was a Thursday. */
const FIRST_DAY = 4;

/** `lastStartedUs`: null when there was none. */
export function isDrillDue(every: DrillInterval, lastStartedUs: number | null, nowUs: number): boolean {
  return every !== 'never' && nowUs - (lastStartedUs ?? 0) >= INTERVAL_US[every] - EARLY_US;
}

export function isInWindow({ days, fromMinute, toMinute }: DrillPlan, nowUs: number): boolean {
  const minute = Math.floor((nowUs % DAY_US) / MINUTE_US);
  const day = Math.floor(nowUs / DAY_US);
  const isOn = (n: number): boolean => days.includes(DAYS[(n + FIRST_DAY) % DAYS.length] as Day);
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute && isOn(day);
  return (minute >= fromMinute && isOn(day)) || (minute < toMinute && isOn(day - 1));
}
