// Protocol-aware recovery: filling a hole in the log with the leader's entries.
//
// Rule decided here (Alagappan et al., FAST '18, and Raft's Log Matching Property): the entries must continue what lies
// before the hole. When the entry at the hole's end has the same index and term as the lost one had, everything before
// it is what was lost, and what lies behind is still good. When it differs, or the leader's log ends earlier, what lies
// behind is not in the leader's log; a leader has all that was committed, so it was never committed, and gives way.

import type { Entry } from '@baton/raft';
import type { GroupReader } from './group-reader.ts';
import type { LogView } from './log-view.ts';
import type { LogHole, LogPiece } from './log-walk.ts';

export interface RepairInput {
  readonly log: LogView;
  readonly behind: readonly LogPiece[];
  readonly reader: GroupReader;
  readonly entries: readonly Entry[];
  readonly isComplete: boolean;
}

export interface RepairPlan {
  /** What is to be appended: the hole's entries, and what is kept of the piece behind it. */
  readonly entries: readonly Entry[];
  /** Pieces, with their holes, that remain behind. */
  readonly behind: readonly LogPiece[];
}

/** Checks entries for a hole; throws RangeError when they do not fit. */
export function planRepair({ log, behind, reader, entries, isComplete }: RepairInput): RepairPlan {
  const piece = behind[0];
  if (piece === undefined || piece.hole === null) throw new RangeError('repair of a journal without a hole');
  const { hole } = piece;
  const wanted = entries.filter((entry) => entry.index >= hole.fromIndex);
  checkContinues(log, hole, wanted);
  const atEnd = wanted.find((entry) => entry.index === hole.toIndex);
  if (atEnd !== undefined && atEnd.term === hole.toTerm) {
    const filled = wanted.filter((entry) => entry.index <= hole.toIndex);
    return { entries: [...filled, ...readAll(reader, piece)], behind: behind.slice(1) };
  }
  if (atEnd === undefined && !isComplete) {
    const last = wanted.at(-1)?.index ?? hole.fromIndex - 1;
    throw new RangeError(`repair of entries ${hole.fromIndex} to ${hole.toIndex} got entries up to ${last} only`);
  }
  return { entries: wanted, behind: [] };
}

function checkContinues(log: LogView, hole: LogHole, entries: readonly Entry[]): void {
  let index = hole.fromIndex - 1;
  let term = log.terms.termAt(index);
  for (const entry of entries) {
    if (entry.index !== index + 1 || entry.term < term) {
      const found = `entry ${entry.index} of term ${entry.term}`;
      throw new RangeError(`repair from ${hole.fromIndex}: ${found} does not continue entry ${index} of term ${term}`);
    }
    ({ index, term } = entry);
  }
}

/** The entries of a piece that are still on disk. */
function readAll(reader: GroupReader, piece: LogPiece): Entry[] {
  const entries: Entry[] = [];
  for (const span of piece.spans.spans) {
    for (let index = span.firstIndex; index <= span.lastIndex; index += 1) {
      const entry = reader.read(span, index);
      if (entry === null) return entries;
      entries.push(entry);
    }
  }
  return entries;
}
