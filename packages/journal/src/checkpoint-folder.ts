// The checkpoints of a journal that another process owns: listed, read, and written beside it.
//
// Rules decided here: nothing of the owner's is changed; a checkpoint is written under a name of its own and named when it
// is whole and verified, so the owner finds it whole or not at all. Who prunes keeps the newest ones and always the newest
// that was verified.

import type { Clock, Disk } from '@baton/host';
import type { CheckpointInfo } from './checkpoint.ts';
import { checkpointPath } from './checkpoint-file.ts';
import type { CheckpointSaving } from './checkpoint-saving.ts';
import { CheckpointStore, type DamagedCheckpoint } from './checkpoint-store.ts';
import { CheckpointReader } from './checkpoint-transfer.ts';
import type { CheckpointPlace } from './checkpoint-writer.ts';

export class CheckpointFolder {
  readonly #disk: Disk;
  readonly #store: CheckpointStore;
  readonly #folder: string;

  constructor(disk: Disk, clock: Clock, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
    this.#store = new CheckpointStore(disk, clock, folder);
  }

  /** By their heads, newest first, the empty beginning (index 0) left out. */
  list(): { readonly infos: readonly CheckpointInfo[]; readonly damaged: readonly DamagedCheckpoint[] } {
    this.#store.look();
    const { infos, damaged } = this.#store;
    return { infos: infos.filter(({ index }) => index > 0), damaged };
  }

  pathOf(index: number): string {
    return checkpointPath(this.#folder, index);
  }

  /** Null when it is not there, or its head does not check. Close it when done. */
  reader(index: number): CheckpointReader | null {
    const path = this.pathOf(index);
    return this.#disk.exists(path) ? CheckpointReader.open(this.#disk, path) : null;
  }

  /** What is wrong with the head of this checkpoint, as the last `list` found it. */
  faultOf(index: number): string | undefined {
    return this.#store.damaged.find((each) => each.index === index)?.fault;
  }

  /** A new one, to be given in pieces. */
  begin(place: CheckpointPlace): CheckpointSaving {
    return this.#store.begin(place, '.scribe.tmp');
  }
}
