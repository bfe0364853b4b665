// From a folder to what a journal starts with: lock, create or recover.
//
// Rule decided here: a new journal's mark is made last, so that a creation that was cut short is no journal yet and is
// made again; every failure of the disk on the way names the folder.

import { type Clock, type Disk, DiskError, type FolderLock } from '@baton/host';
import type { ConfState } from '@baton/raft';
import { BLOCK_SIZE_BYTES } from './block.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { JournalOpenError } from './errors.ts';
import { createMark, markPath } from './mark.ts';
import type { JournalConfig } from './options.ts';
import { isBlank, type RecoveredJournal, Recovery, segmentNumbers } from './recovery.ts';
import type { RecoveryReport } from './report.ts';
import { segmentPath } from './segment.ts';

export interface OpenedJournal {
  readonly lock: FolderLock;
  readonly checkpoints: CheckpointStore;
  readonly recovered: RecoveredJournal;
  readonly report: RecoveryReport;
}

/** Takes the folder and reads it; throws JournalOpenError, and then owns nothing. */
export function openFolder(config: JournalConfig): OpenedJournal {
  const { disk, clock, folder } = config;
  const startUs = clock.monotonicUs();
  const lock = guarded(folder, () => {
    disk.makeFolder(folder);
    return disk.lock(folder);
  });
  try {
    return guarded(folder, () => {
      const checkpoints = new CheckpointStore(disk, clock, folder);
      let newest = checkpoints.open();
      const created = isBlank(disk, folder, checkpoints);
      if (created) newest = create(disk, clock, folder, config.confState, checkpoints);
      const recovered = new Recovery(disk, clock, folder).run(checkpoints, newest);
      makeDurable(disk, folder, recovered);
      return { lock, checkpoints, recovered, report: reportOf(recovered, created, clock.monotonicUs() - startUs) };
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function create(disk: Disk, clock: Clock, folder: string, confState: ConfState, checkpoints: CheckpointStore) {
  for (const number of segmentNumbers(disk, folder)) disk.unlink(segmentPath(folder, number));
  const beginning = { index: 0, term: 0, confState, bytes: new Uint8Array(0) };
  checkpoints.saveSync(beginning);
  createMark(disk, folder, {
    journalId: clock.wallUs(),
    count: 1,
    sequence: 0,
    lastIndex: 0,
    lastTerm: 0,
    lastCrc: 0,
    hardState: { term: 0, vote: 0, commit: 0 },
    closed: true,
  });
  disk.syncFolder(folder);
  return beginning;
}

/** After a kill the last groups may be in the page cache only, and the mark may be missing or torn. */
function makeDurable(disk: Disk, folder: string, recovered: RecoveredJournal): void {
  const last = recovered.segments.at(-1);
  if (last !== undefined) {
    const file = disk.open(segmentPath(folder, last), 'write');
    file.datasync();
    file.close();
  }
  const path = markPath(folder);
  if (!disk.exists(path)) disk.preallocateSync(path, 2 * BLOCK_SIZE_BYTES);
  disk.syncFolder(folder);
}

export function reportOf(recovered: RecoveredJournal, created: boolean, durationUs: number): RecoveryReport {
  const { hardState, torn, damage, healed, checkpoint, pieces } = recovered;
  const terms = pieces[0]?.terms;
  return {
    created,
    firstIndex: (terms?.baseIndex ?? 0) + 1,
    lastIndex: terms?.lastIndex ?? 0,
    ...hardState,
    checkpointIndex: checkpoint.index,
    segments: recovered.segments.length,
    tornGroups: torn.groups,
    tornSizeBytes: torn.sizeBytes,
    damage,
    healed,
    durationUs,
  };
}

/** Failures of the disk and contradictions in what was read become errors that name the folder. */
export function guarded<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JournalOpenError || (error as Error).name === 'SimulatedCrash') throw error;
    if (error instanceof DiskError) {
      const code = error.code === 'ELOCKED' ? 'BATON_JOURNAL_LOCKED' : 'BATON_JOURNAL_IO';
      throw new JournalOpenError(code, folder, error.message, error);
    }
    const detail = `the files contradict each other (${(error as Error).message}); run the journal's verify, or replace this node`;
    throw new JournalOpenError('BATON_JOURNAL_FORMAT', folder, detail, error);
  }
}
