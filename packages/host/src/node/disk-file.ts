// One open file of this machine.
//
// Rule decided here: the kernel may write fewer bytes than asked (full disk, signals): the rest is written by further
// calls, and only a call that writes nothing is an error. See write(2), NOTES.

import * as fs from 'node:fs';
import { type DiskCallback, DiskError, type DiskFile } from '../disk.ts';
import { diskErrorFrom } from './system-error.ts';

/** A file descriptor and its path. */
export class NodeDiskFile implements DiskFile {
  readonly path: string;
  readonly #fd: number;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  sizeBytes(): number {
    return this.#attempt('stat', () => fs.fstatSync(this.#fd).size);
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#attempt('read', () => {
      const buffer = Buffer.allocUnsafeSlow(lengthBytes);
      let done = 0;
      while (done < lengthBytes) {
        const count = fs.readSync(this.#fd, buffer, done, lengthBytes - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done === lengthBytes ? buffer : buffer.subarray(0, done);
    });
  }

  write(bytes: Uint8Array, offset: number): void {
    this.#attempt('write', () => {
      let done = 0;
      while (done < bytes.length) {
        const count = fs.writeSync(this.#fd, bytes, done, bytes.length - done, offset + done);
        if (count === 0)
          throw new DiskError('write', this.path, 'EIO', `0 of ${bytes.length - done} bytes were written`);
        done += count;
      }
    });
  }

  writeAsync(bytes: Uint8Array, offset: number, done: DiskCallback): void {
    const writeFrom = (from: number): void => {
      fs.write(this.#fd, bytes, from, bytes.length - from, offset + from, (error, count) => {
        if (error !== null) return done(diskErrorFrom('write', this.path, error));
        if (from + count >= bytes.length) return done(null);
        if (count === 0)
          return done(new DiskError('write', this.path, 'EIO', `0 of ${bytes.length - from} bytes were written`));
        writeFrom(from + count);
      });
    };
    writeFrom(0);
  }

  datasync(): void {
    this.#attempt('datasync', () => fs.fdatasyncSync(this.#fd));
  }

  datasyncAsync(done: DiskCallback): void {
    fs.fdatasync(this.#fd, (error) => done(error === null ? null : diskErrorFrom('datasync', this.path, error)));
  }

  truncate(sizeBytes: number): void {
    this.#attempt('truncate', () => fs.ftruncateSync(this.#fd, sizeBytes));
  }

  close(): void {
    this.#attempt('close', () => fs.closeSync(this.#fd));
  }

  #attempt<T>(call: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw diskErrorFrom(call, this.path, error);
    }
  }
}
