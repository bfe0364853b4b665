/**
 * What the start of a node leaves behind. Restoring a checkpoint and playing the log make a hundred megabytes of garbage,
 * which V8 keeps as room for a heap of that size. A killed process holds a processor for 0.1 ms a megabyte while its
 * memory is freed, in the very moments when the next leader needs it: so it is given back once, while this node follows.
 */

/** Collects everything; false where Node was not told to offer that (see core-flags.ts). Holds the thread some 50 ms. */
export function collectStartGarbage(): boolean {
  const collect = globalThis.gc;
  if (collect === undefined) return false;
  void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return true;
}
