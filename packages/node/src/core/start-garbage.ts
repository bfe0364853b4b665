/**
 * What the start of a node leaves behind. Reading the log and restoring a checkpoint make tens of megabytes of garbage, which
 * V8 keeps as room for a heap of that size. A killed process holds a processor for 0.1 ms a megabyte while its memory is
 * freed, in the very moments when the next leader needs it. So it is given back once, before the first link is up: later two
 * followers at it at once would cost a leader its quorum.
 */

/** Collects everything; does nothing where Node was not told to offer that (core-flags.ts). Holds the thread some 50 ms. */
export function collectStartGarbage(): void {
  void globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
