// A disk in memory that forgets what was not synced, fails when told to, and can be picked up after a crash.
//
// Model: see `memory-inode.ts` for bytes and `memory-names.ts` for names. Asynchronous calls do their work at the end
// of the turn, so that other calls come in between. After a crash this disk is dead; `afterPowerLoss` and `afterKill`
// give the disk that the next process finds.

import { basename, dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Disk, type DiskCallback, DiskError, type DiskFile, type FolderLock, type OpenMode } from '../disk.ts';
import { type DiskCall, type FaultPlan, SimulatedCrash } from './disk-fault.ts';
import { MemoryInode, type PowerLoss } from './memory-inode.ts';
import { MemoryNames } from './memory-names.ts';

export interface MemoryDiskOptions {
  readonly clock: Clock;
  /** Space for file contents; unlimited by default. */
  readonly capacityBytes?: number;
  /** How long asynchronous calls take, milliseconds; 0: until the end of the turn. */
  readonly delayMs?: () => number;
}

/** How a call goes wrong when that is planned; a fault for which a call has no way passes it by. */
interface WaysToFail<T> {
  readonly short?: () => void;
  readonly lost?: () => T;
  readonly misdirected?: () => T;
}

/** Where a misdirected write lands: that much before its place, or behind it at the beginning of a file. */
const MISDIRECTED_BYTES = 4096;

/** A disk in memory. */
export class MemoryDisk implements Disk {
  readonly names = new MemoryNames();
  readonly #options: MemoryDiskOptions;
  readonly #locks = new Set<string>();
  #calls = 0;
  #dead = false;
  /** Consulted before every call on the write path. */
  faults: FaultPlan = () => null;
  capacityBytes: number;

  constructor(options: MemoryDiskOptions) {
    this.#options = options;
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.names.makeFolder('/');
  }

  /** Calls on the write path so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Ends the process that uses this disk: every later call throws. */
  kill(): void {
    this.#dead = true;
  }

  /** What the next process finds after this one was killed: everything that was written. */
  afterKill(options: MemoryDiskOptions = this.#options): MemoryDisk {
    return this.#successor(options, this.names.seen(), (inode) => inode.seenBytes());
  }

  /** What the next process finds after a power loss: what was synced, and any part of the rest. */
  afterPowerLoss(loss: PowerLoss, options: MemoryDiskOptions = this.#options): MemoryDisk {
    const names = this.names.afterPowerLoss(loss.random, loss.keep);
    return this.#successor(options, names, (inode) => inode.bytesAfter(loss));
  }

  /** Damage from outside: gives a file other bytes, durable at once; null removes it. */
  tamper(path: string, bytes: Uint8Array | null): void {
    this.names.change(dirname(path), new Map([[path, bytes === null ? null : MemoryInode.from(bytes)]]));
    this.names.sync(this.names.pendingIn(dirname(path)));
  }

