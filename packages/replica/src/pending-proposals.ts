// Proposals in the log whose outcome is not known yet: index and term → callback.
//
// Rule decided here: an entry is identified by (index, term) (log matching, paper §5.3). A proposal succeeds when the
// entry applied at its index has its term; it failed for certain when another term's entry is applied there, or when this
// node leads again with a log that does not hold it. In every other case it stays open until its owner gives up waiting.

import type { ProposeCallback, ProposeResult } from './proposal.ts';

interface Pending {
  readonly index: number;
  readonly term: number;
  readonly sizeBytes: number;
  readonly proposedUs: number;
  readonly onOutcome: ProposeCallback;
}

/** An outcome that is to be reported at the end of the turn. */
interface Settled {
  readonly onOutcome: ProposeCallback;
  readonly outcome: ProposeResult;
}

export class PendingProposals {
  /** Ascending by index; `#head` is the first still open, so that taking from the front moves nothing. */
  #queue: Pending[] = [];
  #head = 0;
  #sizeBytes = 0;
  #settled: Settled[] = [];

  get count(): number {
    return this.#queue.length - this.#head;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Index of the oldest open proposal; 0 when there is none. */
  get firstIndex(): number {
    return this.#queue[this.#head]?.index ?? 0;
  }

  /** Age of the oldest open proposal at `nowUs` (monotonic), microseconds; 0 when there is none. */
  ageUs(nowUs: number): number {
    const oldest = this.#queue[this.#head];
    return oldest === undefined ? 0 : nowUs - oldest.proposedUs;
  }

  add(index: number, term: number, sizeBytes: number, proposedUs: number, onOutcome: ProposeCallback): void {
    this.#queue.push({ index, term, sizeBytes, proposedUs, onOutcome });
    this.#sizeBytes += sizeBytes;
  }

  /**
   * The entry (`index`, `term`) was applied with `result`. Answers when the proposal was made (monotonic microseconds)
   * if it was one of this node's, else -1.
   */
  applied(index: number, term: number, result: unknown, leader: number): number {
    let pending = this.#queue[this.#head];
    while (pending !== undefined && pending.index <= index) {
      this.#shift();
      if (pending.index === index && pending.term === term) {
        this.#settled.push({ onOutcome: pending.onOutcome, outcome: { ok: true, index, term, result } });
        return pending.proposedUs;
      }
      this.#refuse(pending, 'overwritten', leader);
      pending = this.#queue[this.#head];
    }
    return -1;
  }

  /** The state jumped to `index` by a snapshot: what lies at or below was decided unseen. */
  skippedTo(index: number, leader: number): number {
    let unknown = 0;
    for (let pending = this.#queue[this.#head]; pending !== undefined && pending.index <= index; ) {
      this.#shift();
      this.#refuse(pending, 'leadership-lost', leader);
      unknown++;
      pending = this.#queue[this.#head];
    }
    return unknown;
  }

  /**
   * This node leads again: proposals that its log does not hold (`isMissing`) can never be committed, since a leader's
   * log holds all that is (leader completeness, paper §5.4.3).
   */
  leadsWith(isMissing: (index: number, term: number) => boolean, nodeId: number): void {
    const open = this.#queue.slice(this.#head);
    this.#queue = [];
    this.#head = 0;
    for (const pending of open) {
      if (!isMissing(pending.index, pending.term)) {
        this.#queue.push(pending);
        continue;
      }
      this.#sizeBytes -= pending.sizeBytes;
      this.#refuse(pending, 'overwritten', nodeId);
    }
  }

  /** Stops waiting: every open proposal is reported as unknown. Answers how many. */
  giveUp(leader: number): number {
    const count = this.count;
    for (let pending = this.#queue[this.#head]; pending !== undefined; pending = this.#queue[this.#head]) {
      this.#shift();
      this.#refuse(pending, 'leadership-lost', leader);
    }
    return count;
  }

  /** Calls back for every outcome found since the last call, in order. Callbacks may propose. */
  report(): void {
    while (this.#settled.length > 0) {
      const settled = this.#settled;
      this.#settled = [];
      for (const { onOutcome, outcome } of settled) onOutcome(outcome);
    }
  }

  #refuse(pending: Pending, reason: 'overwritten' | 'leadership-lost', leader: number): void {
    this.#settled.push({ onOutcome: pending.onOutcome, outcome: { ok: false, reason, leader } });
  }

  #shift(): void {
    const pending = this.#queue[this.#head]!;
    this.#sizeBytes -= pending.sizeBytes;
    this.#head++;
    // Half of the array is behind the head: give it back, at a cost that is constant per proposal.
    if (this.#head >= 1024 && this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
