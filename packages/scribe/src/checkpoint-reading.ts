/**
 * A checkpoint read back into a ledger, a piece at a time. Rule decided here: it counts only when its bytes match their
 * checksum and the state that they give has the hash that they name; everything else is a refusal that says what to do.
 */
import { crc32 } from 'node:zlib';
import type { Clock } from '@baton/host';
import type { CheckpointFolder } from '@baton/journal';
import { Ledger, SnapshotError } from '@baton/ledger';
import { CheckpointStateStart } from '@baton/replica';
import type { RungRefusal } from './warm-start.ts';

const PIECE_BYTES = 64 * 1024;

export type RestoredCheckpoint =
  | {
      readonly ok: true;
      readonly ledger: Ledger;
      readonly term: number;
      readonly timeUs: number;
      readonly sizeBytes: number;
    }
  | { readonly ok: false; readonly refusal: RungRefusal };

/** Restores in slices, with turns of the event loop in between. */
export async function restoredCheckpoint(
  folder: CheckpointFolder,
  clock: Clock,
  index: number,
): Promise<RestoredCheckpoint> {
  const steps = restoring(folder, index);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => clock.defer(resolve));
  }
}

/** As `restoredCheckpoint`, at once. */
export function restoreCheckpointNow(folder: CheckpointFolder, index: number): RestoredCheckpoint {
  const steps = restoring(folder, index);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function* restoring(folder: CheckpointFolder, index: number): Generator<void, RestoredCheckpoint> {
  const file = folder.pathOf(index);
  const reader = folder.reader(index);
  if (reader === null) return { ok: false, refusal: damaged(file, folder.faultOf(index) ?? 'it is not there') };
  try {
    const start = new CheckpointStateStart();
    const restorer = Ledger.restorer();
    const { sizeBytes, term } = reader.offer;
    let crc = 0;
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const piece = reader.read(at, PIECE_BYTES);
      crc = crc32(piece, crc);
      // Before anything is made of bytes, as far as can be: a wrong length could ask for anything.
      const state = start.after(piece);
      if (state.length > 0) restorer.add(state);
      yield;
    }
    if (crc !== reader.offer.crc) return { ok: false, refusal: damaged(file, 'the bytes do not match their CRC-32') };
    return { ok: true, ledger: restorer.finish(), term, timeUs: start.lastTimeUs, sizeBytes };
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof RangeError)
      return { ok: false, refusal: damaged(file, error.message) };
    throw error;
  } finally {
    reader.close();
  }
}

function damaged(file: string, reason: string): RungRefusal {
  return {
    file,
    kind: 'damaged',
    reason,
    remedy:
      'nothing to do: an older checkpoint and the log, or another node, stand in for it; keep the file for inspection',
  };
}
