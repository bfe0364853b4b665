/**
 * A checkpoint read back into a ledger, a piece at a time. Rule decided here: it counts only when its bytes match their
 * checksum and the state that they give has the hash that snapshot and head name; everything else is a refusal that says
 * what to do. Another build's file is told from a damaged one.
 */
import { crc32 } from 'node:zlib';
import { type Clock, type Disk, DiskError } from '@baton/host';
import { type CheckpointInfo, CheckpointReader } from '@baton/journal';
import { Ledger, SnapshotError, SnapshotVersionError } from '@baton/ledger';
import { CheckpointStateStart } from '@baton/replica';
import type { RungRefusal } from './rung-refusal.ts';

const PIECE_BYTES = 64 * 1024;

/** A checkpoint file, and the index that it should be of. */
export type CheckpointWanted = Pick<CheckpointInfo, 'file' | 'index'>;

export type RestoredCheckpoint =
  | {
      readonly ok: true;
      readonly ledger: Ledger;
      readonly index: number;
      readonly term: number;
      readonly timeUs: number;
      readonly stateHash: string;
      readonly sizeBytes: number;
      /** Its writer had verified it. */
      readonly isVerified: boolean;
    }
  | { readonly ok: false; readonly refusal: RungRefusal };

/** Restores in slices, with turns of the event loop in between. */
export async function restoredCheckpoint(
  disk: Disk,
  clock: Clock,
  { file, index }: CheckpointWanted,
): Promise<RestoredCheckpoint> {
  const steps = restoring(disk, file, index);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => clock.defer(resolve));
  }
}

/** As `restoredCheckpoint`, at once. */
export function restoreCheckpointNow(disk: Disk, { file, index }: CheckpointWanted): RestoredCheckpoint {
  const steps = restoring(disk, file, index);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function* restoring(disk: Disk, file: string, index: number): Generator<void, RestoredCheckpoint> {
  try {
    const reader = CheckpointReader.tryOpen(disk, file);
    if (!(reader instanceof CheckpointReader)) {
      return reader.kind === 'version' ? anotherVersion(file, reader.fault) : damaged(file, reader.fault);
    }
    try {
      const found = reader.offer.index;
      if (found !== index) return damaged(file, `it holds the state after entry ${found}, not after ${index}`);
      return yield* reading(reader, file);
    } finally {
      reader.close();
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return refused(file, 'unreadable', error.message, 'see to the disk, or to who may read the file');
  }
}

function* reading(reader: CheckpointReader, file: string): Generator<void, RestoredCheckpoint> {
  const { sizeBytes, crc: wantedCrc, index, term } = reader.offer;
  // All of it is checked before anything is made of it: what is damaged is called damaged, not misread.
  let crc = 0;
  for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
    crc = crc32(reader.read(at, PIECE_BYTES), crc);
    yield;
  }
  if (crc !== wantedCrc) return damaged(file, `the bytes do not match their CRC-32${reader.damagedRegions()}`);
  const start = new CheckpointStateStart();
  const restorer = Ledger.restorer();
  try {
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const state = start.after(reader.read(at, PIECE_BYTES));
      if (state.length > 0) restorer.add(state);
      yield;
    }
    const ledger = restorer.finish();
    const stateHash = ledger.hash();
    if (reader.stateHash !== '' && reader.stateHash !== stateHash) {
      const reason = `it restores to a state with hash ${stateHash}, its head names ${reader.stateHash}`;
      return refused(file, 'hash', reason, KEEP_IT);
    }
    const { isVerified } = reader;
    return { ok: true, ledger, index, term, timeUs: start.lastTimeUs, stateHash, sizeBytes, isVerified };
  } catch (error) {
    if (error instanceof SnapshotVersionError) return anotherVersion(file, error.message);
    // The checksum was right: whoever wrote it wrote nonsense.
    if (error instanceof SnapshotError) return refused(file, 'hash', error.message, KEEP_IT);
    throw error;
  }
}

const KEEP_IT =
  'nothing has to be done: an older checkpoint and the log, or another node, stand in for it; keep the file for inspection';

function refused(file: string, kind: RungRefusal['kind'], reason: string, remedy: string): RestoredCheckpoint {
  return { ok: false, refusal: { file, kind, reason, remedy } };
}

function damaged(file: string, reason: string): RestoredCheckpoint {
  return refused(file, 'damaged', reason, KEEP_IT);
}

function anotherVersion(file: string, reason: string): RestoredCheckpoint {
  return refused(
    file,
    'version',
    reason,
    'start the build that wrote it, or replace this node (baton members replace)',
  );
}
