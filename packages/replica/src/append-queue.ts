// Raft's storage work on its way to the journal.
//
// Rules decided here: work reaches the journal in raft's order and its responses leave only when it is durable; a full
// disk stops the queue (nothing behind may overtake) and is tried again, while the owner hands leadership over. A
// journal found damaged takes nothing more until it is opened again: the queue stands still, nothing is acknowledged,
// while the owner hands over and ends. Any other refusal is final: the journal has reported why, or the replica stops.

import type { Clock, Timer } from '@baton/host';
import { AppendRefusal, type Journal } from '@baton/journal';
import type { HardState, Message } from '@baton/raft';

/** Space comes back when somebody deletes something, not within milliseconds. */
const DISK_FULL_RETRY_MS = 100;

export interface AppendHooks {
  /** The work of `message` is durable, `waitedUs` after it was handed over. */
  onDurable(message: Message, waitedUs: number): void;
  /** The disk is full, or (false) takes work again. */
  onDiskFull(isFull: boolean): void;
  /** The journal takes no more work for good. */
  onRefused(reason: string): void;
}

export class AppendQueue {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #hooks: AppendHooks;
  /** Work that found the disk full, and all that came after it. */
  readonly #waiting: Message[] = [];
  #retry: Timer | null = null;
  #closed = false;

  constructor(journal: Journal, clock: Clock, hooks: AppendHooks) {
    this.#journal = journal;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** The journal takes no work now. */
  get isStopped(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes a StorageAppend message; `flush` follows in the same turn. */
  add(message: Message): void {
    if (this.#waiting.length > 0) this.#waiting.push(message);
    else if (!this.#append(message, true) && !this.#closed) this.#waitForSpace(message);
  }

  /** Has the journal write now what it took in this turn; what is durable at once is reported inside this call. */
  flush(): void {
    this.#journal.flush();
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
  }

  /** False if the disk is full. */
  #append(message: Message, isFlushed: boolean): boolean {
    const startUs = this.#clock.monotonicUs();
    const outcome = this.#journal.append(
      { hardState: hardStateOf(message), entries: message.entries, snapshot: message.snapshot },
      () => {
        if (!this.#closed) this.#hooks.onDurable(message, this.#clock.monotonicUs() - startUs);
      },
      isFlushed,
    );
    if (outcome.ok) return true;
    if (outcome.reason === AppendRefusal.DiskFull) return false;
    if (outcome.reason === AppendRefusal.Damaged) {
      this.#waiting.push(message);
      return true;
    }
    if (!this.#closed) {
      this.#closed = true;
      this.#hooks.onRefused(outcome.reason);
    }
    return true;
  }

  #waitForSpace(message: Message): void {
    this.#waiting.push(message);
    this.#hooks.onDiskFull(true);
    this.#armRetry();
  }

  #armRetry(): void {
    this.#retry = this.#clock.setTimer(DISK_FULL_RETRY_MS, () => {
      for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
        if (!this.#append(message, false)) {
          this.#armRetry();
          return;
        }
        this.#waiting.shift();
        if (this.#closed) return;
      }
      this.#hooks.onDiskFull(false);
    });
  }
}

/** Term, vote and commit of a StorageAppend; all are 0 when none of them changed. */
function hardStateOf(message: Message): HardState | null {
  const { term, vote, commit } = message;
  return term === 0 && vote === 0 && commit === 0 ? null : { term, vote, commit };
}
