/** Reads the regular files of a gzipped tar archive (POSIX ustar, GNU long names). Enough for test data; no more. */
import { gunzipSync } from 'node:zlib';

export interface TarFile {
  readonly path: string;
  readonly text: string;
}

const BLOCK = 512;

function field(block: Buffer, at: number, length: number): string {
  const raw = block.subarray(at, at + length);
  const end = raw.indexOf(0);
  return raw.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** Files in the order of the archive. Throws RangeError on a header that is no number where one belongs. */
export function readTarGz(archive: Buffer): TarFile[] {
  const data = gunzipSync(archive);
  const files: TarFile[] = [];
  let longName = '';
  for (let at = 0; at + BLOCK <= data.length; ) {
    const header = data.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(field(header, 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size))
      throw new RangeError(`reading a tar archive: bad size in the header at byte ${at}`);
    const kind = field(header, 156, 1);
    const body = data.subarray(at + BLOCK, at + BLOCK + size);
    const prefix = field(header, 257, 5) === 'ustar' ? field(header, 345, 155) : '';
    const name = field(header, 0, 100);
    if (kind === 'L') {
      longName = field(body, 0, body.length);
    } else {
      const path = longName || (prefix === '' ? name : `${prefix}/${name}`);
      longName = '';
      if (kind === '0' || kind === '') files.push({ path, text: body.toString('utf8') });
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
