// What a journal needs of a disk, and no more: positional reads and writes, data syncs, names, one lock a folder.
//
// Rules decided here: every call either does all of its work or throws a `DiskError` that keeps the system's code
// (EIO, ENOSPC, …): a short write is completed or reported, never passed on silently. Nothing is durable before a sync
// of the file (its bytes) and of its folder (its name). Calls are synchronous where a caller on the event loop may
// choose to wait (microseconds, or one fdatasync), and have a callback form that runs on the thread pool where it may not.

/** An error of the disk. `code` is the system's: EIO, ENOSPC, ENOENT, EEXIST, ELOCKED (ours: the folder has an owner). */
export class DiskError extends Error {
  readonly code: string;
  /** The call that failed: open, read, write, datasync, rename, … */
  readonly call: string;
  readonly path: string;

  constructor(call: string, path: string, code: string, detail: string, cause?: unknown) {
    super(`${call} of ${path} failed: ${code}${detail === '' ? '' : `: ${detail}`}`, { cause });
    this.name = 'DiskError';
    this.code = code;
    this.call = call;
    this.path = path;
  }
}

/** Called once when work on the thread pool is done: `null`, or why it failed. */
export type DiskCallback = (error: DiskError | null) => void;

/** `read`: must exist. `write`: must exist. `create`: must not exist (else EEXIST). Write modes can read too. */
export type OpenMode = 'read' | 'write' | 'create';

/** One open file. Offsets and sizes are bytes. */
export interface DiskFile {
  readonly path: string;
  /** Size as the file system knows it now. */
  sizeBytes(): number;
  /** Bytes from `offset`: `lengthBytes` of them, or fewer at the end of the file. The buffer is the caller's. */
  read(offset: number, lengthBytes: number): Uint8Array;
  /** Writes all of `bytes` at `offset`; on an error any part of them may have been written. */
  write(bytes: Uint8Array, offset: number): void;
  /** As `write`, on the thread pool; `bytes` must not change until `done`. */
  writeAsync(bytes: Uint8Array, offset: number, done: DiskCallback): void;
  /** Waits until the bytes written so far are durable (fdatasync). After an error nothing is known: do not retry. */
  datasync(): void;
  /** As `datasync`, on the thread pool: covers what was written before the call. */
  datasyncAsync(done: DiskCallback): void;
  truncate(sizeBytes: number): void;
  close(): void;
}

/** Ownership of a folder by this process. */
export interface FolderLock {
  release(): void;
}

/** A disk. Paths are absolute or relative to the process; all of the caller's choosing. */
export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** A new file of `sizeBytes` zeros, durable with its size (not its name), made on the thread pool. */
  preallocate(path: string, sizeBytes: number, done: DiskCallback): void;
  /** As `preallocate`, waiting. */
  preallocateSync(path: string, sizeBytes: number): void;
  /** The whole content of a file. */
  readFile(path: string): Uint8Array;
  exists(path: string): boolean;
  /** Replaces `to` if it exists, at once for every observer; durable after `syncFolder`. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** As `unlink`, on the thread pool: giving the blocks of a large file back may take milliseconds. */
  unlinkAsync(path: string, done: DiskCallback): void;
  /** Names (not paths) in a folder, sorted. */
  list(folder: string): string[];
  /** Makes a folder and its parents; fine if it exists. */
  makeFolder(folder: string): void;
  /** Makes the names in a folder durable. */
  syncFolder(folder: string): void;
  syncFolderAsync(folder: string, done: DiskCallback): void;
  /**
   * Makes this process the only owner of a folder, until `release` or its death (kill -9 included).
   * Throws ELOCKED, naming the owner, while a living process owns it.
   */
  lock(folder: string): FolderLock;
  /** Bytes free for this user on the file system of `folder`. */
  freeBytes(folder: string): number;
}
