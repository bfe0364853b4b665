/**
 * The line between the market and the clients' sessions: executions pass in order and at once, unless a fault is played:
 * delayed, told twice, told out of order, or held until they are let go. The market has moved on meanwhile; only the news
 * of it is late. What is lost with the line is lost: a venue that restarts without its state forgets it.
 */
import { DelayLine } from './delay-line.ts';
import type { Instant } from './instant.ts';
import type { ExecutionOutbound } from './outbound.ts';

export class ReportLine {
  readonly #line = new DelayLine<ExecutionOutbound>();
  #held: ExecutionOutbound[] = [];
  #isAllHeld = false;
  readonly #heldClOrdIds = new Set<string>();
  #toReorder: ExecutionOutbound[] = [];
  /** Every execution is told so much later. */
  delayMs = 0;
  /** So many executions are still to be told twice. */
  duplicateCount = 0;
  #reorderCount = 0;

  get nextDueUs(): number | undefined {
    return this.#line.nextDueUs;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** The next `count` executions are told in reverse, when the last of them has happened. */
  reorder(count: number): void {
    this.#reorderCount = count;
  }

  /** Holds executions of one ClOrdID, or (null) all, from now on. */
  hold(clOrdId: string | null): void {
    if (clOrdId === null) this.#isAllHeld = true;
    else this.#heldClOrdIds.add(clOrdId);
  }

  /** Ends every hold; what was held, and what waits to be reordered, goes out now. */
  release(at: Instant): void {
    this.#isAllHeld = false;
    this.#heldClOrdIds.clear();
    this.#reorderCount = 0;
    const waiting = [...this.#toReorder.reverse(), ...this.#held];
    this.#toReorder = [];
    this.#held = [];
    for (const execution of waiting) this.#line.push(execution, at.monotonicUs);
  }

  push(execution: ExecutionOutbound, at: Instant): void {
    if (this.#isAllHeld || this.#heldClOrdIds.has(execution.key)) {
      this.#held.push(execution);
      return;
    }
    if (this.#reorderCount > 0) {
      this.#reorderCount -= 1;
      this.#toReorder.push(execution);
      if (this.#reorderCount > 0) return;
      for (const late of this.#toReorder.reverse()) this.#append(late, at);
      this.#toReorder = [];
      return;
    }
    this.#append(execution, at);
  }

  /** What is to be told now, in order. */
  takeDue(at: Instant): ExecutionOutbound[] {
    return this.#line.takeDue(at.monotonicUs);
  }

  forget(): void {
    this.#line.takeAll();
    this.#held = [];
    this.#toReorder = [];
  }

  #append(execution: ExecutionOutbound, at: Instant): void {
    const dueUs = at.monotonicUs + this.delayMs * 1_000;
    this.#line.push(execution, dueUs);
    if (this.duplicateCount === 0) return;
    this.duplicateCount -= 1;
    this.#line.push(execution, dueUs);
  }
}
