// Committed entries on their way into the state machine.
//
// Rules decided here: entries are applied in order, each once; a batch stops at its time budget and goes on in the next
// turn, so that a long backlog never starves links and timers. An entry without data (a new leader's own) is counted,
// not applied. Work is answered to raft only when all of it is applied.

import type { Clock } from '@baton/host';
import { type Entry, EntryType, type Message } from '@baton/raft';
import { commandOfData, timeUsOfData } from './entry-data.ts';
import { invariant } from './invariant.ts';
import type { StateMachine } from './state-machine.ts';

/** Between two looks at the clock: a look costs about as much as applying the cheapest entry. */
const ENTRIES_PER_CLOCK_READ = 8;

export interface ApplyHooks {
  /** An entry took effect; `result` is undefined for those the state machine does not see. */
  onEntry(entry: Entry, result: unknown): void;
  /** A change of membership is committed and due. */
  onConfChange(entry: Entry): void;
  /** All entries of one message are applied: its responses are due. */
  onDone(responses: readonly Message[]): void;
}

export class ApplyLoop {
  readonly #stateMachine: StateMachine;
  readonly #clock: Clock;
  readonly #budgetUs: number;
  readonly #hooks: ApplyHooks;
  readonly #queue: Message[] = [];
  /** Entries of the first message that are already applied. */
  #position = 0;
  #appliedIndex: number;
  #appliedTerm: number;
  /** The state is being copied: what is committed waits. */
  isHeld = false;

  constructor(
    stateMachine: StateMachine,
    clock: Clock,
    budgetUs: number,
    start: { readonly index: number; readonly term: number },
    hooks: ApplyHooks,
  ) {
    this.#stateMachine = stateMachine;
    this.#clock = clock;
    this.#budgetUs = budgetUs;
    this.#appliedIndex = start.index;
    this.#appliedTerm = start.term;
    this.#hooks = hooks;
  }

  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  get appliedTerm(): number {
    return this.#appliedTerm;
  }

  get hasWork(): boolean {
    return this.#queue.length > 0 && !this.isHeld;
  }

  /** Takes a StorageApply message. */
  add(message: Message): void {
    this.#queue.push(message);
  }

  /** Applies until done or out of budget. */
  run(): void {
    if (this.isHeld) return;
    this.#applyUntil(this.#clock.monotonicUs() + this.#budgetUs);
  }

  /** Applies everything, then jumps to a snapshot's state, which `place` puts in place. */
  restore(index: number, term: number, place: (stateMachine: StateMachine) => void): void {
    this.#applyUntil(Number.POSITIVE_INFINITY);
    invariant(
      index > this.#appliedIndex,
      `a snapshot at ${index} is not ahead of ${this.#appliedIndex}, already applied`,
    );
    place(this.#stateMachine);
    this.#appliedIndex = index;
    this.#appliedTerm = term;
  }

  #applyUntil(deadlineUs: number): void {
    let unchecked = 0;
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      const { entries } = message;
      while (this.#position < entries.length) {
        if (++unchecked > ENTRIES_PER_CLOCK_READ) {
          unchecked = 0;
          if (this.#clock.monotonicUs() >= deadlineUs) return;
        }
        this.#apply(entries[this.#position++]!);
      }
      this.#queue.shift();
      this.#position = 0;
      this.#hooks.onDone(message.responses ?? []);
    }
  }

  #apply(entry: Entry): void {
    const { index, term, data } = entry;
    // Contiguity is what "exactly once, in order" rests on: a gap would be a lost command, a repeat a double effect.
    invariant(index === this.#appliedIndex + 1, `entry ${index} is due after ${this.#appliedIndex} was applied`);
    let result: unknown;
    if (entry.type !== EntryType.Normal) {
      this.#hooks.onConfChange(entry);
    } else if (data.length > 0) {
      result = this.#stateMachine.apply({ index, term, timeUs: timeUsOfData(data), command: commandOfData(data) });
    }
    this.#appliedIndex = index;
    this.#appliedTerm = term;
    this.#hooks.onEntry(entry, result);
  }
}
