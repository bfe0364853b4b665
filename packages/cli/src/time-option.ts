/** A point in time on the command line: a date, a date with time (UTC unless it says otherwise), or `90s`, `15m`, `2h`, `7d` ago. */
import { InvalidArgumentError } from 'commander';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** µs since 1970. */
export function timeUsFrom(text: string, nowMs: number = Date.now()): number {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null) return (nowMs - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]) * 1000;
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const timeMs = isTime ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError('Expected a time such as 2026-11-23, 2026-11-23T10:30:00Z, or 15m, 2h, 7d ago.');
  }
  return timeMs * 1000;
}
