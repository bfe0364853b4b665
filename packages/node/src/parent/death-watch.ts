/**
 * Sees that a process is going before its sockets close. A killed process loses its memory first and its descriptors
 * last: about 0.1 ms later for each MB. From the kernel's PF_EXITING on (Linux, `/proc/PID/task/PID/stat`, field 9) its main
 * thread runs no more JavaScript, so nothing more can come of it. Where there is no /proc, only the exit itself is seen.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { readProcessStat } from '@baton/host/node';

export class DeathWatch {
  readonly #bytes = Buffer.alloc(512);
  #file = -1;

  constructor(pid: number) {
    try {
      // Of its main thread alone: that of the process sums up all threads at each look.
      this.#file = openSync(`/proc/${pid}/task/${pid}/stat`, 'r');
    } catch {
      // No such thing here.
    }
  }

  /** Whether the process is on its way out or gone; false where that cannot be seen. */
  isDying(): boolean {
    if (this.#file < 0) return false;
    try {
      return readProcessStat(this.#bytes.toString('latin1', 0, readSync(this.#file, this.#bytes, 0, 512, 0))).isDying;
    } catch (error) {
      // ESRCH: it has been waited for.
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}
