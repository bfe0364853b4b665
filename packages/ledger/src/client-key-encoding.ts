/** The remembered answers to client requests, in a snapshot: oldest first. */
import type { Answer } from './client-keys.ts';
import type { CommandResult, DenialCode } from './event.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const CLIENT_KEYS: SnapshotSection<readonly [string, Answer]> = {
  name: 'client-keys',
  items: ({ clientKeys }) => clientKeys.answers.entries(),
  write(to, [key, { high, low, result }]) {
    to.text(key).integer(low).integer(high).boolean(result.ok);
    if (result.ok) to.text(result.clOrdId).text('');
    else to.text(result.code).text(result.text);
  },
  read(from, { clientKeys }) {
    const key = from.text(TEXT_MAX);
    const low = from.integer();
    const high = from.integer();
    const ok = from.boolean();
    const first = from.text(TEXT_MAX);
    const second = from.text(TEXT_MAX);
    const result: CommandResult = ok
      ? { ok, clOrdId: first, duplicate: false }
      : { ok, code: first as DenialCode, text: second, duplicate: false };
    clientKeys.answers.add(key, { low, high, result });
  },
};
