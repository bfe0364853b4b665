/**
 * Alerts as a sink of the scribe. Rules decided here: every node's scribe gathers what the log says, only the leader's tells
 * it, and only once its state is as new as the core's; what a receiver has been told is noted in the log, so that the next
 * leader's scribe goes on behind it (an alert may be told twice when a leader dies between telling and noting, with the same
 * id). What only this node can know (its disk) this node tells, leading or not.
 */
import { alertOf } from '@baton/database';
import { type Alert, type AlertPost, type Condition, Conditions, Repetition } from '@baton/herald';
import type { LedgerEvent } from '@baton/ledger';
import type { ScribeSink, ScribeState, ScribeStep } from '@baton/scribe';
import { failoverAlert } from './failover-alert.ts';
import type { WatchFacts } from './watch-facts.ts';

export interface AlertSinkOptions {
  readonly node: string;
  readonly incarnation: number;
  readonly repeatMs: number;
  /** Gathered at most; and told later than that, an alert says nothing any more. */
  readonly keptMax: number;
  readonly keptMs: number;
  readonly posts: readonly AlertPost[];
  readonly nameOf: (id: number) => string;
  readonly wallUs: () => number;
  /** Everything up to an entry has been told to a receiver. */
  readonly told: (receiver: string, upTo: number) => void;
}

interface Gathered {
  readonly index: number;
  readonly alert: Alert;
}

/** What a receiver was given of the log by this node since it leads. */
interface Given {
  upTo: number;
  noted: number;
  /** Indexes of alerts that are on their way. */
  open: number[];
}

export class AlertSink implements ScribeSink {
  readonly name = 'alerts';
  readonly isOwnWork = true;
  readonly #options: AlertSinkOptions;
  readonly #given = new Map<string, Given>();
  readonly #conditions: Conditions;
  readonly #local: Conditions;
  #repetition: Repetition;
  #gathered: Gathered[] = [];
  #facts: WatchFacts | null = null;
  /** The core's commit index when it was first heard to lead; 0 while it does not. */
  #leadsFrom = 0;

  constructor(options: AlertSinkOptions) {
    this.#options = options;
    this.#conditions = new Conditions(`${options.incarnation}-${options.node}`);
    this.#local = new Conditions(`${options.incarnation}-${options.node}-own`);
    this.#repetition = new Repetition(options.repeatMs);
  }

  open(): Promise<null> {
    return Promise.resolve(null);
  }

  apply({ applied, entry, ledger }: ScribeStep): void {
    let isNews = false;
    for (const event of applied?.events ?? []) {
      const told = alertOf(event) ?? this.#failover(event, () => ledger.takeovers());
      if (told === null) continue;
      const id = `${this.#options.incarnation}-${entry.index}-${event.n}`;
      this.#gathered.push({ index: entry.index, alert: { id, ...told, timeUs: event.timeUs } });
      if (this.#gathered.length > this.#options.keptMax) this.#gathered.shift();
      isNews = true;
    }
    if (isNews) this.look({ index: entry.index, ledger });
  }

  gap(): void {}

  cursor(): null {
    return null;
  }

  pressure(): null {
    return null;
  }

  close(): Promise<void> {
    for (const post of this.#options.posts) post.close();
    return Promise.resolve();
  }

  /** What the core says, once a second; with `look` that follows, alerts go out. */
  hear(facts: WatchFacts): void {
    this.#facts = facts;
    if (facts.leads && this.#leadsFrom === 0) {
      this.#leadsFrom = Math.max(1, facts.commitIndex);
      this.#given.clear();
      this.#repetition = new Repetition(this.#options.repeatMs);
    }
    if (facts.leads || this.#leadsFrom === 0) return;
    this.#leadsFrom = 0;
    this.#conditions.forget();
    for (const post of this.#options.posts) post.clear();
  }

  /** What this node alone knows. */
  localConditions(conditions: readonly Condition[]): void {
    for (const alert of this.#local.are(conditions, this.#options.wallUs())) this.#offer(alert);
  }

  look({ index, ledger }: Pick<ScribeState, 'index' | 'ledger'>): void {
    const told = ledger.alertsTold();
    this.#forget(told);
    if (this.#leadsFrom === 0 || index < this.#leadsFrom) return;
    for (const { alert, index: at } of this.#gathered) this.#give(alert, at, told);
    for (const alert of this.#conditions.are(this.#facts?.conditions ?? [], this.#options.wallUs())) this.#offer(alert);
    for (const [receiver, given] of this.#given) this.#note(receiver, given);
  }

  /** A post has done with an alert. */
  settled(receiver: string, alert: Alert): void {
    const given = this.#given.get(receiver);
    const index = indexOf(alert);
    const at = given?.open.indexOf(index) ?? -1;
    if (given === undefined || at < 0) return;
    given.open.splice(at, 1);
    this.#note(receiver, given);
  }

  #failover(event: LedgerEvent, takeovers: () => ReturnType<ScribeStep['ledger']['takeovers']>) {
    const isOfTakeover = event.type === 'TakeoverPhaseReached' || event.type === 'SessionRecovered';
    return isOfTakeover ? failoverAlert(event, takeovers(), this.#options.nameOf) : null;
  }

  /** Told everywhere, or too old. */
  #forget(told: ReadonlyMap<string, number>): void {
    const everywhere = Math.min(...this.#options.posts.map(({ name }) => told.get(name) ?? 0));
    const oldestUs = this.#options.wallUs() - this.#options.keptMs * 1000;
    this.#gathered = this.#gathered.filter(({ alert, index }) => index > everywhere && alert.timeUs > oldestUs);
  }

  #give(alert: Alert, index: number, told: ReadonlyMap<string, number>): void {
    const wanting = this.#options.posts.filter(
      ({ name }) => index > Math.max(told.get(name) ?? 0, this.#givenOf(name).upTo),
    );
    if (wanting.length === 0) return;
    const news = this.#repetition.news(alert);
    for (const post of wanting) {
      const given = this.#givenOf(post.name);
      if (news !== null && post.add(news)) given.open.push(index);
      // An entry may have several alerts: they are given one after the other, before anything else.
      if (this.#isLastOf(alert, index)) given.upTo = index;
    }
  }

  #isLastOf(alert: Alert, index: number): boolean {
    return this.#gathered.findLast((other) => other.index === index)?.alert === alert;
  }

  #offer(alert: Alert): void {
    for (const post of this.#options.posts) post.add(alert);
  }

  #givenOf(receiver: string): Given {
    let given = this.#given.get(receiver);
    if (given === undefined) {
      given = { upTo: 0, noted: 0, open: [] };
      this.#given.set(receiver, given);
    }
    return given;
  }

  #note(receiver: string, given: Given): void {
    const upTo = given.open.length === 0 ? given.upTo : Math.min(...given.open) - 1;
    if (this.#leadsFrom === 0 || upTo <= given.noted) return;
    given.noted = upTo;
    this.#options.told(receiver, upTo);
  }
}

/** Of an alert from the log: the entry in its id. */
function indexOf({ id }: Alert): number {
  return Number(/^\d+-(\d+)-\d+$/.exec(id)?.[1] ?? Number.NaN);
}
