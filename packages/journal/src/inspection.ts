// A look at a journal's folder from outside: nothing is locked, changed or repaired. For `baton journal verify`, `show`
// and `repair --plan`, on a stopped journal or on a copy.

import type { Clock, Disk } from '@baton/host';
import type { Entry } from '@baton/raft';
import type { Checkpoint, CheckpointInfo } from './checkpoint.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { JournalOpenError } from './errors.ts';
import { GroupReader } from './group-reader.ts';
import { guarded, reportOf } from './opening.ts';
import { isBlank, type RecoveredJournal, Recovery, segmentNumbers } from './recovery.ts';
import type { RecoveryReport } from './report.ts';
import { segmentPath } from './segment.ts';
import { scanSegment } from './segment-scan.ts';

/** One segment file as found. */
export interface SegmentInfo {
  readonly file: string;
  readonly sizeBytes: number;
  readonly groups: number;
  /** Groups whose payload does not match its CRC-32. */
  readonly badGroups: number;
  /** Offsets of blocks that are part of no group. */
  readonly foreignBlocks: readonly number[];
  /** Lowest and highest index written in it; 0 for none. */
  readonly firstIndex: number;
  readonly lastIndex: number;
}

export interface JournalInspection {
  /** What opening it would find. */
  readonly report: RecoveryReport;
  readonly segments: readonly SegmentInfo[];
  readonly checkpoints: readonly CheckpointInfo[];
  /** What would be done about each finding, one line each; empty when there is nothing to do. */
  readonly plan: readonly string[];
}

/** Reads and judges a journal's folder. Throws JournalOpenError when it holds none, or none that can be opened. */
export function inspectJournal(disk: Disk, clock: Clock, folder: string): JournalInspection {
  const { recovered, checkpoints, durationUs } = recoverReadOnly(disk, clock, folder);
  const report = reportOf(recovered, false, durationUs);
  const segments = segmentNumbers(disk, folder).map((number) => segmentInfo(disk, folder, number));
  return { report, segments, checkpoints: checkpoints.infos, plan: planFor(report) };
}

/** The intact entries from `fromIndex` to `toIndex` (included), as far as the log reaches without a hole. */
export function* readJournalEntries(
  disk: Disk,
  clock: Clock,
  folder: string,
  fromIndex: number,
  toIndex: number,
): Generator<Entry> {
  const { recovered } = recoverReadOnly(disk, clock, folder);
  const reader = new GroupReader(disk, folder);
  try {
    for (const span of recovered.pieces[0]?.spans.spans ?? []) {
      const last = Math.min(span.lastIndex, toIndex);
      for (let index = Math.max(span.firstIndex, fromIndex); index <= last; index += 1) {
        const entry = reader.read(span, index);
        if (entry === null) return;
        yield entry;
      }
    }
  } finally {
    reader.close();
  }
}

/** Bounds on a checkpoint's index, both included, and which of those within to take. */
export interface CheckpointWish {
  readonly atLeast: number;
  readonly atMost: number;
  readonly wanted: 'newest' | 'oldest';
}

/** The newest or oldest intact checkpoint within bounds, with its bytes; null when there is none. */
export function readCheckpointWithin(
  disk: Disk,
  clock: Clock,
  folder: string,
  { atLeast, atMost, wanted }: CheckpointWish,
): Checkpoint | null {
  return guarded(folder, () => {
    const store = new CheckpointStore(disk, clock, folder);
    store.find();
    const fitting = store.infos.filter(({ index }) => index >= atLeast && index <= atMost);
    // They are listed newest first.
    for (const info of wanted === 'newest' ? fitting : fitting.toReversed()) {
      const read = readCheckpoint(disk, info.file);
      if ('checkpoint' in read) return read.checkpoint;
    }
    return null;
  });
}

/** What opening the folder would find; nothing is changed. Throws JournalOpenError. */
export function recoverReadOnly(
  disk: Disk,
  clock: Clock,
  folder: string,
): { readonly recovered: RecoveredJournal; readonly checkpoints: CheckpointStore; readonly durationUs: number } {
  const startUs = clock.monotonicUs();
  return guarded(folder, () => {
    const checkpoints = new CheckpointStore(disk, clock, folder);
    const newest = checkpoints.find();
    if (isBlank(disk, folder, checkpoints)) {
      throw new JournalOpenError('BATON_JOURNAL_NONE', folder, 'it holds no journal; name the folder of a node');
    }
    const recovered = new Recovery(disk, clock, folder, true).run(checkpoints, newest);
    return { recovered, checkpoints, durationUs: clock.monotonicUs() - startUs };
  });
}

function segmentInfo(disk: Disk, folder: string, number: number): SegmentInfo {
  const { groups, foreignBlocks, sizeBytes } = scanSegment(disk, folder, number, null);
  const runs = groups.flatMap((group) => group.runs ?? []);
  return {
    file: segmentPath(folder, number),
    sizeBytes,
    groups: groups.length,
    badGroups: groups.filter((group) => group.runs === null).length,
    foreignBlocks,
    firstIndex: runs.reduce((lowest, run) => Math.min(lowest, run.firstIndex), runs[0]?.firstIndex ?? 0),
    lastIndex: runs.reduce((highest, run) => Math.max(highest, run.lastIndex), 0),
  };
}

function planFor(report: RecoveryReport): string[] {
  const plan: string[] = [];
  if (report.tornGroups > 0) {
    plan.push(
      `erase ${report.tornSizeBytes} bytes of a last group that was never acknowledged (done at the next start)`,
    );
  }
  for (const { file, offset, fromIndex, toIndex, reason } of report.damage) {
    const place = offset < 0 ? file : `${file} at byte ${offset}`;
    plan.push(`refetch entries ${fromIndex} to ${toIndex} from the leader: ${place}: ${reason}`);
  }
  for (const { file, offset, reason } of report.healed) {
    plan.push(`nothing to fetch, it is covered: ${file} at byte ${Math.max(offset, 0)}: ${reason}`);
  }
  return plan;
}
