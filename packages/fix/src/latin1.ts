// Bytes to text and back, one character a byte. Node's Buffer has latin1Slice and
// latin1Write; its type declarations leave them out, and toString('latin1') costs
// a third more for the short values of FIX. Measured in bench/fix.

interface Latin1Methods {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
}

/** Text of bytes[start, end). */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Latin1Methods).latin1Slice(start, end);
}

/** Writes text, whose characters are all below 256, at an offset; returns the number of bytes. */
export function writeLatin1(bytes: Buffer, text: string, offset: number): number {
  return (bytes as unknown as Latin1Methods).latin1Write(text, offset, text.length);
}
