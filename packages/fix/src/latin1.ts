// Bytes to text, one character a byte. Most values of FIX are short, and for those
// a call into the runtime's decoder costs several times the work itself. Node's
// latin1Slice is missing from its type declarations. Measured in bench/fix.

import { CACHED_LENGTH_MAX, TextCache } from './text-cache.ts';

interface Latin1Methods {
  latin1Slice(start: number, end: number): string;
}

const known = new TextCache();

/** Text of bytes[start, end). */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length < 2 || length > CACHED_LENGTH_MAX) {
    return decode(bytes, start, end);
  }
  return known.find(bytes, start, end) ?? known.keep(bytes, start, end, decode(bytes, start, end));
}

function decode(bytes: Buffer, start: number, end: number): string {
  const b = bytes;
  const s = start;
  switch (end - start) {
    case 0:
      return '';
    case 1:
      return String.fromCharCode(b[s]!);
    case 2:
      return String.fromCharCode(b[s]!, b[s + 1]!);
    case 3:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!);
    case 4:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!);
    case 5:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!);
    case 6:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!);
    case 7:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!);
    case 8:
      return String.fromCharCode(b[s]!, b[s + 1]!, b[s + 2]!, b[s + 3]!, b[s + 4]!, b[s + 5]!, b[s + 6]!, b[s + 7]!);
    default:
      return (bytes as unknown as Latin1Methods).latin1Slice(start, end);
  }
}
