/**
 * What a silent session has heard of the account's executions, until the log has them too. Bounded: where it overflows, the
 * line no longer counts as having heard everything.
 */
import { parseMessage, Tag } from '@baton/fix';

/** More than a leader leaves behind: a follower's log is some milliseconds late, a takeover takes seconds at worst. */
const HEARD_MAX = 2000;
/** Looked through for what the log has when there are so many more. */
const REVIEW_EVERY = 500;

export class HeardReports {
  readonly #known: (execId: string) => boolean;
  #reports: { execId: string; bytes: Uint8Array }[] = [];
  #reviewAt = REVIEW_EVERY;
  #sinceUs: number;

  /** `sinceUs`: when the line began to hear; `known`: whether the log has an execution. */
  constructor(sinceUs: number, known: (execId: string) => boolean) {
    this.#sinceUs = sinceUs;
    this.#known = known;
  }

  /** Since when everything was heard. */
  get sinceUs(): number {
    return this.#sinceUs;
  }

  add(bytes: Uint8Array, timeUs: number): void {
    const execId = parseMessage(bytes).getString(Tag.ExecID) ?? '';
    // Answers to questions are no executions, and nobody asks on this line.
    if (execId === '' || execId === '0') return;
    this.#reports.push({ execId, bytes: Uint8Array.from(bytes) });
    if (this.#reports.length < this.#reviewAt) return;
    this.#review();
    this.#reviewAt = this.#reports.length + REVIEW_EVERY;
    if (this.#reports.length <= HEARD_MAX) return;
    this.#reports = [];
    this.#sinceUs = timeUs;
  }

  /** What the log does not have, in the order in which it was heard. */
  take(): Uint8Array[] {
    this.#review();
    return this.#reports.splice(0).map(({ bytes }) => bytes);
  }

  #review(): void {
    this.#reports = this.#reports.filter(({ execId }) => !this.#known(execId));
  }
}
