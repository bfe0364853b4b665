// The machine's randomness, fetched in blocks: one system call per 1,024 numbers.

import { randomFillSync } from 'node:crypto';
import type { Random } from '../random.ts';

const BLOCK = 1024;

/** Random numbers of this machine. */
export class NodeRandom implements Random {
  readonly #block = new Uint32Array(BLOCK);
  #next = BLOCK;

  uint32(): number {
    if (this.#next === BLOCK) {
      randomFillSync(this.#block);
      this.#next = 0;
    }
    const value = this.#block[this.#next] as number;
    this.#next += 1;
    return value;
  }

  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }
}
