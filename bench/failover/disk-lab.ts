/**
 * A disk of its own for each node that can be made to stand still: a file system in a file (the node's), which lies on
 * another file system in a file (the disk). Freezing the outer one (FIFREEZE) lets the node write into its page cache as
 * before while every request to its block device waits, as with a stalled disk; freezing the node's own file system would
 * block its plain writes too, which no disk does. Needs root, mkfs.ext4, mount with loop devices and fsfreeze; `close`
 * thaws, unmounts and removes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const DISK_SIZE_BYTES = 1280 * MIB;
const NODE_SIZE_BYTES = 1024 * MIB;

export class DiskLab {
  readonly #mounted: string[] = [];
  readonly #images: string[] = [];
  readonly #disks = new Map<string, string>();
  readonly #frozen = new Set<string>();

  constructor(folder: string, nodes: readonly string[]) {
    try {
      for (const node of nodes) {
        const disk = join(folder, `disk-of-${node}`);
        this.#add(`${disk}.img`, DISK_SIZE_BYTES, disk);
        this.#disks.set(node, disk);
        this.#add(join(disk, 'node.img'), NODE_SIZE_BYTES, join(folder, node));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  freeze(node: string): void {
    this.#frozen.add(node);
    run('fsfreeze', '-f', this.#disks.get(node)!);
  }

  thaw(node: string): void {
    if (this.#frozen.delete(node)) spawn('fsfreeze', ['-u', this.#disks.get(node)!], { stdio: 'ignore' });
  }

  close(): void {
    for (const node of this.#frozen) spawnSync('fsfreeze', ['-u', this.#disks.get(node)!]);
    // Inner ones first.
    for (const folder of this.#mounted.toReversed()) spawnSync('umount', [folder]);
    for (const image of this.#images) rmSync(image, { force: true });
  }

  #add(image: string, sizeBytes: number, folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(image, '');
    truncateSync(image, sizeBytes);
    this.#images.push(image);
    run('mkfs.ext4', '-q', '-F', image);
    run('mount', '-o', 'loop', image, folder);
    this.#mounted.push(folder);
  }
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}; disk-stall needs root`);
  }
}
