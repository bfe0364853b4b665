// The names of files in memory: as the process sees them, and as they would be found after a power loss.
//
// Model: each change of names (link, unlink, rename) is one atomic operation, remembered until its folder is synced. A
// power loss keeps any subset of the remembered ones, except that an operation needs every earlier one that it rests
// on (one that touched the same name).

import { dirname } from 'node:path';
import type { MemoryInode } from './memory-inode.ts';
import type { SeededRandom } from './seeded-random.ts';

interface NameChange {
  readonly folder: string;
  /** New meaning of each name; null removes it. */
  readonly sets: ReadonlyMap<string, MemoryInode | null>;
}

function apply(names: Map<string, MemoryInode>, change: NameChange): void {
  for (const [path, inode] of change.sets) {
    if (inode === null) names.delete(path);
    else names.set(path, inode);
  }
}

/** A flat map from paths to files; folders exist by being made. */
export class MemoryNames {
  readonly #seen = new Map<string, MemoryInode>();
  readonly #durable = new Map<string, MemoryInode>();
  readonly #folders = new Set<string>();
  #pending: NameChange[] = [];

  get(path: string): MemoryInode | undefined {
    return this.#seen.get(path);
  }

  paths(): string[] {
    return [...this.#seen.keys()];
  }

  makeFolder(path: string): void {
    for (let folder = path; !this.#folders.has(folder); folder = dirname(folder)) this.#folders.add(folder);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  folders(): Iterable<string> {
    return this.#folders;
  }

  change(folder: string, sets: ReadonlyMap<string, MemoryInode | null>): void {
    const change = { folder, sets };
    apply(this.#seen, change);
    this.#pending.push(change);
  }

  /** A point in the order of changes, for `sync`. */
  pendingIn(folder: string): readonly object[] {
    return this.#pending.filter((change) => change.folder === folder);
  }

  /** These changes are durable. */
  sync(changes: readonly object[]): void {
    const done = new Set(changes);
    for (const change of this.#pending) if (done.has(change)) apply(this.#durable, change);
    this.#pending = this.#pending.filter((change) => !done.has(change));
  }

  /** Names found after a power loss. */
  afterPowerLoss(random: SeededRandom, keep: number): ReadonlyMap<string, MemoryInode> {
    const names = new Map(this.#durable);
    const lost = new Set<string>();
    for (const change of this.#pending) {
      const paths = [...change.sets.keys()];
      if (paths.some((path) => lost.has(path)) || !random.chance(keep)) for (const path of paths) lost.add(path);
      else apply(names, change);
    }
    return names;
  }

  /** Names as the process saw them. */
  seen(): ReadonlyMap<string, MemoryInode> {
    return this.#seen;
  }
}
