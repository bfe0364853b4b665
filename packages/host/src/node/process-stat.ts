/** What the kernel tells of a process in one line, `/proc/PID/stat` (proc(5), Linux). */

/** Of the fields behind the command, counted from the state. */
const SESSION_AT = 3;
const FLAGS_AT = 6;
const STARTED_AT = 19;
/** Set from the moment on from which a process only clears up (linux/sched.h). */
const PF_EXITING = 0x4;

export interface ProcessStat {
  /** It runs no code of its own any more: it clears up, or waits to be waited for. */
  readonly isDying: boolean;
  /** It has let go of all it held. */
  readonly isGone: boolean;
  readonly sessionId: number;
  /** Clock ticks from boot to its start, as text; '0' where the line is cut short. */
  readonly startedTicks: string;
}

/** Reads such a line; the command in it may contain anything, brackets and spaces too. */
export function readProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const isGone = fields[0] === 'Z' || fields[0] === 'X';
  return {
    isGone,
    isDying: isGone || (Number(fields[FLAGS_AT]) & PF_EXITING) !== 0,
    sessionId: Number(fields[SESSION_AT]),
    startedTicks: fields[STARTED_AT] ?? '0',
  };
}
