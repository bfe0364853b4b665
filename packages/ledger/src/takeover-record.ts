/**
 * The report of every recovery of a venue's session: after a leader's death, and after a line that was lost under a leader
 * that went on. Which orders were in doubt, what settled each of them and how, when each phase was reached. Part of the
 * state, so that every node can tell of all of them; the last ones are kept, the rest is in the log. Times are those of
 * the entries (the leader's clock); what only the leader's process knows (when it saw the death, when it was elected) is
 * added by the node that was it.
 */
import type { OrderState, TakeoverPhase } from './event.ts';
import type { EvidenceKind } from './evidence.ts';
import type { Timing } from './venue-command.ts';

/** Enough for a year of weekly drills and then some. */
const RECORDS_MAX = 100;
/** Orders told of in one record: a takeover with more in doubt has larger problems than its report. */
export const RECORDED_ORDERS_MAX = 500;

export interface PhaseRecord {
  readonly phase: TakeoverPhase;
  readonly index: number;
  readonly timeUs: number;
}

/** One order that was in doubt. */
export interface DoubtRecord {
  readonly clOrdId: string;
  /** `InDoubt` while nothing has settled it. */
  outcome: OrderState;
  evidence: EvidenceKind;
  detail: string;
  /** Entry that settled it; 0 before. */
  index: number;
  timeUs: number;
}

export interface VenueRecovery {
  readonly venue: string;
  readonly phases: PhaseRecord[];
  /** First of our messages that the venue had not received; 0 where nothing proved it. */
  nextExpected: number;
  /** How that was proven; '' while it is not. */
  proof: string;
  readonly orders: DoubtRecord[];
  /** Orders in doubt beyond those listed. */
  unlisted: number;
}

export interface TakeoverRecord {
  /** From 1, over the life of the incarnation. */
  readonly n: number;
  readonly term: number;
  readonly node: number;
  /** What the leader saw of its predecessor's end, or why the line was lost. */
  readonly cause: string;
  /** A new leader, or the same one with a new connection. */
  readonly kind: 'failover' | 'reconnect';
  readonly startedIndex: number;
  readonly startedUs: number;
  /** What only the leader's process saw (death, election, first order on the wire): step and its time, µs since 1970. */
  timings: readonly Timing[];
  readonly venues: VenueRecovery[];
}

export class TakeoverRecords {
  count = 0;
  readonly #kept = new Map<number, TakeoverRecord>();

  begin(from: Omit<TakeoverRecord, 'n' | 'venues' | 'timings'>): TakeoverRecord {
    this.count += 1;
    const record: TakeoverRecord = { n: this.count, ...from, timings: [], venues: [] };
    this.resume(record);
    return record;
  }

  /** As it was in a snapshot. */
  resume(record: TakeoverRecord): void {
    this.count = record.n;
    this.#kept.set(record.n, record);
    this.#kept.delete(record.n - RECORDS_MAX);
  }

  find(n: number): TakeoverRecord | undefined {
    return this.#kept.get(n);
  }

  /** What the leader of a term saw of its own takeover. */
  noteTimings(term: number, timings: TakeoverRecord['timings']): void {
    const record = this.ofTerm(term);
    if (record !== undefined) record.timings = timings;
  }

  /** The failover of a term. */
  ofTerm(term: number): TakeoverRecord | undefined {
    return this.all().find((record) => record.kind === 'failover' && record.term === term);
  }

  /** Oldest first. */
  all(): TakeoverRecord[] {
    return [...this.#kept.values()];
  }
}

export function newVenueRecovery(venue: string): VenueRecovery {
  return { venue, phases: [], nextExpected: 0, proof: '', orders: [], unlisted: 0 };
}
