// What a journal must hold, as a list of states: one after each append that was accepted.
//
// Rule decided here: after a crash the journal must be exactly one of these states, not older than the last that was
// acknowledged. Commit may be older (it waits for no sync); everything else is compared bit by bit.

import type { Entry, HardState, Snapshot } from '@baton/raft';
import { StorageRefusal } from '@baton/raft';
import type { Journal } from '../journal.ts';

/** A log with term and vote. */
export interface ModelState {
  readonly baseIndex: number;
  readonly baseTerm: number;
  readonly entries: readonly Entry[];
  readonly hardState: HardState;
}

/** The state after an append. */
export function stateAfter(
  state: ModelState,
  append: { hardState: HardState | null; entries: readonly Entry[]; snapshot: Snapshot | null },
): ModelState {
  const { snapshot } = append;
  const base =
    snapshot === null
      ? state
      : { baseIndex: snapshot.index, baseTerm: snapshot.term, entries: [], hardState: state.hardState };
  const first = append.entries[0]?.index ?? Number.POSITIVE_INFINITY;
  return {
    baseIndex: base.baseIndex,
    baseTerm: base.baseTerm,
    entries: [...base.entries.filter((entry) => entry.index < first), ...append.entries],
    hardState: append.hardState ?? state.hardState,
  };
}

export function lastIndexOf(state: ModelState): number {
  return state.entries.at(-1)?.index ?? state.baseIndex;
}

export function termAt(state: ModelState, index: number): number {
  if (index === state.baseIndex) return state.baseTerm;
  return state.entries.find((entry) => entry.index === index)?.term ?? -1;
}

/** Why the journal is not in this state, or null when it is. */
export function differenceFrom(state: ModelState, journal: Journal): string | null {
  const { hardState } = journal.initialState();
  const wanted = state.hardState;
  if (hardState.term !== wanted.term || hardState.vote !== wanted.vote) {
    return `term ${hardState.term} vote ${hardState.vote}, expected ${wanted.term} and ${wanted.vote}`;
  }
  if (journal.lastIndex() !== lastIndexOf(state))
    return `last index ${journal.lastIndex()}, expected ${lastIndexOf(state)}`;
  if (hardState.commit > journal.lastIndex()) return `commit ${hardState.commit} is above the last index`;
  const first = journal.firstIndex();
  const baseTerm = journal.term(first - 1);
  if (first - 1 >= state.baseIndex && baseTerm !== termAt(state, first - 1)) {
    return `term of ${first - 1} is ${baseTerm}, expected ${termAt(state, first - 1)}`;
  }
  for (const entry of state.entries) {
    if (entry.index < first) continue;
    const read = journal.entries(entry.index, entry.index + 1, Number.MAX_SAFE_INTEGER);
    if (typeof read === 'string') return `entry ${entry.index}: ${read}`;
    const [found] = read;
    if (found === undefined || found.index !== entry.index || found.term !== entry.term || found.type !== entry.type) {
      return `entry ${entry.index} of term ${entry.term} reads as ${found?.index} of term ${found?.term}`;
    }
    if (!Buffer.from(found.data).equals(Buffer.from(entry.data))) return `entry ${entry.index} has other data`;
    if (journal.term(entry.index) !== entry.term) return `term of ${entry.index} is ${journal.term(entry.index)}`;
  }
  if (journal.term(journal.lastIndex() + 1) !== StorageRefusal.Unavailable) return 'there is a term behind the end';
  return null;
}
