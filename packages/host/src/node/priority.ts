// How much of the processor a process of this machine gets beside others.
//
// Rule decided here: lowering the priority needs no privilege and is done for every thread (on Linux the nice value is a
// thread's own, see sched(7)); where there is no /proc it is done for what the call reaches. It is a favour to others:
// that it failed is nobody's trouble.

import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Gives all threads of process `pid` this nice value: 0 is normal, 19 gets only what nobody else wants. */
export function yieldProcessor(pid: number, nice: number): void {
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, nice);
    } catch {
      // It ended meanwhile, or is not ours.
    }
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
