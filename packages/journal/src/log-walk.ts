// From the groups found on disk to the log they make, with holes where acknowledged groups are lost.
//
// Model: groups are walked by number. A group that is missing, does not check, or does not fit the chain although a
// later group (or the mark) proves that it was synced, is *lost*. What a lost group can have changed is bounded: by its
// head if one copy survived, else by the commit index known before it (committed entries are never replaced).
// Rule decided here: a hole is closed when the walk proves that nothing is missing: the entry before the next group is
// there with the same index and term (Raft's Log Matching Property, §5.3), or a later group replaces the log from the
// hole's start or earlier (a repair, a snapshot, a conflicting tail).

import type { HardState } from '@baton/raft';
import { GROUP_RESET } from './group-header.ts';
import type { Mark } from './mark.ts';
import type { FoundGroup } from './segment-scan.ts';
import { SpanIndex } from './span-index.ts';
import { TermRuns } from './term-runs.ts';

/** A contiguous part of the log. */
export interface LogPiece {
  readonly terms: TermRuns;
  readonly spans: SpanIndex;
  /** The hole before this piece; null for the first. */
  readonly hole: LogHole | null;
}

export interface LogHole {
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly toTerm: number;
  readonly segment: number;
  readonly offset: number;
  readonly reason: string;
}

/** Groups that were synced and cannot be read. */
interface LostRange {
  readonly segment: number;
  readonly offset: number;
  /** Lowest entry they can have written; null when no head of them survived. */
  readonly fromIndex: number | null;
  readonly reason: string;
}

/** What is known of the end of the log. */
export interface LogEnd {
  readonly mark: Mark | null;
  /** Without a mark: something that does not check lies behind the last group. */
  readonly isUnknown: boolean;
}

/** Term of an entry that was lost with every trace of it. */
const UNKNOWN_TERM = -2;

export interface WalkedLog {
  readonly pieces: readonly LogPiece[];
  /** Lost groups that turned out to have cost no entry. */
  readonly harmless: readonly LostRange[];
  readonly hardState: HardState;
  readonly lastSequence: number;
  readonly lastCrc: number;
  /** The last intact group, behind which the log goes on; null when there is none. */
  readonly last: FoundGroup | null;
}

/** A log that begins after this entry. */
export function freshPiece(baseIndex: number, baseTerm: number): LogPiece {
  return { terms: new TermRuns(baseIndex, baseTerm), spans: new SpanIndex(), hole: null };
}

/** The higher term wins; within a term a vote, once given, stays; commit only grows. */
export function mergedHardState(a: HardState, b: HardState): HardState {
  const commit = Math.max(a.commit, b.commit);
  if (a.term !== b.term) return { ...(a.term > b.term ? a : b), commit };
  return { term: a.term, vote: a.vote === 0 ? b.vote : a.vote, commit };
}

/** Walks the groups found, in the order of their numbers. */
export class LogWalk {
  #pieces: LogPiece[];
  #hardState: HardState = { term: 0, vote: 0, commit: 0 };
  #last: FoundGroup | null = null;
  #lost: LostRange | null = null;
  #commitBeforeLost = 0;
  readonly #harmless: LostRange[] = [];

  constructor(baseIndex: number, baseTerm: number) {
    this.#pieces = [freshPiece(baseIndex, baseTerm)];
  }

  /** Groups in ascending order of number, those with a bad payload included; a torn last one is not to be given. */
  walk(groups: readonly FoundGroup[], end: LogEnd): WalkedLog {
    groups.forEach((group, at) => {
      const last = this.#last;
      if (last !== null && group.header.sequence > last.header.sequence + 1) {
        this.#lose(group, null, `groups ${last.header.sequence + 1} to ${group.header.sequence - 1} are missing`);
      }
      const crcWanted = this.#crcWantedBy(groups[at + 1], group, end);
      if (group.runs === null) {
        this.#lose(group, group.header.baseIndex + 1, `group ${group.header.sequence} does not match its CRC-32`);
      } else if (crcWanted !== null && crcWanted !== group.crc) {
        this.#lose(group, null, `group ${group.header.sequence} is another one than was acknowledged`);
      }
      this.#hardState = mergedHardState(this.#hardState, group.header.hardState);
      if (group.runs !== null && (crcWanted === null || crcWanted === group.crc)) this.#apply(group);
      this.#last = group;
    });
    this.#finish(end);
    return {
      pieces: this.#pieces,
      harmless: this.#harmless,
      hardState: this.#hardState,
      lastSequence: Math.max(this.#last?.header.sequence ?? 0, end.mark?.sequence ?? 0),
      lastCrc: this.#last?.crc ?? 0,
      last: this.#last,
    };
  }

  /** The CRC under which the next group, or the mark, knows this one; null when nobody does. */
  #crcWantedBy(next: FoundGroup | undefined, group: FoundGroup, end: LogEnd): number | null {
    if (next !== undefined) return next.header.sequence === group.header.sequence + 1 ? next.header.priorCrc : null;
    return end.mark?.sequence === group.header.sequence ? end.mark.lastCrc : null;
  }

