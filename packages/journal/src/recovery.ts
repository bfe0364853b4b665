// Opening a folder: what is there, what was torn, what is damaged, and from where the journal goes on.
//
// Model: checkpoints, mark and segments are read and brought together. A torn last group (never acknowledged) is erased
// and counted. Lost acknowledged groups become holes (see `log-walk.ts`), which a checkpoint may cover. Nothing that
// was acknowledged is ever removed here.
// Afterwards the tail is synced once: after a kill the last groups may be in the page cache only.

import type { Clock, Disk } from '@baton/host';
import type { ConfState, HardState } from '@baton/raft';
import { BLOCK_SIZE_BYTES } from './block.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { JournalOpenError } from './errors.ts';
import { freshPiece, type LogPiece, LogWalk, type WalkedLog } from './log-walk.ts';
import { type Mark, readMarks } from './mark.ts';
import type { Damage } from './report.ts';
import { isSupported, segmentNumber, segmentPath } from './segment.ts';
import { type FoundGroup, type SegmentScan, scanSegment } from './segment-scan.ts';

/** Where the next group goes. */
export interface WritePosition {
  readonly segment: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface RecoveredJournal {
  readonly journalId: number;
  readonly hardState: HardState;
  readonly confState: ConfState;
  readonly checkpoint: Checkpoint;
  /** The log up to the first hole, then what is known behind it. */
  readonly pieces: readonly LogPiece[];
  /** The log begins anew after the checkpoint, and the files do not say so yet: the next group has to. */
  readonly isRestarted: boolean;
  readonly nextSequence: number;
  readonly priorCrc: number;
  readonly position: WritePosition | null;
  /** Segments with groups, ascending; then prepared and unused ones. */
  readonly segments: readonly number[];
  readonly unused: readonly WritePosition[];
  readonly markCount: number;
  readonly torn: { readonly groups: number; readonly sizeBytes: number };
  readonly damage: readonly Damage[];
  readonly healed: readonly Damage[];
}

/** True when the folder holds no journal: nothing, or the rest of a creation that was cut short. */
export function isBlank(disk: Disk, folder: string, checkpoints: CheckpointStore): boolean {
  if (readMarks(disk, folder).exists) return false;
  if ([...checkpoints.infos, ...checkpoints.damaged].some((checkpoint) => checkpoint.index > 0)) return false;
  return segmentNumbers(disk, folder).every((number) => scanSegment(disk, folder, number, null).isUnused);
}

export function segmentNumbers(disk: Disk, folder: string): number[] {
  return disk
    .list(folder)
    .map(segmentNumber)
    .filter((number) => number !== null)
    .sort((a, b) => a - b);
}

/** Reads a folder that is not blank. */
export class Recovery {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #damage: Damage[] = [];
  readonly #healed: Damage[] = [];
  #isRestarted = false;
  #torn = { groups: 0, sizeBytes: 0 };

  /** `readOnly`: a torn tail is found and counted, and left where it is. */
  constructor(disk: Disk, clock: Clock, folder: string, readOnly = false) {
    this.#disk = disk;
    this.#clock = clock;
    this.#folder = folder;
    this.#readOnly = readOnly;
  }

