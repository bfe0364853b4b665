/**
 * Wall clocks that can be moved, one a node: libfaketime in front of the C library reads the offset from a file, about once
 * a second. The monotonic clock goes on as it is, as it does when somebody sets the time of a machine.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = '/usr/lib';
const NAME = 'faketime/libfaketimeMT.so.1';

export class ClockLab {
  readonly #folder: string;
  readonly #library: string;
  readonly #offsetsS = new Map<string, number[]>();

  /** Path of the library; '' if it is not installed. */
  static library(): string {
    if (process.platform !== 'linux') return '';
    const found = ['', ...readdirSync(LIBRARIES)].map((part) => join(LIBRARIES, part, NAME)).find(existsSync);
    return found ?? '';
  }

  constructor(folder: string, library: string, nodes: readonly string[]) {
    this.#folder = folder;
    this.#library = library;
    for (const node of nodes) this.#write(node);
  }

  environmentOf(node: string): Record<string, string> {
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file(node),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** The node's wall clock is so much later (or earlier) until the result is called; several add up. */
  move(node: string, offsetS: number): () => void {
    const offsets = this.#offsetsS.get(node) ?? [];
    this.#offsetsS.set(node, offsets);
    offsets.push(offsetS);
    this.#write(node);
    return () => {
      const at = offsets.indexOf(offsetS);
      if (at >= 0) offsets.splice(at, 1);
      this.#write(node);
    };
  }

  #write(node: string): void {
    const sum = (this.#offsetsS.get(node) ?? []).reduce((all, one) => all + one, 0);
    writeFileSync(this.#file(node), `${sum < 0 ? '-' : '+'}${Math.abs(sum).toFixed(3)}\n`);
  }

  #file(node: string): string {
    return join(this.#folder, `clock-of-${node}`);
  }
}
