// The entries for the first hole in a journal, collected from the others batch by batch.
//
// Rules decided here: batches that lead up to the lost last entry may come from different nodes (they are the same
// entries); those of a leader all come from one leader of one term, to the end that its log had at the first of them,
// or they begin anew. What does not continue the entries before is dropped. More than a bound is not held in memory.

import type { AppendOutcome, Journal, LogHole } from '@baton/journal';
import type { Entry } from '@baton/raft';
import { invariant } from './invariant.ts';
import { decodeEntries, type SupplyMessage } from './supply-message.ts';

/** Three segments of the default size, with room; beyond it a checkpoint is the shorter way. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

export type TakeVerdict = 'complete' | 'more' | 'too-much' | 'ignored';

/** Where the batches held come from. */
interface Origin {
  /** 0: anybody who has the lost last entry. */
  readonly leader: number;
  readonly term: number;
  /** Last entry to be fetched. */
  readonly last: number;
}

export class LostEntries {
  readonly #journal: Journal;
  readonly #hole: LogHole;
  readonly #prevTerm: number;
  #entries: Entry[] = [];
  #sizeBytes = 0;
  #origin: Origin | null = null;

  /** The journal must be damaged. */
  constructor(journal: Journal) {
    const hole = journal.hole();
    invariant(hole !== null, 'lost entries of a journal without a hole');
    const prevTerm = journal.term(hole.fromIndex - 1);
    invariant(typeof prevTerm === 'number', `the term of entry ${hole.fromIndex - 1} before the hole is ${prevTerm}`);
    this.#journal = journal;
    this.#hole = hole;
    this.#prevTerm = prevTerm;
  }

  /** What to ask for next. */
  question(): SupplyMessage {
    const { fromIndex, toIndex, toTerm } = this.#hole;
    const last = this.#entries.at(-1);
    const prevTerm = last?.term ?? this.#prevTerm;
    return { kind: 'ask-entries', from: (last?.index ?? fromIndex - 1) + 1, prevTerm, to: toIndex, toTerm };
  }

  facts(): { fromIndex: number; toIndex: number; entries: number; sizeBytes: number } {
    const { fromIndex, toIndex } = this.#hole;
    return { fromIndex, toIndex, entries: this.#entries.length, sizeBytes: this.#sizeBytes };
  }

  /** Takes a batch of node `from`. */
  take(from: number, batch: Extract<SupplyMessage, { kind: 'entries' }>, bytes: Uint8Array): TakeVerdict {
    const leader = batch.term === 0 ? 0 : from;
    const before = this.#origin;
    if (before !== null && (before.leader !== leader || before.term !== batch.term)) this.#startOver();
    const entries = decodeEntries(bytes, batch.from);
    const nextIndex = this.#hole.fromIndex + this.#entries.length;
    if (entries === null || batch.from !== nextIndex) return 'ignored';
    this.#origin ??= { leader, term: batch.term, last: batch.last };
    const { last } = this.#origin;
    for (const entry of entries) {
      if (entry.index > last || entry.term < (this.#entries.at(-1)?.term ?? this.#prevTerm)) break;
      this.#entries.push(entry);
      this.#sizeBytes += entry.data.length;
    }
    if (this.#hole.fromIndex + this.#entries.length > last) return 'complete';
    if (this.#sizeBytes > HELD_BYTES_MAX) {
      this.#startOver();
      return 'too-much';
    }
    return entries.length === 0 ? 'ignored' : 'more';
  }

  /** Writes what was collected; resolves once it is durable. */
  repair(): Promise<AppendOutcome> {
    const origin = this.#origin;
    invariant(origin !== null, 'a repair without entries');
    return new Promise((resolve) => {
      const outcome = this.#journal.repair(this.#entries, origin.leader !== 0, () => resolve({ ok: true }));
      if (!outcome.ok) resolve(outcome);
    });
  }

  #startOver(): void {
    this.#entries = [];
    this.#sizeBytes = 0;
    this.#origin = null;
  }
}