  #lose(group: FoundGroup, fromIndex: number | null, reason: string): void {
    const earlier = this.#lost;
    if (earlier === null) {
      this.#lost = { segment: group.segment, offset: group.offset, fromIndex, reason };
      // Taken before the lost group's own head counts: entries above may have been replaced by what is lost.
      this.#commitBeforeLost = this.#hardState.commit;
      return;
    }
    const unknown = earlier.fromIndex === null || fromIndex === null;
    this.#lost = {
      ...earlier,
      fromIndex: unknown ? null : Math.min(earlier.fromIndex as number, fromIndex as number),
      reason: `${earlier.reason}; ${reason}`,
    };
  }

  #apply(group: FoundGroup): void {
    const { header } = group;
    if ((header.flags & GROUP_RESET) !== 0) {
      this.#settle();
      this.#pieces = [freshPiece(header.baseIndex, header.baseTerm)];
    } else {
      this.#closeOrOpenHole(header.baseIndex, header.baseTerm);
    }
    if (group.runs === null || group.runs.length === 0) return;
    const firstIndex = header.baseIndex + 1;
    this.#dropPiecesAfter(header.baseIndex, header.baseTerm);
    const { terms, spans } = this.#top();
    for (const run of group.runs) terms.appendRun(run.firstIndex, run.lastIndex, run.term);
    spans.add({
      firstIndex,
      lastIndex: header.lastIndex,
      segment: group.segment,
      offset: group.offset,
      sizeBytes: header.sizeBytes,
    });
  }

  /** A group replaces the log after (`baseIndex`, `baseTerm`): pieces and holes above are of no interest any more. */
  #dropPiecesAfter(baseIndex: number, baseTerm: number): void {
    if (this.#isBelowAll(baseIndex)) this.#pieces = [freshPiece(baseIndex, baseTerm)];
    while (this.#pieces.length > 1 && baseIndex < (this.#top().hole as LogHole).fromIndex) this.#pieces.pop();
    const { hole, terms } = this.#top();
    if (hole === null || baseIndex >= terms.baseIndex) return;
    // It begins inside the hole, which then ends before it.
    const shorter = { ...hole, toIndex: baseIndex, toTerm: baseTerm };
    this.#pieces.pop();
    this.#pieces.push({ terms: new TermRuns(baseIndex, baseTerm), spans: new SpanIndex(), hole: shorter });
  }

  /** Everything known so far was replaced: its segments could be removed, for nothing in them was needed. */
  #isBelowAll(baseIndex: number): boolean {
    return baseIndex < (this.#pieces[0] as LogPiece).terms.baseIndex;
  }

  #top(): LogPiece {
    return this.#pieces[this.#pieces.length - 1] as LogPiece;
  }

  /** Lost groups end here: the log is known again to reach (`baseIndex`, `baseTerm`). */
  #closeOrOpenHole(baseIndex: number, baseTerm: number): void {
    const lost = this.#lost;
    if (lost === null) return;
    if (this.#isBelowAll(baseIndex)) {
      this.#pieces = [freshPiece(baseIndex, baseTerm)];
      this.#settle();
      return;
    }
    const holder = this.#pieces.findLast((piece) => piece.terms.termAt(baseIndex) === baseTerm);
    if (holder !== undefined) {
      // Log matching: with this entry all before it are the same. What stands above it may be stale.
      this.#pieces = this.#pieces.slice(0, this.#pieces.indexOf(holder) + 1);
      if (holder.terms.lastIndex > baseIndex) this.#cutTop(baseIndex + 1);
      this.#settle();
      return;
    }
    this.#lost = null;
    const { terms } = this.#top();
    const known = lost.fromIndex ?? this.#commitBeforeLost + 1;
    const fromIndex = Math.max(terms.baseIndex + 1, Math.min(known, terms.lastIndex + 1, baseIndex));
    this.#cutTop(fromIndex);
    const hole = { ...lost, fromIndex, toIndex: baseIndex, toTerm: baseTerm };
    this.#pieces.push({ terms: new TermRuns(baseIndex, baseTerm), spans: new SpanIndex(), hole });
  }

  #cutTop(index: number): void {
    const { terms, spans } = this.#top();
    if (index <= terms.lastIndex) terms.cutFrom(index);
    spans.cutFrom(index);
  }

  #settle(): void {
    if (this.#lost !== null) this.#harmless.push(this.#lost);
    this.#lost = null;
  }

  /** What is known beyond the last group that was found. */
  #finish(end: LogEnd): void {
    const last = this.#last;
    const reached = last?.header.sequence ?? 0;
    const markedSequence = end.mark?.sequence ?? 0;
    if (markedSequence > reached || end.isUnknown) {
      const missing = end.isUnknown
        ? `group ${reached + 1} does not check`
        : `groups ${reached + 1} to ${markedSequence} are missing`;
      this.#loseAtEnd(last, `${missing} at the end of the log`);
    }
    if (this.#lost !== null) {
      if (markedSequence >= reached && end.mark !== null) this.#closeOrOpenHole(end.mark.lastIndex, end.mark.lastTerm);
      else if (last?.runs === null && !end.isUnknown)
        this.#closeOrOpenHole(last.header.lastIndex, last.header.lastTerm);
      else this.#closeOrOpenHole(Math.max(this.#top().terms.lastIndex, this.#commitBeforeLost + 1), UNKNOWN_TERM);
    }
    if (end.mark !== null) this.#hardState = mergedHardState(this.#hardState, end.mark.hardState);
  }

  #loseAtEnd(last: FoundGroup | null, reason: string): void {
    if (this.#lost === null) this.#commitBeforeLost = this.#hardState.commit;
    const place = this.#lost ?? {
      segment: last?.segment ?? 0,
      offset: last === null ? 0 : last.offset + last.header.sizeBytes,
    };
    this.#lost = { segment: place.segment, offset: place.offset, fromIndex: null, reason };
  }
}