  run(checkpoints: CheckpointStore, newest: Checkpoint | null): RecoveredJournal {
    this.#refuseOtherBuilds(checkpoints);
    const { marks, exists } = readMarks(this.#disk, this.#folder);
    const mark = marks[0] ?? null;
    if (mark === null) this.#heal('mark', 0, exists ? 'neither slot matches its CRC-32' : 'the file is missing');
    const scans = this.#scan(mark);
    const used = scans.filter((scan) => !scan.isUnused);
    const groups = progressing(used.flatMap((scan) => scan.groups));
    const journalId = mark?.journalId ?? groups[0]?.header.journalId ?? this.#newId();
    const tornTail = this.#judgeTail(used, groups, mark);
    const walked = this.#walk(tornTail.intact, mark, tornTail.isUnknown, newest);
    this.#reportHarmless(walked);
    const checkpoint = this.#requireCheckpoint(newest, checkpoints);
    const pieces = this.#joinCheckpoint(walked.pieces, checkpoint);
    this.#reportHoles(pieces);
    for (const { file, fault, index } of checkpoints.damaged) this.#heal(file, 0, `checkpoint ${index}: ${fault}`);
    return {
      journalId,
      hardState: this.#hardStateFor(walked.hardState, pieces, checkpoint),
      confState: checkpoint.confState,
      checkpoint,
      pieces,
      isRestarted: this.#isRestarted,
      nextSequence: walked.lastSequence + 1,
      priorCrc: walked.lastCrc,
      ...this.#positions(scans, used, groups, walked),
      markCount: mark?.count ?? 0,
      torn: this.#torn,
      damage: this.#damage,
      healed: this.#healed,
    };
  }

  /** Another build's checkpoint is not passed over for an older one: the log may hold what only that build understands. */
  #refuseOtherBuilds(checkpoints: CheckpointStore): void {
    const other = checkpoints.damaged.find(({ kind }) => kind === 'version');
    if (other === undefined) return;
    const detail = `${other.file}: ${other.fault}; start the build that wrote it, or replace this node`;
    throw new JournalOpenError('BATON_JOURNAL_VERSION', this.#folder, detail);
  }

  #scan(mark: Mark | null): SegmentScan[] {
    const numbers = segmentNumbers(this.#disk, this.#folder);
    const scans: SegmentScan[] = [];
    for (const number of numbers) {
      const scan = scanSegment(
        this.#disk,
        this.#folder,
        number,
        mark?.journalId ?? scans.find(hasGroups)?.groups[0]?.header.journalId ?? null,
      );
      if (scan.header !== null && !isSupported(scan.header)) {
        const path = segmentPath(this.#folder, number);
        const detail = `${path} has format version ${scan.header.version}; start the build that wrote it`;
        throw new JournalOpenError('BATON_JOURNAL_VERSION', this.#folder, detail);
      }
      scans.push(scan);
    }
    return scans;
  }

  /** Tells a torn last group from a lost one, and erases the torn one. */
  #judgeTail(
    used: readonly SegmentScan[],
    groups: readonly FoundGroup[],
    mark: Mark | null,
  ): { readonly intact: readonly FoundGroup[]; readonly isUnknown: boolean } {
    const last = groups.at(-1);
    const tornHead = last !== undefined && last.runs === null ? last : null;
    const isTornHead = tornHead !== null && mark !== null && tornHead.header.sequence > mark.sequence;
    const intact = isTornHead ? groups.slice(0, -1) : groups;
    const end = intact.at(-1);
    const foreign = used.flatMap((scan) =>
      scan.foreignBlocks
        .filter((offset) => isBehind(scan.number, offset, end))
        .map((offset) => ({ segment: scan.number, offset })),
    );
    if (!isTornHead && foreign.length === 0) return { intact, isUnknown: false };
    const acknowledged = mark === null || (end?.header.sequence ?? 0) < mark.sequence;
    if (acknowledged) return { intact, isUnknown: mark === null && foreign.length > 0 };
    const torn = isTornHead && tornHead !== null ? blocksOf(tornHead) : [];
    this.#erase([...foreign, ...torn]);
    return { intact, isUnknown: false };
  }

  #erase(blocks: readonly { readonly segment: number; readonly offset: number }[]): void {
    this.#torn = { groups: 1, sizeBytes: blocks.length * BLOCK_SIZE_BYTES };
    if (this.#readOnly) return;
    const zeros = new Uint8Array(BLOCK_SIZE_BYTES);
    for (const segment of new Set(blocks.map((block) => block.segment))) {
      const file = this.#disk.open(segmentPath(this.#folder, segment), 'write');
      try {
        const sizeBytes = file.sizeBytes();
        for (const block of blocks) {
          if (block.segment !== segment) continue;
          file.write(zeros.subarray(0, Math.min(BLOCK_SIZE_BYTES, sizeBytes - block.offset)), block.offset);
        }
        file.datasync();
      } finally {
        file.close();
      }
    }
  }

  #walk(groups: readonly FoundGroup[], mark: Mark | null, isUnknown: boolean, newest: Checkpoint | null): WalkedLog {
    const first = groups[0];
    const base = first?.header ?? { baseIndex: newest?.index ?? 0, baseTerm: newest?.term ?? 0 };
    return new LogWalk(base.baseIndex, base.baseTerm).walk(groups, { mark, isUnknown });
  }

  /** A journal always has a checkpoint: the empty beginning, at least. */
  #requireCheckpoint(newest: Checkpoint | null, checkpoints: CheckpointStore): Checkpoint {
    if (newest !== null) return newest;
    const detail = `no intact checkpoint is left (${checkpoints.damaged.map((each) => `${each.file}: ${each.fault}`).join('; ') || 'none found'}); replace this node: remove it from the cluster, empty the folder, add it again`;
    throw new JournalOpenError('BATON_JOURNAL_FORMAT', this.#folder, detail);
  }

  /** What the checkpoint covers needs no log; what lies between checkpoint and log is missing. */
  #joinCheckpoint(pieces: readonly LogPiece[], checkpoint: Checkpoint): readonly LogPiece[] {
    const { index, term } = checkpoint;
    const joining = pieces.findLast((piece) => piece.terms.termAt(index) === term);
    if (joining !== undefined) {
      // Holes below the checkpoint cost nothing.
      const at = pieces.indexOf(joining);
      for (const { hole } of pieces.slice(1, at + 1))
        if (hole !== null) this.#heal(this.#nameOf(hole.segment), hole.offset, hole.reason);
      return at === 0 ? pieces : [{ ...joining, hole: null }, ...pieces.slice(at + 1)];
    }
    const first = pieces[0] as LogPiece;
    const start = freshPiece(index, term);
    if (first.terms.baseIndex > index) {
      const toIndex = first.terms.baseIndex;
      const reason = `the log begins after ${toIndex}, the newest intact checkpoint ends at ${index}`;
      const hole = {
        fromIndex: index + 1,
        toIndex,
        toTerm: first.terms.termAt(toIndex),
        segment: 0,
        offset: -1,
        reason,
      };
      return [start, { ...first, hole }, ...pieces.slice(1)];
    }
    const at = pieces.findIndex(({ hole }) => hole !== null && hole.fromIndex <= index + 1 && hole.toIndex > index);
    const behind = pieces[at];
    if (behind?.hole) {
      const hole = { ...behind.hole, fromIndex: Math.max(behind.hole.fromIndex, index + 1) };
      return [start, { ...behind, hole }, ...pieces.slice(at + 1)];
    }
    // A snapshot was installed and the process died before the log said so: the log begins anew after it.
    this.#isRestarted = true;
    return [start];
  }

