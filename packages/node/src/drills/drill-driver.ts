/**
 * The leader's part of drills: begins the one that is due, strikes itself once the log says so, and ends one of which
 * nothing came. Rules decided here: the blow comes after its entry, so that whoever leads next measures it and every node
 * has it; it is struck by the process that proposed it in the term in which it did, never by one that reads it again; a
 * drill whose gates stay closed for a minute has failed.
 */
import type { Clock, Timer } from '@baton/host';
import type { Command, CommandResult, DrillsView } from '@baton/ledger';
import type { DrillFacts } from './drill-objection.ts';
import { drillObjection } from './drill-objection.ts';
import type { DrillPlan } from './drill-plan.ts';

const LOOK_MS = 15_000;
const GIVE_UP_US = 60_000_000;
const BY = 'schedule';
const REASON_LENGTH_MAX = 200;

export interface DrillDriverOptions {
  readonly clock: Pick<Clock, 'monotonicUs' | 'setTimer' | 'wallUs'>;
  readonly nodeId: number;
  /** Null: no drill is begun here. */
  readonly plan: DrillPlan | null;
  readonly drills: () => DrillsView;
  readonly facts: () => Pick<DrillFacts, 'peers' | 'problems'>;
  readonly propose: (command: Command, answer: (answer: Pick<CommandResult, 'ok'> & { text?: string }) => void) => void;
  /** Hands leadership over; why it did not move, '' when it did. */
  readonly transfer: () => Promise<string>;
  /** Ends this process at once. */
  readonly kill: () => void;
  readonly log: (text: string, facts: object) => void;
}

export class DrillDriver {
  readonly #options: DrillDriverOptions;
  #timer: Timer | undefined;
  #term = 0;
  #leadingSinceUs = 0;
  /** Why none is begun, as it was found last. */
  objection = '';

  constructor(options: DrillDriverOptions) {
    this.#options = options;
  }

  leading(term: number): void {
    this.#term = term;
    this.#leadingSinceUs = this.#options.clock.wallUs();
    this.#lookLater();
  }

  retired(): void {
    this.#term = 0;
    this.#timer?.cancel();
  }

  #lookLater(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      this.#look();
      if (this.#term !== 0) this.#lookLater();
    });
  }

  #look(): void {
    const { clock, drills, facts, plan } = this.#options;
    const nowUs = clock.wallUs();
    const { records, underWay } = drills();
    if (underWay !== null) {
      if (nowUs - underWay.startedUs > GIVE_UP_US) this.#end(underWay.id, 'trading did not go on within a minute');
      return;
    }
    if (plan === null) return;
    const lastStartedUs = records.findLast(({ kind }) => kind === 'hot')?.startedUs ?? null;
    const leadingSinceUs = this.#leadingSinceUs;
    this.objection = drillObjection(plan, { ...facts(), nowUs, lastStartedUs, leadingSinceUs });
    if (this.objection === '') this.#begin(plan);
  }

  #begin({ method }: DrillPlan): void {
    const { log, nodeId, propose } = this.#options;
    const term = this.#term;
    propose({ type: 'StartDrill', kind: 'hot', method, by: BY, node: nodeId }, (answer) => {
      if (!answer.ok) this.objection = answer.text ?? '';
      // Another term's blow would be a second one.
      else if (this.#term === term) void this.#strike(method);
    });
    log('a drill is due: begun', { method });
  }

  async #strike(method: DrillPlan['method']): Promise<void> {
    const { drills, kill, transfer } = this.#options;
    const { id } = drills().underWay ?? { id: '' };
    if (method === 'kill') {
      kill();
      return;
    }
    const failure = await transfer();
    if (failure !== '' && this.#term !== 0) this.#end(id, `leadership was not handed over: ${failure}`);
  }

  #end(id: string, reason: string): void {
    const { log, propose } = this.#options;
    log('a drill came to nothing', { id, reason });
    propose({ type: 'EndDrill', id, reason: reason.slice(0, REASON_LENGTH_MAX) }, () => {});
  }
}
