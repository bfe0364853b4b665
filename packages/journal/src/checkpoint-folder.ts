// The checkpoints of a journal that another process owns: listed, read, and written beside it.
//
// Rules decided here: nothing of the owner's is changed; a checkpoint is written under a name of its own and named when it
// is whole and verified, so the owner finds it whole or not at all. Who prunes keeps the newest ones and always the newest
// that was verified.

import { join } from 'node:path';
import type { Clock, Disk } from '@baton/host';
import type { CheckpointInfo } from './checkpoint.ts';
import { checkpointPath } from './checkpoint-file.ts';
import type { CheckpointSaving } from './checkpoint-saving.ts';
import { CheckpointStore, type DamagedCheckpoint, type VerifyCheckpoint } from './checkpoint-store.ts';
import type { CheckpointPlace } from './checkpoint-writer.ts';

const UNFINISHED = '.scribe.tmp';

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

  /** A new one, to be given in pieces; `verify` reads it back before it counts. */
  begin(place: CheckpointPlace, verify: VerifyCheckpoint): CheckpointSaving {
    return this.#store.begin(place, UNFINISHED, verify);
  }

  /** Removes what a writer before this one left unfinished. */
  removeUnfinished(): void {
    for (const name of this.#disk.list(this.#folder)) {
      if (name.endsWith(UNFINISHED)) this.#disk.unlink(join(this.#folder, name));
    }
  }

  /** Removes all but the newest ten and the newest verified one, in the background; answers how many. */
  prune(): number {
    this.#store.look();
    const surplus = this.#store.surplus();
    // Somebody else may have removed it; what cannot be removed costs room only, and is tried again.
    for (const { file } of surplus) this.#disk.unlinkAsync(file, () => {});
    return surplus.length;
  }
}
