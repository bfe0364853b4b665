/** FAILOVER and FAILOVER_COMPLETE of the requirements, from the record of a takeover that the log has made. */
import type { Severity } from '@baton/herald';
import type { LedgerEvent, TakeoverRecord } from '@baton/ledger';

export interface ToldEvent {
  readonly severity: Severity;
  readonly code: string;
  readonly subject: string;
  readonly text: string;
}

/** Null for events that say nothing of a takeover. `nameOf` names a node by its id. */
export function failoverAlert(
  event: LedgerEvent,
  takeovers: readonly TakeoverRecord[],
  nameOf: (id: number) => string,
): ToldEvent | null {
  if (event.type === 'TakeoverPhaseReached' && event.phase === 'Barrier') {
    const record = takeovers.findLast(({ kind, term }) => kind === 'failover' && term === event.term);
    // One a failover, not one a venue.
    if (record === undefined || record.startedIndex !== event.index || record.venues[0]?.venue !== event.venue)
      return null;
    const cause = record.cause === '' ? '' : `: ${record.cause}`;
    const text = `${nameOf(record.node)} leads term ${record.term}${cause}`;
    return { severity: 'warning', code: 'FAILOVER', subject: '', text };
  }
  if (event.type !== 'SessionRecovered') return null;
  const record = takeovers.findLast(({ n }) => n === event.takeover);
  if (record === undefined) return null;
  const tookMs = ((event.timeUs - record.startedUs) / 1000).toFixed(1);
  const doubt = event.inDoubt === 0 ? 'no order is in doubt' : `${event.inDoubt} orders are still in doubt`;
  const isFailover = record.kind === 'failover';
  const text = isFailover
    ? `${nameOf(record.node)} trades at ${event.venue} ${tookMs} ms after it took over; ${doubt}`
    : `the line to ${event.venue} is back after ${tookMs} ms; ${doubt}`;
  const code = isFailover ? 'FAILOVER_COMPLETE' : 'LINE_RECOVERED';
  return { severity: event.inDoubt === 0 ? 'warning' : 'critical', code, subject: event.venue, text };
}
