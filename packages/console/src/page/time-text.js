/** Times and durations for people: the time of day with milliseconds in UTC, as the log has it, and rounded lengths. */

/**
 * @param {number} timeUs µs since 1970
 * @returns {string} 14:03:05.123 UTC, with the day when it is not `todayUs`'s
 */
export function timeOfDay(timeUs, todayUs = timeUs) {
  if (!Number.isFinite(timeUs) || timeUs <= 0 || timeUs > 8.64e18) return '-';
  const text = new Date(timeUs / 1000).toISOString();
  const isToday = Math.floor(timeUs / 86_400_000_000) === Math.floor(todayUs / 86_400_000_000);
  return isToday ? text.slice(11, 23) : `${text.slice(0, 10)} ${text.slice(11, 23)}`;
}

/**
 * @param {number} ms
 * @returns {string} 0.123 ms, 12.3 ms, 1.2 s, 5 min, 3 h
 */
export function lengthText(ms) {
  if (!Number.isFinite(ms)) return '-';
  const size = Math.abs(ms);
  if (size < 10) return `${ms.toFixed(3)} ms`;
  if (size < 1000) return `${ms.toFixed(1)} ms`;
  if (size < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (size < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
