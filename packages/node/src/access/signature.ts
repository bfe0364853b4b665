/** Who asked for it, into the entry: commands that carry a reason or a `by` keep it with the state that they changed. */
import type { Command } from '@baton/ledger';
import type { Principal } from './token-book.ts';

/** The ledger takes texts of so many characters. */
const TEXT_LENGTH_MAX = 128;

/** Unchanged for who needed no token. */
export function signed<C extends Command>(command: C, { name }: Principal): C {
  if (name === 'local') return command;
  const fields = command as { readonly by?: unknown; readonly reason?: unknown };
  // A name that the caller gives is no proof; the token's is.
  if (typeof fields.by === 'string') return { ...command, by: name };
  if (typeof fields.reason !== 'string') return command;
  const mark = `[${name}]`;
  const reason = fields.reason.slice(0, TEXT_LENGTH_MAX - mark.length - 1);
  return { ...command, reason: reason === '' ? mark : `${reason} ${mark}` };
}