  #hardStateFor(found: HardState, pieces: readonly LogPiece[], checkpoint: Checkpoint): HardState {
    const lastIndex = (pieces.at(-1) as LogPiece).terms.lastIndex;
    const commit = Math.min(Math.max(found.commit, checkpoint.index), lastIndex);
    // A snapshot that outran its hard state brings the term that its entry had.
    if (checkpoint.term > found.term) return { term: checkpoint.term, vote: 0, commit };
    return { ...found, commit };
  }

  #positions(
    scans: readonly SegmentScan[],
    used: readonly SegmentScan[],
    groups: readonly FoundGroup[],
    walked: WalkedLog,
  ): Pick<RecoveredJournal, 'position' | 'segments' | 'unused'> {
    const lastUsed = used.at(-1);
    const unused = scans.filter((scan) => scan.isUnused && scan.number > (lastUsed?.number ?? 0));
    const last = walked.last;
    // Behind damage at the end nothing is written: the log goes on in a new segment.
    const isEndKnown =
      last !== null &&
      last === groups.at(-1) &&
      walked.lastSequence === last.header.sequence &&
      lastUsed?.number === last.segment &&
      !hasForeignBehind(lastUsed, last, this.#torn.groups);
    return {
      position: isEndKnown
        ? { segment: last.segment, offset: last.offset + last.header.sizeBytes, sizeBytes: lastUsed.sizeBytes }
        : null,
      segments: used.map((scan) => scan.number),
      unused: unused.map((scan) => ({ segment: scan.number, offset: 0, sizeBytes: scan.sizeBytes })),
    };
  }

  #reportHarmless(walked: WalkedLog): void {
    for (const lost of walked.harmless) this.#heal(this.#nameOf(lost.segment), lost.offset, lost.reason);
  }

  #reportHoles(pieces: readonly LogPiece[]): void {
    for (const { hole } of pieces) {
      if (hole === null) continue;
      const { fromIndex, toIndex, offset, reason } = hole;
      this.#damage.push({ file: this.#nameOf(hole.segment), offset, fromIndex, toIndex, reason });
    }
  }

  #heal(file: string, offset: number, reason: string): void {
    this.#healed.push({ file, offset, fromIndex: -1, toIndex: -1, reason });
  }

  #nameOf(segment: number): string {
    return segmentPath(this.#folder, segment);
  }

  #newId(): number {
    return this.#clock.wallUs();
  }
}

function hasGroups(scan: SegmentScan): boolean {
  return scan.groups.length > 0;
}

/** Groups whose numbers only grow; one that does not is an older copy, out of place. */
function progressing(groups: readonly FoundGroup[]): FoundGroup[] {
  const kept: FoundGroup[] = [];
  for (const group of groups) if (group.header.sequence > (kept.at(-1)?.header.sequence ?? 0)) kept.push(group);
  return kept;
}

function isBehind(segment: number, offset: number, last: FoundGroup | undefined): boolean {
  if (last === undefined) return true;
  return segment > last.segment || (segment === last.segment && offset > last.offset);
}

function hasForeignBehind(scan: SegmentScan, last: FoundGroup, tornGroups: number): boolean {
  return tornGroups === 0 && scan.foreignBlocks.some((offset) => offset > last.offset);
}

function blocksOf(group: FoundGroup): { readonly segment: number; readonly offset: number }[] {
  const count = group.header.sizeBytes / BLOCK_SIZE_BYTES;
  return Array.from({ length: count }, (_, at) => ({
    segment: group.segment,
    offset: group.offset + at * BLOCK_SIZE_BYTES,
  }));
}
