// The grain of the journal's files.
//
// Rule decided here: every group of appends begins on a block of 4,096 bytes of its own. A block that holds
// acknowledged entries is therefore never written again, and a torn write, be it at 512 or 4,096 bytes or garbage,
// cannot touch them: no assumption about atomic sectors is left. It costs no input or output, the page cache writes
// whole pages anyway; only the size of the files.

export const BLOCK_SIZE_BYTES = 4096;

/** The next multiple of the block size. */
export function alignedSizeBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_SIZE_BYTES) * BLOCK_SIZE_BYTES;
}
