/**
 * The machine's disk for a rehearsal: the same calls, but what a rehearsal writes is worth nothing, so almost nothing of it
 * is made durable. Hundreds of syncs a second would take the disk from the cluster that this node is about to join; one in
 * so many keeps the code of a sync warm.
 */
import type { Disk, DiskCallback, DiskFile, OpenMode } from '@baton/host';

const SYNC_ONE_IN = 32;
const ZEROS_SIZE_BYTES = 64 * 1024;

class QuickFile implements DiskFile {
  readonly path: string;
  readonly #file: DiskFile;
  #syncs = 0;

  constructor(file: DiskFile) {
    this.path = file.path;
    this.#file = file;
  }

  sizeBytes(): number {
    return this.#file.sizeBytes();
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#file.read(offset, lengthBytes);
  }

  write(bytes: Uint8Array, offset: number): void {
    this.#file.write(bytes, offset);
  }

  writeAsync(bytes: Uint8Array, offset: number, done: DiskCallback): void {
    this.#file.writeAsync(bytes, offset, done);
  }

  datasync(): void {
    if (++this.#syncs % SYNC_ONE_IN === 0) this.#file.datasync();
  }

  datasyncAsync(done: DiskCallback): void {
    setImmediate(done, null);
  }

  truncate(sizeBytes: number): void {
    this.#file.truncate(sizeBytes);
  }

  close(): void {
    this.#file.close();
  }
}

export function quickDisk(disk: Disk): Disk {
  const preallocateSync = (path: string, sizeBytes: number): void => {
    const file = disk.open(path, 'create');
    const zeros = new Uint8Array(ZEROS_SIZE_BYTES);
    for (let offset = 0; offset < sizeBytes; offset += zeros.length) {
      file.write(zeros.subarray(0, Math.min(zeros.length, sizeBytes - offset)), offset);
    }
    file.close();
  };
  return {
    open: (path: string, mode: OpenMode) => new QuickFile(disk.open(path, mode)),
    preallocateSync,
    preallocate: (path, sizeBytes, done) => {
      preallocateSync(path, sizeBytes);
      setImmediate(done, null);
    },
    readFile: (path) => disk.readFile(path),
    exists: (path) => disk.exists(path),
    rename: (from, to) => disk.rename(from, to),
    unlink: (path) => disk.unlink(path),
    unlinkAsync: (path, done) => disk.unlinkAsync(path, done),
    list: (folder) => disk.list(folder),
    makeFolder: (folder) => disk.makeFolder(folder),
    syncFolder: () => {},
    syncFolderAsync: (_folder, done) => void setImmediate(done, null),
    lock: (folder) => disk.lock(folder),
    freeBytes: (folder) => disk.freeBytes(folder),
  };
}
