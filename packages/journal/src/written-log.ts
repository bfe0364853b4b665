// The log as the files hold it: what the next group follows, and what the mark says of it.
//
// Rule decided here: it moves when a group is written, never before: a write that failed leaves it where it was, and the
// same group is written again at the same place.

import type { HardState } from '@baton/raft';
import type { Group } from './append-queue.ts';
import type { GroupContent } from './group-encoder.ts';
import { GROUP_RESET } from './group-header.ts';
import type { Mark } from './mark.ts';
import type { Place } from './segment-files.ts';
import type { Span } from './span-index.ts';
import { TermRuns } from './term-runs.ts';

export interface WriterState {
  readonly journalId: number;
  readonly nextSequence: number;
  readonly priorCrc: number;
  readonly hardState: HardState;
  /** The first group has to say that the log begins anew. */
  readonly isRestarted: boolean;
  /** The log as written. */
  readonly terms: TermRuns;
}

export class WrittenLog {
  readonly #journalId: number;
  #terms: TermRuns;
  #sequence: number;
  #priorCrc: number;
  #mustReset: boolean;
  hardState: HardState;

  constructor(state: WriterState) {
    this.#journalId = state.journalId;
    this.#terms = state.terms;
    this.#sequence = state.nextSequence;
    this.#priorCrc = state.priorCrc;
    this.#mustReset = state.isRestarted;
    this.hardState = state.hardState;
  }

  get lastIndex(): number {
    return this.#terms.lastIndex;
  }

  /** What the next group says of itself. */
  contentOf(group: Group): GroupContent {
    const { lastIndex } = this.#terms;
    const before = group.snapshot ?? { index: lastIndex, term: this.#terms.termAt(lastIndex) };
    const last = group.entries.at(-1) ?? before;
    const baseIndex = (group.entries[0]?.index ?? before.index + 1) - 1;
    return {
      flags: group.snapshot !== null || this.#mustReset ? GROUP_RESET : 0,
      sequence: this.#sequence,
      entries: group.entries,
      baseIndex,
      baseTerm: baseIndex === before.index ? before.term : this.#terms.termAt(baseIndex),
      priorLastIndex: lastIndex,
      lastIndex: last.index,
      lastTerm: last.term,
      hardState: group.items.findLast((item) => item.hardState !== null)?.hardState ?? this.hardState,
      journalId: this.#journalId,
      priorCrc: this.#priorCrc,
    };
  }

  /** The group is in the file; answers where its entries are, null for none. */
  wrote(group: Group, content: GroupContent, crc: number, place: Place, sizeBytes: number): Span | null {
    const { snapshot, entries } = group;
    if (snapshot !== null) this.#terms = new TermRuns(snapshot.index, snapshot.term);
    for (let at = 0; at < entries.length; ) {
      // One step for each term, of which there is mostly one.
      const { index, term } = entries[at]!;
      let end = at + 1;
      while (end < entries.length && entries[end]!.term === term) end += 1;
      this.#terms.appendRun(index, index + end - at - 1, term);
      at = end;
    }
    this.#mustReset = false;
    this.#sequence += 1;
    this.#priorCrc = crc;
    if (entries.length === 0) return null;
    const { segment, offset } = place;
    return { firstIndex: content.baseIndex + 1, lastIndex: content.lastIndex, segment, offset, sizeBytes };
  }

  /** The mark as of the last group written. */
  mark(closed: boolean): Omit<Mark, 'count'> {
    const { lastIndex } = this.#terms;
    return {
      journalId: this.#journalId,
      sequence: this.#sequence - 1,
      lastIndex,
      lastTerm: this.#terms.termAt(lastIndex),
      lastCrc: this.#priorCrc,
      hardState: this.hardState,
      closed,
    };
  }
}
