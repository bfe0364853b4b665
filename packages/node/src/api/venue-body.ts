/** Request bodies of operators' decisions about venues: numbers accepted after a reset, orders in doubt settled by hand. */
import type { Command } from '@baton/ledger';
import { type Checked, checked, FieldReader, type Fields } from './body.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** FIX engines keep MsgSeqNum in 32 signed bits. */
const MSG_SEQ_NUM_MAX = 0x7fff_ffff;
const SETTLED_AS = ['Voided', 'Canceled'] as const;

export function acceptSequenceResetFromFields(
  venue: string,
  fields: Fields,
): Checked<CommandOf<'AcceptSequenceReset'>> {
  return checked(() => {
    const reader = new FieldReader({ nextOut: 1, nextIn: 1, ...fields }, ['nextOut', 'nextIn', 'reason']);
    return {
      type: 'AcceptSequenceReset',
      venue,
      nextOut: reader.integer('nextOut', 1, MSG_SEQ_NUM_MAX),
      nextIn: reader.integer('nextIn', 1, MSG_SEQ_NUM_MAX),
      reason: reader.text('reason'),
    };
  });
}

export function settleFromFields(clOrdId: string, fields: Fields): Checked<CommandOf<'SettleInDoubt'>> {
  return checked(() => {
    const reader = new FieldReader(fields, ['outcome', 'reason']);
    return {
      type: 'SettleInDoubt',
      clOrdId,
      outcome: reader.oneOf('outcome', SETTLED_AS),
      reason: reader.text('reason'),
    };
  });
}
