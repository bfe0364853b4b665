/**
 * What only the leader's process knows of its takeover (when it saw the death, was elected, wrote the first order) goes into
 * the log once the takeover is over, so that every node has the whole report and a restart loses nothing of it.
 */
import type { Clock } from '@baton/host';
import type { Command } from '@baton/ledger';
import type { Timeline } from './timeline.ts';

/** After the gate has opened: by then the first order has gone out, if anybody trades, and nothing is urgent. */
const TELL_AFTER_MS = 1000;

export interface TakeoverTimingsOptions {
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly timeline: Timeline;
  /** 0 when this node does not lead. */
  readonly leadingTerm: () => number;
  readonly propose: (command: Command) => boolean;
}

export class TakeoverTimings {
  readonly #options: TakeoverTimingsOptions;
  /** Last term that was told of. */
  #told = 0;

  constructor(options: TakeoverTimingsOptions) {
    this.#options = options;
  }

  /** A venue's gate has opened: the takeover of this term is told of soon, once. */
  gateOpened(): void {
    const term = this.#options.leadingTerm();
    if (term === 0 || term === this.#told) return;
    this.#told = term;
    this.#options.clock.setTimer(TELL_AFTER_MS, () => this.#tell(term));
  }

  #tell(term: number): void {
    const { leadingTerm, propose, timeline } = this.#options;
    const phasesUs = timeline.list().find((takeover) => takeover.term === term)?.phasesUs;
    if (leadingTerm() !== term || phasesUs === undefined) return;
    const timings = Object.entries(phasesUs).map(([step, timeUs]) => ({ step, timeUs: Math.round(timeUs) }));
    propose({ type: 'TakeoverTimed', term, timings });
  }
}
