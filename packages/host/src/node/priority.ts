// How much of the processor a process of this machine gets beside others.
//
// Rules decided here: lowering the priority needs no privilege and is done for every thread (on Linux the nice value is a
// thread's own, see sched(7)); where there is no /proc it is done for what the call reaches. It is a favour to others:
// that it failed is nobody's trouble. Where the kernel groups processes by session (autogroup, sched(7)), nice values
// count within a session only, and what one of its processes uses is charged to all: a busy child needs a session of its
// own, with a nice value of its own.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { readProcessStat } from './process-stat.ts';

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

/** The kernel takes such changes from unprivileged processes ten times a second in all. */
const SESSION_RETRY_MS = 150;
const SESSION_TRIES = 10;

/** Gives the session of this process this nice value beside other sessions; only if this process leads it. */
export function yieldSession(nice: number, tries = SESSION_TRIES): void {
  try {
    if (leadsSession()) writeFileSync('/proc/self/autogroup', `${nice}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries <= 1) return;
    setTimeout(() => yieldSession(nice, tries - 1), SESSION_RETRY_MS).unref();
  }
}

function leadsSession(): boolean {
  return readProcessStat(readFileSync('/proc/self/stat', 'latin1')).sessionId === process.pid;
}
