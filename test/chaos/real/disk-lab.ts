/**
 * A disk of its own for each node, that can stand still, stutter and be full: a small file system in a file (the node's),
 * which lies on another file system in a file (the disk). Freezing the outer one lets the node write into its page cache as
 * before, while every request to its block device waits, as with a stalled disk. Needs mkfs.ext4, loop devices, fsfreeze.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './sandbox.ts';

const MIB = 1024 * 1024;
const DISK_BYTES = 640 * MIB;
const NODE_BYTES = 512 * MIB;
const SLOW_MS = { frozen: 45, moving: 35 } as const;
const FILLER = 'filler';
/** Not the last block: the journal keeps room of its own for votes, and is asked to live with that. */
const LEFT_BYTES = 64 * 1024;

export class DiskLab {
  readonly #folder: string;
  readonly #nodes: readonly string[];
  readonly #mounted: string[] = [];
  readonly #images: string[] = [];
  /** How many faults hold each disk still. */
  readonly #frozen = new Map<string, number>();

  /** Why this machine cannot have such disks; '' if it can. */
  static lacks(): string {
    try {
      command('mkfs.ext4', '-V');
      command('fsfreeze', '-V');
      command('losetup', '-f');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  constructor(folder: string, nodes: readonly string[]) {
    this.#folder = folder;
    this.#nodes = nodes;
    for (const node of nodes) {
      this.#add(`${this.#disk(node)}.img`, DISK_BYTES, this.#disk(node));
      this.#add(join(this.#disk(node), 'node.img'), NODE_BYTES, join(folder, node));
    }
  }

  /** Nothing reaches the disk until the result is called. */
  stall(node: string): () => void {
    this.#freeze(node);
    return once(() => this.#thaw(node));
  }

  /** Every request waits a while. */
  slow(node: string): () => void {
    let isFrozen = false;
    let timer: NodeJS.Timeout | undefined;
    const beat = (): void => {
      if (isFrozen) this.#thaw(node);
      else this.#freeze(node);
      isFrozen = !isFrozen;
      timer = setTimeout(beat, isFrozen ? SLOW_MS.frozen : SLOW_MS.moving);
    };
    beat();
    return once(() => {
      clearTimeout(timer);
      if (isFrozen) this.#thaw(node);
    });
  }

  /** What is left on the node's file system is taken. By other processes, which wait if the disk stands still; we must not. */
  fill(node: string): () => Promise<void> {
    const filler = join(this.#folder, node, FILLER);
    const { bfree, bsize } = statfsSync(join(this.#folder, node));
    const bytes = Math.max(LEFT_BYTES, bfree * bsize - LEFT_BYTES);
    const filled = done(spawn('fallocate', ['-l', String(bytes), filler], { stdio: 'ignore' }));
    return async () => {
      await filled;
      await done(spawn('rm', ['-f', filler], { stdio: 'ignore' }));
    };
  }

  /** Thaws, unmounts and removes; the nodes have ended. `keep` copies what they wrote to `kept-NODE`. */
  close(keep: boolean): void {
    for (const [node, holders] of this.#frozen) if (holders > 0) command('fsfreeze', '-u', this.#disk(node));
    for (const node of keep ? this.#nodes : []) {
      cpSync(join(this.#folder, node), join(this.#folder, `kept-${node}`), { recursive: true, filter: isFile });
    }
    // Inner ones first.
    for (const folder of this.#mounted.toReversed()) command('umount', '--lazy', folder);
    for (const image of this.#images) rmSync(image, { force: true });
  }

  #freeze(node: string): void {
    const holders = this.#frozen.get(node) ?? 0;
    if (holders === 0) command('fsfreeze', '-f', this.#disk(node));
    this.#frozen.set(node, holders + 1);
  }

  #thaw(node: string): void {
    const holders = (this.#frozen.get(node) ?? 1) - 1;
    this.#frozen.set(node, holders);
    if (holders === 0) command('fsfreeze', '-u', this.#disk(node));
  }

  #disk(node: string): string {
    return join(this.#folder, `disk-of-${node}`);
  }

  #add(image: string, bytes: number, folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(image, '');
    truncateSync(image, bytes);
    this.#images.push(image);
    command('mkfs.ext4', '-q', '-F', image);
    command('mount', '-o', 'loop', image, folder);
    this.#mounted.push(folder);
  }
}

function done(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** Sockets that a node left behind cannot be copied. */
function isFile(path: string): boolean {
  return !lstatSync(path).isSocket();
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
