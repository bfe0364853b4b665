/**
 * What a report implies about others that were never told: a venue that sends nothing again leaves holes while no line was
 * up, and the next report of the order shows them. A report under the ClOrdID of a pending replace says that the replace
 * was accepted; a CumQty beyond ours, that fills were missed.
 */
import type { FixMessage } from '@baton/fix';
import type { Execution } from './execution-report.ts';
import { inferFill } from './inferred-fill.ts';
import type { LedgerState } from './ledger-state.ts';
import { isClosed } from './order.ts';
import { acceptReplace } from './state-report.ts';
import { factsOf } from './venue-facts.ts';

/** Before the report itself is applied. */
export function catchUp(state: LedgerState, execution: Execution, message: FixMessage): void {
  const { order, report, venue } = execution;
  if (factsOf(venue.configuration).resend || isClosed(order)) return;
  const { pending } = order;
  const isAccepted = pending?.kind === 'replace' && pending.slot !== 0 && report.clOrdId === pending.clOrdId;
  if (isAccepted && report.execType !== '5' && report.ordStatus !== '8') acceptReplace(state, execution);
  if (!isClosed(order)) inferFill(state, execution, message);
}
