/**
 * Durations of takeovers and of their phases, counted once each from the reports: when a report is complete, a while after
 * its gate opened. Every node counts all takeovers of the cluster that it lived through.
 */
import { type Durations, DurationTotals } from '@baton/replica';
import type { TakeoverReport } from '../takeover/report.ts';

/** The leader's own times come into the log a second after its gate opened. */
const COMPLETE_AFTER_US = 3_000_000;

export class TakeoverMeter {
  readonly #total = new DurationTotals();
  readonly #phases = new Map<string, DurationTotals>();
  /** Number of the last one that is counted: only later ones need to be looked at. */
  counted = 0;

  /** Takes in what is new, oldest first. */
  look(reports: readonly TakeoverReport[], nowUs: number): void {
    for (const { kind, n, phasesUs } of reports) {
      const { gateOpen } = phasesUs;
      if (n <= this.counted) continue;
      if (gateOpen === undefined || nowUs - gateOpen < COMPLETE_AFTER_US) return;
      this.counted = n;
      if (kind === 'failover') this.#count(phasesUs);
    }
  }

  total(): Durations {
    return this.#total.view();
  }

  phases(): readonly (readonly [string, Durations])[] {
    return Array.from(this.#phases, ([phase, totals]) => [phase, totals.view()]);
  }

  /** A phase lasts from the step before it, in time. */
  #count(phasesUs: TakeoverReport['phasesUs']): void {
    const steps = Object.entries(phasesUs).sort(([, a], [, b]) => a - b);
    const beganUs = steps[0]?.[1] ?? 0;
    this.#total.record(Math.max(0, Math.round((phasesUs['gateOpen'] ?? beganUs) - beganUs)));
    let beforeUs = beganUs;
    for (const [phase, atUs] of steps.slice(1)) {
      const totals = this.#phases.get(phase) ?? new DurationTotals();
      this.#phases.set(phase, totals);
      totals.record(Math.max(0, Math.round(atUs - beforeUs)));
      beforeUs = atUs;
    }
  }
}
