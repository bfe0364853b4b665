// Which life of this node's disk this is: a name drawn once for an empty folder, kept beside the journal, gone with it.
//
// Rule decided here: a node id alone proves nothing, because a node that comes back with an empty disk has the id and none
// of the memory: its votes and acknowledgements of before are gone, and counted (admission.ts says who may take part). The
// file is written whole or not at all. A folder whose journal was made just now has no identity, whatever the file says.
// Where the journal holds anything, this node took part already, even if the file is lost: then it knows no others, and
// takes in nobody who forgot.

import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk, Random } from '@baton/host';

export interface Identity {
  /** 16 hexadecimal digits, drawn at random. */
  readonly own: string;
  /** Whether this node may vote and acknowledge. */
  readonly isAdmitted: boolean;
  /** The identities of the other founders, as they told them when the cluster was founded. */
  readonly founders: ReadonlyMap<number, string>;
}

const FILE = 'identity';
const CRC_LENGTH = 8;
/** A file of a hundred founders takes 4 KiB. */
const FILE_BYTES_MAX = 64 * 1024;
const FORMAT = 1;

export function newIdentity(random: Random): Identity {
  const own = [random.uint32(), random.uint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
  return { own, isAdmitted: false, founders: new Map() };
}

/** Durable when it returns. */
export function writeIdentity(disk: Disk, folder: string, { own, isAdmitted, founders }: Identity): void {
  const path = join(folder, FILE);
  const temporary = `${path}.tmp`;
  if (disk.exists(temporary)) disk.unlink(temporary);
  const text = JSON.stringify([FORMAT, own, isAdmitted, [...founders]]);
  const file = disk.open(temporary, 'create');
  try {
    file.write(Buffer.from(`${crcOf(text)}${text}`, 'utf8'), 0);
    file.datasync();
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
  disk.syncFolder(folder);
}

/** Null when there is none that checks. */
export function readIdentity(disk: Disk, folder: string): Identity | null {
  const path = join(folder, FILE);
  if (!disk.exists(path)) return null;
  const bytes = disk.readFile(path);
  if (bytes.length > FILE_BYTES_MAX) return null;
  const whole = Buffer.from(bytes).toString('utf8');
  const text = whole.slice(CRC_LENGTH);
  if (crcOf(text) !== whole.slice(0, CRC_LENGTH)) return null;
  const [format, own, isAdmitted, founders] = JSON.parse(text) as [number, string, boolean, [number, string][]];
  return format === FORMAT ? { own, isAdmitted, founders: new Map(founders) } : null;
}

function crcOf(text: string): string {
  return crc32(text).toString(16).padStart(CRC_LENGTH, '0');
}
