/**
 * The log applied again, on a ledger of its own: what each entry asked, what it made happen, and the state after it. The
 * ledger is deterministic, so this is what every node went through.
 */
import { type Applied, type DecodedCommand, decodeCommand, Ledger } from '@baton/ledger';
import { type CommittedLog, HistoryError, type LogBase, type LoggedEntry } from './committed-log.ts';

/** One entry with what applying it made happen; `command` and `applied` are null for entries that are no command. */
export interface ReplayedEntry {
  readonly entry: LoggedEntry;
  readonly command: DecodedCommand | null;
  readonly applied: Applied | null;
}

/** Ledger as it was at a base. */
export function ledgerAt({ state }: LogBase): Ledger {
  return state === null ? new Ledger() : Ledger.restore(state);
}

/** Applies what follows `base` up to `toIndex` (included) to `ledger`, which must be as it was at `base`. */
export function* replay(log: CommittedLog, base: LogBase, ledger: Ledger, toIndex: number): Generator<ReplayedEntry> {
  for (const entry of log.entries(base.index + 1, toIndex)) {
    if (entry.kind !== 'command') yield { entry, command: null, applied: null };
    else yield { entry, command: decodeCommand(entry.command), applied: ledger.apply(entry) };
  }
}

/**
 * The ledger as it was after entry `toIndex`.
 * @throws HistoryError when the log does not reach there, or begins later
 */
export function replayTo(log: CommittedLog, toIndex: number): Ledger {
  const { lastIndex } = log.extent;
  if (toIndex > lastIndex) {
    throw new HistoryError(
      `entry ${toIndex} is not in this log, which ends at ${lastIndex}`,
      `ask for ${lastIndex} or less`,
    );
  }
  const base = log.base(toIndex);
  const ledger = ledgerAt(base);
  let reached = base.index;
  for (const { entry } of replay(log, base, ledger, toIndex)) reached = entry.index;
  if (reached < toIndex) {
    throw new HistoryError(
      `the log has a hole after entry ${reached}, which holds entry ${toIndex}`,
      'run baton journal verify on this folder, or ask another node',
    );
  }
  return ledger;
}
