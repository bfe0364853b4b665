/** Which entries of the log are asked for: by kind of command, by session (venue or client), by order. */
import { isNamed, type ReplayedEntry } from '@baton/history';

export interface LogFilter {
  /** Types of commands, in lower case; empty for all. */
  readonly kinds: ReadonlySet<string>;
  /** A venue's or a client's name; undefined for all. */
  readonly session: string | undefined;
  /** A ClOrdID, client key or OrderID; undefined for all. */
  readonly order: string | undefined;
}

export function matches({ command, applied }: ReplayedEntry, { kinds, session, order }: LogFilter): boolean {
  if (command === null) return kinds.size === 0 && session === undefined && order === undefined;
  if (kinds.size > 0 && !kinds.has(command.type.toLowerCase())) return false;
  if (session !== undefined && sessionOf(command) !== session) return false;
  return order === undefined || concerns(command, applied, order);
}

function sessionOf(command: NonNullable<ReplayedEntry['command']>): string | undefined {
  if ('venue' in command) return command.venue;
  return 'client' in command ? command.client : undefined;
}

/** The command names the order, or an event that it caused does. */
function concerns(
  command: NonNullable<ReplayedEntry['command']>,
  applied: ReplayedEntry['applied'],
  order: string,
): boolean {
  if ('clientKey' in command && command.clientKey === order) return true;
  if ('clOrdId' in command && command.clOrdId === order) return true;
  for (const event of applied?.events ?? []) {
    if ('clOrdId' in event && event.clOrdId === order) return true;
    if (event.type === 'OrderChanged' && isNamed(event.order, order)) return true;
  }
  return false;
}
