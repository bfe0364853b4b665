/**
 * What reconciliation keeps in the state: findings that wait for an operator or that an operator has dismissed, the last
 * settled ones, the last runs, and how far a cold start is. Bounded: settled findings are forgotten oldest first, the log
 * has them.
 */
import type { RampGuard, RampStep } from '../ramp.ts';
import type { ColdVenueStep, ColdWarmUp } from './cold-start.ts';
import type { Finding } from './finding.ts';
import type { ReconcileMode } from './reconcile-command.ts';

/**
 * `waiting`: for an operator. `booked`: adjusted, or being asked about. `approved`, `dismissed`: an operator has decided.
 * `gone`: a later run did not find it again.
 */
export const FINDING_OUTCOMES = ['waiting', 'booked', 'approved', 'dismissed', 'gone'] as const;
export type FindingOutcome = (typeof FINDING_OUTCOMES)[number];

export interface FindingRecord {
  readonly venue: string;
  finding: Finding;
  outcome: FindingOutcome;
  readonly firstIndex: number;
  /** Run that has seen it last. */
  lastRun: number;
  /** Entry of the outcome, and its time. */
  index: number;
  timeUs: number;
  /** Who decided, and why; '' for nobody. */
  by: string;
  reason: string;
}

export interface RunRecord {
  readonly venue: string;
  readonly run: number;
  readonly mode: ReconcileMode;
  readonly index: number;
  readonly timeUs: number;
  /** What the venue told. */
  readonly fills: number;
  readonly orders: number;
  readonly positions: number;
  /** What of it differed, and what of that waits for an operator. */
  readonly findings: number;
  readonly booked: number;
  readonly waiting: number;
  readonly untold: string;
}

export interface ColdVenueState {
  step: ColdVenueStep;
  index: number;
  timeUs: number;
  positions: number;
  orders: number;
  fills: number;
  detail: string;
}

export interface ColdState {
  incarnation: number;
  readonly by: string;
  readonly reason: string;
  readonly startedIndex: number;
  readonly startedUs: number;
  readonly ramp: readonly RampStep[];
  readonly guard: RampGuard | undefined;
  readonly venues: Map<string, ColdVenueState>;
  /** Since all venues are reconciled; 0 before. */
  reconciledUs: number;
  /** How long strategies are waited for from then on. */
  readonly warmUpMaxMs: number;
  warmUp: ColdWarmUp;
  endedIndex: number;
  endedUs: number;
}

/** Counted while a run goes on. */
export interface RunCounts {
  run: number;
  findings: number;
  booked: number;
}

export const SETTLED_MAX = 1000;
export const WAITING_MAX = 10_000;
export const RUNS_MAX = 100;

export class Reconciliation {
  /** By venue and id. */
  readonly records = new Map<string, FindingRecord>();
  /** Oldest first. */
  readonly runs: RunRecord[] = [];
  /** By venue: the run that goes on, or the last one. */
  readonly current = new Map<string, RunCounts>();
  cold: ColdState | undefined;
  #waiting = 0;

  get waitingCount(): number {
    return this.#waiting;
  }

  find(venue: string, id: string): FindingRecord | undefined {
    return this.records.get(keyOf(venue, id));
  }

  /** A record that is new, or that takes the place of an older one of the same difference. */
  put(record: FindingRecord): void {
    const key = keyOf(record.venue, record.finding.id);
    const before = this.records.get(key);
    if (before?.outcome === 'waiting') this.#waiting -= 1;
    this.records.delete(key);
    this.records.set(key, record);
    if (record.outcome === 'waiting') this.#waiting += 1;
    this.#forget();
  }

  settle(record: FindingRecord, outcome: Exclude<FindingOutcome, 'waiting'>): void {
    if (record.outcome === 'waiting') this.#waiting -= 1;
    record.outcome = outcome;
  }

  countsOf(venue: string, run: number): RunCounts {
    let counts = this.current.get(venue);
    if (counts?.run !== run) {
      counts = { run, findings: 0, booked: 0 };
      this.current.set(venue, counts);
    }
    return counts;
  }

  noteRun(record: RunRecord): void {
    this.runs.push(record);
    if (this.runs.length > RUNS_MAX) this.runs.shift();
  }

  #forget(): void {
    if (this.records.size - this.#waiting <= SETTLED_MAX) return;
    for (const [key, { outcome }] of this.records) {
      if (outcome === 'waiting') continue;
      this.records.delete(key);
      if (this.records.size - this.#waiting <= SETTLED_MAX) return;
    }
  }
}

function keyOf(venue: string, id: string): string {
  return `${venue}\u0000${id}`;
}
