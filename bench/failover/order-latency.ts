/**
 * Latency of every order around the failovers: from the slot it was meant for to the venue's acceptance. A slot that fell
 * into an interruption has no order of its own; as in any open loop it counts as served by the first order after it.
 */
import type { SessionResult } from './session.ts';

export interface OrderLatency {
  /** Time of the slot, ms since the nearest fault. */
  readonly atMs: number;
  readonly latencyMs: number;
  /** Nobody could send it in its slot. */
  readonly isMissed: boolean;
}

/** What is shown: so long before and after each fault. */
const BEFORE_MS = 150;
const AFTER_MS = 350;

export function orderLatencies(result: SessionResult, everyMs: number): readonly OrderLatency[] {
  const { failovers, accepted, ledger } = result;
  const slots = new Map(ledger.map(({ rootClOrdId, clientKey }) => [rootClOrdId, slotUsOf(clientKey, everyMs)]));
  const found: OrderLatency[] = [];
  for (const { faultUs, lastOrderMs, firstOrderMs } of failovers) {
    for (const { clOrdId, atUs } of accepted) {
      const slotUs = slots.get(clOrdId);
      if (slotUs === undefined || Number.isNaN(slotUs)) continue;
      const atMs = (slotUs - faultUs) / 1000;
      if (atMs < -BEFORE_MS || atMs > AFTER_MS) continue;
      found.push({ atMs, latencyMs: (atUs - slotUs) / 1000, isMissed: false });
    }
    for (let atMs = lastOrderMs + 1; atMs < firstOrderMs - 1; atMs += 1) {
      found.push({ atMs, latencyMs: firstOrderMs - atMs, isMissed: true });
    }
  }
  return found;
}

/** `clientKey` is made of the strategy's cause, which names the beat: `w:flow:SLOT`. */
function slotUsOf(clientKey: string, everyMs: number): number {
  return Number(/w:flow:(\d+)/.exec(clientKey)?.[1]) * everyMs * 1000;
}
