// When a session is open, from entry time alone: a daily or weekly window in UTC.
// Sequence numbers belong to a window; the next window starts at 1 again.
// A window may cross midnight or the end of the week.

/** Seconds of the day are 0 to 86400, days 0 (Sunday) to 6, all UTC. */
export type SessionSchedule =
  | { readonly type: 'daily'; readonly startSecond: number; readonly endSecond: number }
  | {
      readonly type: 'weekly';
      readonly startDay: number;
      readonly startSecond: number;
      readonly endDay: number;
      readonly endSecond: number;
    };

const SECOND_US = 1_000_000;
const DAY_S = 86_400;
const WEEK_S = 7 * DAY_S;
/** 1970-01-01 was a Thursday; this second of the era begins a Sunday. */
const FIRST_SUNDAY_S = 3 * DAY_S;

/** Start and end (exclusive) of the open window that holds `timeUs`, in µs; undefined when the session is closed then. */
export function scheduleWindow(
  schedule: SessionSchedule,
  timeUs: number,
): { readonly startUs: number; readonly endUs: number } | undefined {
  const timeS = timeUs / SECOND_US;
  const daily = schedule.type === 'daily';
  const periodS = daily ? DAY_S : WEEK_S;
  const originS = daily ? 0 : FIRST_SUNDAY_S;
  const openS = originS + (daily ? 0 : schedule.startDay * DAY_S) + schedule.startSecond;
  const closeS = originS + (daily ? 0 : schedule.endDay * DAY_S) + schedule.endSecond;
  const lengthS = (((closeS - openS) % periodS) + periodS) % periodS || periodS;
  const startS = openS + Math.floor((timeS - openS) / periodS) * periodS;
  if (timeS >= startS + lengthS) {
    return undefined;
  }
  return { startUs: startS * SECOND_US, endUs: (startS + lengthS) * SECOND_US };
}
