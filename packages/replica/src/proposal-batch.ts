// Proposals made since the last turn, on their way into raft as one batch.
//
// Rules decided here: back-pressure counts everything without an outcome, in number and bytes. Entry times are the
// leader's wall clock, forced monotone over every entry this node has ever seen in its log. Behind such an entry (a
// leader before had a clock that was ahead) time still goes on, at nine tenths, until the wall clock has caught up: else
// every timeout that is in the log would stand still. A refusal before the log is
// certain, and is reported in a later turn, never inside the call that proposed.

import type { Clock } from '@baton/host';
import { encodeEntryData } from './entry-data.ts';
import type { PendingProposals } from './pending-proposals.ts';
import type { ProposeCallback, ProposeRefusal } from './proposal.ts';

interface Waiting {
  readonly command: Uint8Array;
  readonly proposedUs: number;
  readonly onOutcome: ProposeCallback;
}

export interface ProposalLimits {
  readonly commandBytesMax: number;
  readonly inFlightMax: number;
  readonly inFlightBytesMax: number;
}

/** Slower than real time, so that the difference shrinks; fast enough for timeouts to mean what they say. */
const CATCH_UP_SHARE = 0.9;

/** Raft's answer to a batch: the index of its first entry, or the refusal of all of it. */
export type BatchOutcome =
  | { readonly ok: true; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly reason: ProposeRefusal };

export class ProposalBatch {
  readonly #clock: Clock;
  readonly #limits: ProposalLimits;
  readonly #pending: PendingProposals;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #lastTimeUs: number;
  /** Monotonic clock when that was. */
  #lastSeenUs: number;
  proposedCount = 0;
  refusedCount = 0;

  constructor(clock: Clock, limits: ProposalLimits, pending: PendingProposals, lastTimeUs: number) {
    this.#clock = clock;
    this.#limits = limits;
    this.#pending = pending;
    this.#lastTimeUs = lastTimeUs;
    this.#lastSeenUs = clock.monotonicUs();
  }

  get count(): number {
    return this.#waiting.length;
  }

  get sizeBytes(): number {
    return this.#waitingBytes;
  }

  /** Highest entry time seen so far. */
  get lastTimeUs(): number {
    return this.#lastTimeUs;
  }

  /** An entry of `timeUs` is in this node's log. */
  sawTime(timeUs: number): void {
    if (timeUs <= this.#lastTimeUs) return;
    this.#lastTimeUs = timeUs;
    this.#lastSeenUs = this.#clock.monotonicUs();
  }

  /** What an entry proposed now would carry. */
  nowUs(): number {
    const passedUs = Math.max(0, this.#clock.monotonicUs() - this.#lastSeenUs);
    return Math.max(this.#clock.wallUs(), this.#lastTimeUs + Math.floor(passedUs * CATCH_UP_SHARE));
  }

  /** Why a command of this size cannot wait; null if it can. */
  refusalOf(sizeBytes: number): ProposeRefusal | null {
    if (sizeBytes > this.#limits.commandBytesMax) return 'command-too-large';
    if (this.#waiting.length + this.#pending.count >= this.#limits.inFlightMax) return 'too-much-in-flight';
    const bytes = this.#waitingBytes + this.#pending.sizeBytes + sizeBytes;
    return bytes > this.#limits.inFlightBytesMax ? 'too-much-in-flight' : null;
  }

  add(command: Uint8Array, onOutcome: ProposeCallback): void {
    this.#waiting.push({ command, proposedUs: this.#clock.monotonicUs(), onOutcome });
    this.#waitingBytes += command.length;
    this.proposedCount++;
  }

  /** Hands all that wait to raft; a refusal goes to every one of them. */
  handOver(propose: (data: readonly Uint8Array[]) => BatchOutcome, leader: number): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#take();
    this.sawTime(this.nowUs());
    const outcome = propose(batch.map(({ command }) => encodeEntryData(this.#lastTimeUs, command)));
    if (!outcome.ok) {
      this.#refuseAll(batch, outcome.reason, leader);
      return;
    }
    for (let i = 0; i < batch.length; i++) {
      const { command, proposedUs, onOutcome } = batch[i]!;
      this.#pending.add(outcome.index + i, outcome.term, command.length, proposedUs, onOutcome);
    }
  }

  /** Refuses all that wait. */
  refuse(reason: ProposeRefusal, leader: number): void {
    if (this.#waiting.length > 0) this.#refuseAll(this.#take(), reason, leader);
  }

  /** Refuses one command, in a later turn. */
  refuseLater(onOutcome: ProposeCallback, reason: ProposeRefusal, leader: number): void {
    this.refusedCount++;
    this.#clock.defer(() => onOutcome({ ok: false, reason, leader }));
  }

  #take(): readonly Waiting[] {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return batch;
  }

  #refuseAll(batch: readonly Waiting[], reason: ProposeRefusal, leader: number): void {
    for (const { onOutcome } of batch) this.refuseLater(onOutcome, reason, leader);
  }
}
