/** What operators ask of reconciliation: compare now, decide about a finding, let a refused cold start go on. */
import type { Command } from '@baton/ledger';
import { type Checked, checked, FieldReader, type Fields } from './body.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** Status that the server turns into a redirect to the leader. */
const MISDIRECTED = 421;

export function acknowledgeFromFields(venue: string, fields: Fields): Checked<CommandOf<'AcknowledgeFinding'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['id', 'approve', 'by', 'reason']);
    return {
      type: 'AcknowledgeFinding',
      venue,
      findingId: reader.text('id'),
      approve: reader.flag('approve', true),
      by: reader.text('by'),
      reason: reader.text('reason', ''),
    };
  });
}

export function acceptColdFromFields(venue: string, fields: Fields): Checked<CommandOf<'AcceptColdStart'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['by', 'reason']);
    return { type: 'AcceptColdStart', venue, by: reader.text('by'), reason: reader.text('reason') };
  });
}

/** Compares a venue's account with the books, at the leader: two readings, so it takes some seconds. */
export async function reconcileNow(core: ApiSubject, venue: string): Promise<Reply> {
  if (core.leadingTerm === 0) return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
  const outcome = await core.reconciler.run(venue);
  if (outcome.ok) return ok(outcome);
  return problem(
    409,
    'NOT_RECONCILED',
    outcome.reason,
    'see GET /sessions: is the venue logged on, and its gate open?',
  );
}
