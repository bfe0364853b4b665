/**
 * A node's log as it lies in its journal's folder, read from outside: nothing is locked or changed, the node may run or be
 * stopped. Rules decided here: only committed entries count unless the caller wants the rest, too; a log whose beginning
 * was given up is read on from a checkpoint, whose state stands for what came before.
 */
import type { Clock, Disk } from '@baton/host';
import { inspectJournal, readCheckpointWithin, readJournalEntries } from '@baton/journal';
import { stateOfCheckpoint } from '@baton/replica';

/** One entry of the log. */
export interface LoggedEntry {
  readonly index: number;
  readonly term: number;
  /** `leader`: what a new leader begins its term with. */
  readonly kind: 'command' | 'leader' | 'membership';
  /** The leader's time at the proposal, µs since 1970; 0 for entries without one. */
  readonly timeUs: number;
  /** Empty for entries that are no command. */
  readonly command: Uint8Array;
}

export interface LogExtent {
  /** Entries that can be read: from `firstIndex` to `lastIndex`. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Last entry that this node knows to be committed. */
  readonly commitIndex: number;
}

/** The ledger's state at an index; `state` is null for the empty beginning. */
export interface LogBase {
  readonly index: number;
  readonly state: Uint8Array | null;
}

export class CommittedLog {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly extent: LogExtent;

  /**
   * @param folder the journal's own folder
   * @throws JournalOpenError when there is no journal, or none that can be read
   */
  constructor(disk: Disk, clock: Clock, folder: string) {
    this.#disk = disk;
    this.#clock = clock;
    this.#folder = folder;
    const { firstIndex, lastIndex, commit } = inspectJournal(disk, clock, folder).report;
    this.extent = { firstIndex, lastIndex, commitIndex: Math.min(commit, lastIndex) };
  }

  /** The newest state from which the log can be read on to `index`, or the oldest one when `index` is 'oldest'. */
  base(index: number | 'oldest'): LogBase {
    const { firstIndex } = this.extent;
    if (firstIndex === 1 && index === 'oldest') return { index: 0, state: null };
    const checkpoint = readCheckpointWithin(this.#disk, this.#clock, this.#folder, {
      atLeast: firstIndex - 1,
      atMost: index === 'oldest' ? Number.MAX_SAFE_INTEGER : index,
      wanted: index === 'oldest' ? 'oldest' : 'newest',
    });
    // The checkpoint of index 0 is the empty beginning: it has no state.
    if (checkpoint !== null && checkpoint.index > 0)
      return { index: checkpoint.index, state: stateOfCheckpoint(checkpoint.bytes) };
    if (firstIndex === 1) return { index: 0, state: null };
    throw new HistoryError(
      `the log in ${this.#folder} begins at entry ${firstIndex} and no checkpoint has the state before it` +
        (index === 'oldest' ? '' : `, up to entry ${index}`),
      `ask for an index from ${firstIndex} on, or another node`,
    );
  }

  /** Entries from `fromIndex` to `toIndex`, both included. */
  *entries(fromIndex: number, toIndex: number): Generator<LoggedEntry> {
    const entries = readJournalEntries(this.#disk, this.#clock, this.#folder, fromIndex, toIndex);
    for (const entry of entries) yield loggedEntry(entry);
  }
}

/** What was asked of the past cannot be answered from here. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code = 'BATON_HISTORY';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

type JournalEntry = ReturnType<typeof readJournalEntries> extends Generator<infer Entry> ? Entry : never;

/** Bytes of time in front of each command (docs/contracts.md, "replica"). */
const TIME_SIZE_BYTES = 8;
const NO_COMMAND: Uint8Array = new Uint8Array(0);

/** What an entry of the journal is: `type` and `data` are Raft's. */
export function loggedEntry({ index, term, type, data }: JournalEntry): LoggedEntry {
  // Type 0 is an ordinary entry; without data it is what a new leader begins its term with.
  if (type !== 0) return { index, term, kind: 'membership', timeUs: 0, command: NO_COMMAND };
  if (data.length === 0) return { index, term, kind: 'leader', timeUs: 0, command: NO_COMMAND };
  const bytes = Buffer.from(data);
  return {
    index,
    term,
    kind: 'command',
    timeUs: bytes.length < TIME_SIZE_BYTES ? 0 : Number(bytes.readBigUInt64BE(0)),
    command: bytes.subarray(TIME_SIZE_BYTES),
  };
}
