/** Historical bars from a venue's REST interface, for warm-up: fetched with retries, checked before anybody sees them. */
import type { Bar } from '@baton/strategy';
import { z } from 'zod';

const decimal = z.string().regex(/^-?[0-9]+(\.[0-9]+)?$/);
const barsSchema = z.array(
  z.object({ startS: z.int(), open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal }),
);
const ATTEMPTS = 5;
const RETRY_FIRST_MS = 200;
const TIMEOUT_MS = 5_000;

export interface HistoryRequest {
  readonly symbol: string;
  readonly intervalS: number;
  readonly count: number;
}

/**
 * The last `count` bars that have ended, oldest first.
 * @param rest start of the interface's addresses, such as `http://127.0.0.1:9881/api`
 * @throws Error after five attempts, with the last reason
 */
export async function fetchBars(
  rest: string,
  { symbol, intervalS, count }: HistoryRequest,
  pause: (ms: number) => Promise<void>,
): Promise<Bar[]> {
  const url = `${rest}/bars/${encodeURIComponent(symbol)}?limit=${count}&intervalS=${intervalS}`;
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(RETRY_FIRST_MS * 2 ** (attempt - 1));
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 200)}`);
      const bars = barsSchema.parse(await response.json());
      return bars.map(({ startS, ...figures }) => ({ symbol, intervalS, startUs: startS * 1_000_000, ...figures }));
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`no bars from ${url} after ${ATTEMPTS} attempts: ${reason}`);
}
