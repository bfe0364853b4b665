// A checkpoint that is being saved piece by piece, as its owner sees it.
//
// Rule decided here: it ends once, finished or given up; until it is kept nothing counts, and the file that was begun is
// removed at the next start at the latest.

import type { CheckpointInfo } from './checkpoint.ts';
import type { CheckpointWriter } from './checkpoint-writer.ts';

export class CheckpointSaving {
  readonly #writer: CheckpointWriter;
  readonly #keep: () => Promise<CheckpointInfo>;
  /** Resolves when nothing of it is under way any more, however it ended. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #isEnding = false;

  /** `keep`: checks and names the file that `writer` has finished. */
  constructor(writer: CheckpointWriter, keep: () => Promise<CheckpointInfo>) {
    this.#writer = writer;
    this.#keep = keep;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** The next bytes, which must not change any more. Returns at once: they are written in the background. */
  add(piece: Uint8Array): void {
    this.#writer.add(piece);
  }

  /** Bytes that were given and are not written yet. */
  get backlogBytes(): number {
    return this.#writer.backlogBytes;
  }

  drained(): Promise<void> {
    return this.#writer.drained();
  }

  /** All bytes were given, and the log reaches its index: it counts when this resolves. Rejects with a DiskError. */
  async finish(): Promise<CheckpointInfo> {
    this.#isEnding = true;
    try {
      await this.#writer.finish();
      return await this.#keep();
    } finally {
      this.#end();
    }
  }

  /** Gives it up, unless it is ending. */
  async abort(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#writer.abort();
    this.#end();
  }
}
