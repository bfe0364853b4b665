/**
 * Faults on demand, as data: what an operator, a test or a simulator may do to a venue. Every one is deterministic: it
 * takes effect at the instant it is given. Counts and durations end by themselves; delays, holds and silences stay until
 * they are taken back.
 */
export type VenueFault =
  /** Ends connections, of one CompID or all: with RST (default) or FIN. */
  | { readonly type: 'drop'; readonly compId?: string | null; readonly how?: 'reset' | 'end' }
  /** Neither reads nor writes any more, connections stay: of one CompID, or of all and of new ones. */
  | { readonly type: 'silence'; readonly compId?: string | null }
  | { readonly type: 'resume' }
  /** Executions are told so much later; 0 ends it. */
  | { readonly type: 'delay-reports'; readonly delayMs: number }
  /** The next executions are told twice. */
  | { readonly type: 'duplicate-reports'; readonly count: number }
  /** The next executions are told in reverse. */
  | { readonly type: 'reorder-reports'; readonly count: number }
  /** Executions of one ClOrdID, or all, are not told until `release-reports`. */
  | { readonly type: 'hold-reports'; readonly clOrdId?: string | null }
  | { readonly type: 'release-reports' }
  /** The next order messages are refused. */
  | { readonly type: 'reject-orders'; readonly count: number }
  /** Order messages enter the book so much later, even when their connection has ended; bounded by the profile. */
  | { readonly type: 'delay-orders'; readonly delayMs: number }
  /** Logons are read so much later. */
  | { readonly type: 'delay-logon'; readonly delayMs: number }
  /** New connections are reset at once for a while. */
  | { readonly type: 'refuse-connections'; readonly durationMs: number }
  /** Numbers begin again: in a Logon with 141=Y, or silently, which ends the connection. Of one CompID, or all. */
  | { readonly type: 'reset-sequence'; readonly compId?: string | null; readonly how: 'logon' | 'forget' }
  /** All connections break, new ones are refused for a while; without state, orders and numbers are gone as well. */
  | { readonly type: 'restart'; readonly keepsState: boolean; readonly downMs: number }
  /** The next market data increments are numbered and not sent. */
  | { readonly type: 'skip-market-data'; readonly count: number };

/** A fault that this venue cannot play. */
export class VenueFaultError extends Error {
  override readonly name = 'VenueFaultError';
  readonly code = 'BATON_VENUE_FAULT';
}

const DURATION_MAX_MS = 3_600_000;
const COUNT_MAX = 1_000_000;

/** @throws VenueFaultError for a number out of bounds. */
export function checkFault(fault: VenueFault, processingDelayMaxMs: number): void {
  if ('delayMs' in fault) checkNumber(fault.type, 'delayMs', fault.delayMs, DURATION_MAX_MS);
  if ('durationMs' in fault) checkNumber(fault.type, 'durationMs', fault.durationMs, DURATION_MAX_MS);
  if ('downMs' in fault) checkNumber(fault.type, 'downMs', fault.downMs, DURATION_MAX_MS);
  if ('count' in fault) checkNumber(fault.type, 'count', fault.count, COUNT_MAX);
  if (fault.type !== 'delay-orders' || fault.delayMs <= processingDelayMaxMs) return;
  throw new VenueFaultError(
    `cannot play delay-orders: delayMs is ${fault.delayMs}, and the profile promises at most ${processingDelayMaxMs}; play another profile`,
  );
}

function checkNumber(type: string, field: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return;
  throw new VenueFaultError(`cannot play ${type}: ${field} is ${value}, expected a whole number from 0 to ${max}`);
}