  open(path: string, mode: OpenMode): DiskFile {
    const existing = this.names.get(path);
    if (mode !== 'create') {
      if (this.#dead) throw new SimulatedCrash('open', path);
      if (existing === undefined) throw new DiskError('open', path, 'ENOENT', '');
      return new MemoryFile(this, path, existing);
    }
    return this.perform('open', path, () => {
      this.#requireNew('open', path);
      const inode = new MemoryInode();
      this.names.change(dirname(path), new Map([[path, inode]]));
      return new MemoryFile(this, path, inode);
    });
  }

  preallocate(path: string, sizeBytes: number, done: DiskCallback): void {
    this.later(() => this.preallocateSync(path, sizeBytes), done);
  }

  preallocateSync(path: string, sizeBytes: number): void {
    this.perform('preallocate', path, () => {
      this.#requireNew('preallocate', path);
      const inode = new MemoryInode();
      this.names.change(dirname(path), new Map([[path, inode]]));
      this.requireSpace('preallocate', path, sizeBytes);
      inode.truncate(sizeBytes);
    });
  }

  readFile(path: string): Uint8Array {
    const file = this.open(path, 'read');
    return file.read(0, file.sizeBytes());
  }

  exists(path: string): boolean {
    return this.names.get(path) !== undefined || this.names.hasFolder(path);
  }

  rename(from: string, to: string): void {
    this.perform('rename', from, () => {
      const inode = this.names.get(from);
      if (inode === undefined) throw new DiskError('rename', from, 'ENOENT', '');
      this.names.change(
        dirname(to),
        new Map<string, MemoryInode | null>([
          [from, null],
          [to, inode],
        ]),
      );
    });
  }

  unlink(path: string): void {
    this.perform('unlink', path, () => {
      if (this.names.get(path) === undefined) throw new DiskError('unlink', path, 'ENOENT', '');
      this.names.change(dirname(path), new Map([[path, null]]));
    });
  }

  unlinkAsync(path: string, done: DiskCallback): void {
    this.later(() => this.unlink(path), done);
  }

  list(folder: string): string[] {
    if (this.#dead) throw new SimulatedCrash('list', folder);
    if (!this.names.hasFolder(folder)) throw new DiskError('list', folder, 'ENOENT', '');
    return this.names
      .paths()
      .filter((path) => dirname(path) === folder)
      .map((path) => basename(path))
      .sort();
  }

  makeFolder(folder: string): void {
    this.perform('mkdir', folder, () => this.names.makeFolder(folder));
  }

  syncFolder(folder: string): void {
    this.perform('sync', folder, () => this.names.sync(this.names.pendingIn(folder)));
  }

  syncFolderAsync(folder: string, done: DiskCallback): void {
    const changes = this.names.pendingIn(folder);
    this.later(() => this.perform('sync', folder, () => this.names.sync(changes)), done);
  }

  lock(folder: string): FolderLock {
    if (this.#dead) throw new SimulatedCrash('lock', folder);
    if (this.#locks.has(folder)) throw new DiskError('lock', folder, 'ELOCKED', 'this process owns it already');
    this.#locks.add(folder);
    return { release: () => this.#locks.delete(folder) };
  }

  freeBytes(_folder: string): number {
    return Math.max(0, this.capacityBytes - this.#usedBytes());
  }

  /** One call on the write path, with its fault if one is planned; `ways` are those in which this call may go wrong. */
  perform<T>(call: DiskCall['call'], path: string, work: () => T, ways: WaysToFail<T> = {}): T {
    if (this.#dead) throw new SimulatedCrash(call, path);
    this.#calls += 1;
    const fault = this.faults({ number: this.#calls, call, path });
    if (fault === 'crash-before') return this.#crash(call, path);
    if (fault === 'short') ways.short?.();
    if (fault === 'lost' && ways.lost !== undefined) return ways.lost();
    if (fault === 'misdirected' && ways.misdirected !== undefined) return ways.misdirected();
    if (fault === 'EIO') throw new DiskError(call, path, 'EIO', 'planned fault');
    if (fault === 'ENOSPC' || fault === 'short') throw new DiskError(call, path, 'ENOSPC', 'planned fault');
    const result = work();
    return fault === 'crash-after' ? this.#crash(call, path) : result;
  }

  /** Does work after the turn and tells how it went; a crash in it is silent, the process being dead. */
  later(work: () => void, done: DiskCallback): void {
    const run = (): void => {
      if (this.#dead) return;
      try {
        work();
      } catch (error) {
        if (error instanceof SimulatedCrash) return;
        done(error as DiskError);
        return;
      }
      done(null);
    };
    const delayMs = this.#options.delayMs?.() ?? 0;
    if (delayMs > 0) this.#options.clock.setTimer(delayMs, run);
    else this.#options.clock.defer(run);
  }

  requireSpace(call: string, path: string, moreBytes: number): void {
    if (this.#usedBytes() + moreBytes > this.capacityBytes) throw new DiskError(call, path, 'ENOSPC', '');
  }

  #requireNew(call: string, path: string): void {
    if (!this.names.hasFolder(dirname(path))) throw new DiskError(call, path, 'ENOENT', 'no such folder');
    if (this.names.get(path) !== undefined) throw new DiskError(call, path, 'EEXIST', '');
  }

  #crash(call: string, path: string): never {
    this.#dead = true;
    throw new SimulatedCrash(call, path);
  }

  #usedBytes(): number {
    if (this.capacityBytes === Number.MAX_SAFE_INTEGER) return 0;
    return this.names.paths().reduce((sum, path) => sum + (this.names.get(path)?.sizeBytes ?? 0), 0);
  }

  #successor(
    options: MemoryDiskOptions,
    names: ReadonlyMap<string, MemoryInode>,
    content: (inode: MemoryInode) => Uint8Array,
  ): MemoryDisk {
    this.#dead = true;
    const next = new MemoryDisk({ capacityBytes: this.capacityBytes, ...options });
    for (const folder of this.names.folders()) next.names.makeFolder(folder);
    for (const [path, inode] of names) {
      next.names.change(dirname(path), new Map([[path, MemoryInode.from(content(inode))]]));
      next.names.sync(next.names.pendingIn(dirname(path)));
    }
    return next;
  }
}

/** An open file of a disk in memory. */
class MemoryFile implements DiskFile {
  readonly path: string;
  readonly #disk: MemoryDisk;
  readonly #inode: MemoryInode;

  constructor(disk: MemoryDisk, path: string, inode: MemoryInode) {
    this.#disk = disk;
    this.path = path;
    this.#inode = inode;
  }

  sizeBytes(): number {
    return this.#inode.sizeBytes;
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#inode.read(offset, lengthBytes);
  }

  write(bytes: Uint8Array, offset: number): void {
    const writeAll = (): void => {
      const moreBytes = offset + bytes.length - this.#inode.sizeBytes;
      if (moreBytes > 0) this.#disk.requireSpace('write', this.path, moreBytes);
      this.#inode.write(bytes, offset);
    };
    const place = offset >= MISDIRECTED_BYTES ? offset - MISDIRECTED_BYTES : offset + MISDIRECTED_BYTES;
    this.#disk.perform('write', this.path, writeAll, {
      short: () => this.#inode.write(bytes.subarray(0, bytes.length >> 1), offset),
      lost: () => {},
      // The file keeps its size: what lies beyond its end is lost.
      misdirected: () => this.#inode.write(bytes.subarray(0, Math.max(0, this.#inode.sizeBytes - place)), place),
    });
  }

  writeAsync(bytes: Uint8Array, offset: number, done: DiskCallback): void {
    this.#disk.later(() => this.write(bytes, offset), done);
  }

  datasync(): void {
    const sync = (): void => this.#inode.sync(this.#inode.mark());
    this.#disk.perform('datasync', this.path, sync, { lost: () => {} });
  }

  datasyncAsync(done: DiskCallback): void {
    const mark = this.#inode.mark();
    const sync = (): void => this.#inode.sync(mark);
    this.#disk.later(() => this.#disk.perform('datasync', this.path, sync, { lost: () => {} }), done);
  }

  truncate(sizeBytes: number): void {
    this.#disk.perform('truncate', this.path, () => this.#inode.truncate(sizeBytes));
  }

  close(): void {}
}
