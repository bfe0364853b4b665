/** Damage at rest: one bit of one group of the journal flips, as a failing disk does it. */
import type { MemoryDisk, SeededRandom } from '@baton/host/testing';

const BLOCK_SIZE_BYTES = 4096;
const GROUP_MAGIC = 'BGRP';

/** Flips a bit in a group that the journal has written; false when it has written none. */
export function flipStoredBit(disk: MemoryDisk, folder: string, random: SeededRandom): boolean {
  const groups: { readonly path: string; readonly offset: number }[] = [];
  for (const name of disk.list(folder)) {
    if (!name.startsWith('segment-')) continue;
    const path = `${folder}/${name}`;
    const bytes = Buffer.from(disk.readFile(path));
    for (let offset = BLOCK_SIZE_BYTES; offset < bytes.length; offset += BLOCK_SIZE_BYTES) {
      if (bytes.toString('latin1', offset, offset + GROUP_MAGIC.length) === GROUP_MAGIC) groups.push({ path, offset });
    }
  }
  const group = groups[random.below(Math.max(1, groups.length))];
  if (group === undefined) return false;
  const bytes = Uint8Array.from(disk.readFile(group.path));
  const at = group.offset + random.below(BLOCK_SIZE_BYTES);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  disk.tamper(group.path, bytes);
  return true;
}
