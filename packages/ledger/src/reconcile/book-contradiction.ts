/**
 * What an operator's approval does to a fill that the venue contradicts: one that it tells otherwise is corrected to its
 * figures, one that it does not tell is taken back. Both as the venue itself would have said it (ExecType G, H), under an
 * ExecID that follows from the fill's: approved twice, or found again by another leader, it happens once (I15). Order,
 * position and profit move together.
 */
import { parseDecimal } from '@baton/fix';
import type { Fill } from '../executions.ts';
import type { LedgerState } from '../ledger-state.ts';
import type { VenueSession } from '../venue-session.ts';
import type { Booked } from './booked.ts';
import type { Finding } from './finding.ts';
import { reportFinding } from './report-finding.ts';

const CORRECTED = '/corrected';
const TAKEN_BACK = '/taken-back';

/** ExecID by which the venue knows the fill, whatever an operator has made of it here. */
export function toldExecId(execId: string): string {
  return execId.endsWith(CORRECTED) ? execId.slice(0, -CORRECTED.length) : execId;
}

/** The venue's figures take the place of ours. Another side or symbol is another order's: nothing that could be corrected. */
export function correctFill(state: LedgerState, venue: VenueSession, { fill: theirs, subject }: Finding): Booked {
  const ours = fillOf(venue, subject);
  if (theirs === undefined || ours === undefined) return 'needs-operator';
  if (ours.busted) return 'left';
  const instrument = state.instrument(ours.symbol);
  if (instrument === undefined || theirs.symbol !== ours.symbol || theirs.side !== ours.side) return 'needs-operator';
  const quantity = parseDecimal(theirs.quantity, instrument.quantityScale);
  const price = parseDecimal(theirs.price, instrument.priceScale);
  if (quantity === undefined || quantity <= 0n || price === undefined) return 'needs-operator';
  const execId = `${toldExecId(subject)}${CORRECTED}`;
  if (venue.executions.has(execId)) return 'needs-operator';
  return tell(state, venue, ours, [
    [17, execId],
    [150, 'G'],
    [32, theirs.quantity],
    [31, theirs.price],
  ]);
}

export function takeBackFill(state: LedgerState, venue: VenueSession, { subject }: Finding): Booked {
  const ours = fillOf(venue, subject);
  if (ours === undefined) return 'needs-operator';
  if (ours.busted) return 'left';
  const execId = `${toldExecId(subject)}${TAKEN_BACK}`;
  if (venue.executions.has(execId)) return 'needs-operator';
  return tell(state, venue, ours, [
    [17, execId],
    [150, 'H'],
  ]);
}

/** The fill as it is booked now: the venue's own, or what an approval has made of it. */
function fillOf({ executions }: VenueSession, execId: string): Fill | undefined {
  return executions.fill(`${toldExecId(execId)}${CORRECTED}`) ?? executions.fill(execId);
}

function tell(
  state: LedgerState,
  venue: VenueSession,
  ours: Fill,
  fields: readonly (readonly [number, string])[],
): Booked {
  state.entry.evidence = { kind: 'Reconciliation', detail: `19=${ours.execId}` };
  const isTold = reportFinding(state, venue, [
    [11, ours.rootClOrdId],
    [19, ours.execId],
    [39, '1'],
    [55, ours.symbol],
    [54, ours.side === 'buy' ? '1' : '2'],
    ...fields,
  ]);
  return isTold ? 'booked' : 'needs-operator';
}
