/**
 * One venue's account, compared by the leader: while trading, every so often and when asked; at a cold start until the books
 * are opened and agree. Everything that it decides is in the log (findings, steps, ends of runs), so a leader that dies
 * leaves nothing half-done: the next one reads again, and finds only what is not booked yet. Readings cost the venue and
 * the log, never an order: questions go one after the other, and the next comparison waits many times what the last took.
 */
import type { Clock, Timer } from '@baton/host';
import {
  type AccountRead,
  type Command,
  type CompareOptions,
  type CopyRead,
  compareAccount,
  comparedInPieces,
  type Finding,
  HISTORY_MAX,
  type Ledger,
  type ReconcileMode,
  stableFindings,
} from '@baton/ledger';
import type { CommandAnswer } from '../desk/protocol.ts';
import type { Reconciled } from '../recovery/venue-reconciler.ts';
import { type AccountReader, type AccountReading, sameAccount } from './account-reader.ts';
import { openingFault } from './opening-fault.ts';
import type { ReconcileSettings } from './reconcile-settings.ts';
import { inTurns } from './turns.ts';

/** Looked at again while the venue cannot be read, and between readings of a cold start that did not agree. */
const LOOK_MS = 20;
const AGREE_PAUSE_MS = 100;
/** Readings of an opening. With a pause each this bounds a cold start at a venue that never stands still. */
const OPENING_TRIES = 100;
/** Share of time that comparing may take while trading: a twentieth. */
const REST_FACTOR = 20;
/** Compared again before what the last comparison has read: venues tell their fills a little late and out of order. */
const OVERLAP_US = 60_000_000;
/** Longer than a comparison takes from its question to its last entry. */
const RUN_MAX_US = 120_000_000;
/** While the gate is closed nothing of ours is on its way. */
const RECOVERY_STABLE_MS = 50;

export interface VenueReconcilerOptions {
  readonly venue: string;
  readonly clock: Clock;
  readonly ledger: () => Ledger;
  readonly settings: ReconcileSettings;
  readonly propose: (command: Command, answer: (answer: CommandAnswer) => void) => void;
  /** What the venue's drop copy has told; undefined without one, and while nobody listens. */
  readonly copy: () => CopyRead | undefined;
  readonly reader: (isWanted: () => boolean) => AccountReader;
  readonly log: (text: string, facts: object) => void;
}

export type ReconcileOutcome =
  | {
      readonly ok: true;
      readonly run: number;
      /** Differences found by both readings, and those that wait for an operator. */
      readonly findings: number;
      readonly waiting: number;
      /** What was not compared, in words. */
      readonly untold: string;
    }
  | { readonly ok: false; readonly reason: string };

export class VenueReconciler {
  readonly #options: VenueReconcilerOptions;
  /** Counts leaderships: what an earlier one began is no longer wanted. */
  #life = 0;
  #timer: Timer | undefined;
  #underWay: Promise<ReconcileOutcome> | undefined;
  /** Fills booked up to here were compared by earlier runs. */
  #comparedIndex = 0;
  /** When the venue was asked for the fills that the last run has compared; 0 where no run did. */
  #comparedUs = 0;

  constructor(options: VenueReconcilerOptions) {
    this.#options = options;
  }

  lead(): void {
    this.retire();
    this.#comparedIndex = this.#options.ledger().status().index;
    this.#comparedUs = this.#comparedByOthersUs();
    this.#underWay = undefined;
    this.#look(this.#life);
  }

  /**
   * As the log has it. A run is noted when it ends: what it may have taken lies before, and so does what venues tell late.
   */
  #comparedByOthersUs(): number {
    const { ledger, venue } = this.#options;
    const runs = ledger().reconciliation().runs;
    const last = runs.findLast(
      (run) => run.venue === venue && run.mode === 'running' && (run.fills > 0 || run.untold === ''),
    );
    return last === undefined ? 0 : last.timeUs - RUN_MAX_US;
  }

  retire(): void {
    this.#life += 1;
    this.#timer?.cancel();
  }

  /** Compares now. One comparison is under way at most: who asks meanwhile hears of that one. */
  run(stableMs = this.#options.settings.stableMs): Promise<ReconcileOutcome> {
    this.#underWay ??= this.#compare(this.#life, stableMs).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /**
   * Before a gate opens. The session has told what it can, so open orders and positions are a checksum of it, read without
   * the fills, which may be very many; only a difference makes it worth to read them.
   */
  async recover(): Promise<Reconciled> {
    const { clock, ledger, settings, venue } = this.#options;
    const life = this.#life;
    const sinceIndex = ledger().status().index;
    const reader = this.#options.reader(() => life === this.#life);
    const reading = await reader.read(clock.wallUs(), ['orders', 'positions']);
    if (life !== this.#life) return { ok: false, again: true, detail: 'this node leads no longer' };
    if (reading.failed !== '') return { ok: false, again: true, detail: reading.failed };
    const differences = await this.#found(reading, { ...this.#compareOptions('running'), sinceIndex });
    if (differences.length === 0) return { ok: true, detail: agreedText(reading) };
    const outcome = await this.run(Math.min(RECOVERY_STABLE_MS, settings.stableMs));
    if (!outcome.ok) return { ok: false, again: true, detail: outcome.reason };
    if (outcome.waiting > 0) {
      const detail = `${outcome.waiting} differences wait for an operator (baton reconcile ack): ${differences[0]?.id ?? ''}`;
      return { ok: false, again: false, detail };
    }
    return { ok: false, again: true, detail: `${outcome.findings} differences of ${venue} booked: compared again` };
  }

  /** What is to be done next: an opening, or, in time, a comparison. */
  #look(life: number): void {
    if (life !== this.#life) return;
    const { clock, ledger, settings, venue } = this.#options;
    const cold = ledger().coldStart();
    const at = cold?.endedIndex === 0 ? cold.venues.find((one) => one.venue === venue) : undefined;
    if (at !== undefined && at.step !== 'reconciled') {
      const isReady = at.step !== 'refused' && ledger().account(venue)?.isReadable === true;
      if (isReady) this.#goOn(life, () => this.#open(life), LOOK_MS);
      else this.#again(life, LOOK_MS);
      return;
    }
    if (settings.everyMs === 0) return;
    const startedUs = clock.monotonicUs();
    this.#timer = clock.setTimer(settings.everyMs, () => {
      if (life !== this.#life) return;
      const tookMs = (): number => (clock.monotonicUs() - startedUs) / 1000 - settings.everyMs;
      this.#goOn(
        life,
        () => this.run(),
        () => Math.max(0, REST_FACTOR * tookMs() - settings.everyMs),
      );
    });
  }

  #goOn(life: number, work: () => Promise<unknown>, pauseMs: number | (() => number)): void {
    void work().then(() => this.#again(life, typeof pauseMs === 'number' ? pauseMs : pauseMs()));
  }

  #again(life: number, pauseMs: number): void {
    if (life === this.#life) this.#timer = this.#options.clock.setTimer(pauseMs, () => this.#look(life));
  }

  async #compare(life: number, stableMs: number): Promise<ReconcileOutcome> {
    const { clock, ledger, settings, venue } = this.#options;
    const account = ledger().account(venue);
    if (account?.isReadable !== true) return { ok: false, reason: `${venue} cannot be read now` };
    const begun = ledger().status().index;
    // The first comparison of all reads the whole window; by FIX each fill of it is an entry.
    const sinceUs = Math.max(0, clock.wallUs() - settings.windowMs * 1000, this.#comparedUs - OVERLAP_US);
    const reader = this.#options.reader(() => life === this.#life);
    const options = this.#compareOptions('running');
    const first = await reader.read(sinceUs);
    const found = await this.#found(first, { ...options, sinceIndex: begun });
    await this.#pause(stableMs);
    const sinceIndex = ledger().status().index;
    const askedUs = clock.wallUs();
    const second = await reader.read(sinceUs);
    const again = await this.#found(second, { ...options, sinceIndex });
    if (life !== this.#life) return { ok: false, reason: 'this node leads no longer' };
    const untold = untoldOf(second);
    if (first.failed !== '' || second.failed !== '')
      this.#options.log('an account was not read whole', { venue, untold });
    const findings = stableFindings(found, again);
    const outcome = await this.#book('running', begun, findings, second.read, untold);
    if (outcome.ok) {
      this.#comparedIndex = sinceIndex;
      if (second.read.fills !== undefined) this.#comparedUs = askedUs;
    }
    return outcome;
  }

  /** Opens the books from the venue's account, then compares until nothing differs. */
  async #open(life: number): Promise<void> {
    const { clock, ledger, settings, venue } = this.#options;
    const isWanted = (): boolean => life === this.#life && ledger().account(venue)?.isReadable === true;
    const step = (): string | undefined =>
      ledger()
        .coldStart()
        ?.venues.find((one) => one.venue === venue)?.step;
    const cold = ledger().coldStart();
    const sinceUs = Math.max(0, (cold?.startedUs ?? clock.wallUs()) - settings.historyMs * 1000);
    if (step() === 'connect') await this.#step('read', sinceUs, '');
    const reader = this.#options.reader(isWanted);
    for (let tries = 0; tries < OPENING_TRIES && isWanted(); tries++) {
      if (tries > 0) await this.#pause(AGREE_PAUSE_MS);
      const begun = ledger().status().index;
      const first = await reader.read(sinceUs);
      const second = await reader.read(sinceUs);
      if (!isWanted()) return;
      const fault = openingFault(ledger(), venue, second, settings.bands);
      if (fault !== '' && step() === 'read') return this.#step('refused', sinceUs, fault);
      if (!(await inTurns(clock, sameAccount(first.read, second.read)))) continue;
      if (step() === 'read') {
        const findings = await this.#found(second, { ...this.#compareOptions('opening'), sinceIndex: begun });
        const booked = await this.#book('opening', begun, findings, second.read, untoldOf(second));
        if (booked.ok && this.#isAgreed(second.read)) await this.#step('opened', sinceUs, untoldOf(second));
      } else if (step() === 'opened') {
        const findings = await this.#found(second, { ...this.#compareOptions('running'), sinceIndex: begun });
        const booked = await this.#book('running', begun, findings, second.read, untoldOf(second));
        const left = findings.filter(({ id }) => this.#outcomeOf(id) !== 'dismissed');
        if (booked.ok && left.length === 0 && this.#isAgreed(second.read)) {
          return this.#step('reconciled', sinceUs, untoldOf(second));
        }
        if (left.length > 0 && left.every(({ id }) => this.#outcomeOf(id) === 'waiting')) {
          const text = `${left.length} differences wait for an operator (baton reconcile --list): ${left[0]?.id ?? ''}`;
          return this.#step('refused', sinceUs, text);
        }
      } else return;
    }
    if (isWanted()) await this.#step('refused', sinceUs, `no two of ${OPENING_TRIES} readings agreed with the books`);
  }

  /** What became of a difference; undefined while nobody had to decide. */
  #outcomeOf(id: string): string | undefined {
    const { ledger, venue } = this.#options;
    return ledger()
      .reconciliation()
      .findings.find((one) => one.venue === venue && one.id === id)?.outcome;
  }

  /** Do we hold what the venue says, at this moment? */
  #isAgreed({ positions }: AccountRead): boolean {
    const account = this.#options.ledger().account(this.#options.venue);
    const settled: CompareOptions = {
      mode: 'running',
      sinceIndex: Number.MAX_SAFE_INTEGER,
      fillsAfterIndex: Number.MAX_SAFE_INTEGER,
      acknowledgeAbove: '',
    };
    const read = { sinceUs: 0, fills: undefined, orders: undefined, positions };
    if (account === undefined) return false;
    return compareAccount(account, read, settled).every(({ class: kind }) => kind !== 'position-differs');
  }

  async #found(reading: AccountReading, options: CompareOptions): Promise<Finding[]> {
    const { clock, copy, ledger, venue } = this.#options;
    const account = ledger().account(venue);
    return account === undefined ? [] : inTurns(clock, comparedInPieces(account, reading.read, options, copy()));
  }

  #compareOptions(mode: ReconcileMode): Omit<CompareOptions, 'sinceIndex'> {
    return { mode, fillsAfterIndex: this.#comparedIndex, acknowledgeAbove: this.#options.settings.acknowledgeAbove };
  }

  async #book(
    mode: ReconcileMode,
    run: number,
    findings: readonly Finding[],
    read: AccountRead,
    untold: string,
  ): Promise<ReconcileOutcome> {
    const { ledger, venue } = this.#options;
    for (const command of bookings(venue, run, mode, findings)) {
      const answer = await this.#propose(command);
      if (!answer.ok) return { ok: false, reason: `${answer.code}: ${answer.text}` };
    }
    const counts = {
      fills: read.fills?.length ?? 0,
      orders: read.orders?.length ?? 0,
      positions: read.positions?.length ?? 0,
    };
    const ended = await this.#propose({ type: 'EndReconciliation', venue, run, mode, counts, untold });
    if (!ended.ok) return { ok: false, reason: `${ended.code}: ${ended.text}` };
    const waiting = ledger()
      .reconciliation()
      .findings.filter((one) => one.venue === venue && one.outcome === 'waiting').length;
    return { ok: true, run, findings: findings.length, waiting, untold };
  }

  async #step(step: 'read' | 'opened' | 'reconciled' | 'refused', sinceUs: number, detail: string): Promise<void> {
    const { venue } = this.#options;
    const cut = detail.slice(0, DETAIL_LENGTH_MAX);
    const answer = await this.#propose({ type: 'ColdVenueStep', venue, step, sinceUs, detail: cut });
    if (!answer.ok) this.#options.log(`a step of the cold start was not taken: ${answer.text}`, { venue, step });
  }

  #propose(command: Command): Promise<CommandAnswer> {
    return new Promise((resolve) => this.#options.propose(command, resolve));
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.setTimer(durationMs, resolve));
  }
}

/** Findings of one entry: some ten microseconds each when it is applied, on every node. */
const FINDINGS_AN_ENTRY = 50;

/** What is to be booked, entry by entry. Of the fills that an opening finds only the ids are told: none of them is booked. */
function* bookings(venue: string, run: number, mode: ReconcileMode, findings: readonly Finding[]): Generator<Command> {
  const isHistory = ({ class: kind, fill }: Finding): boolean =>
    mode === 'opening' && kind === 'missing-fill' && fill !== undefined;
  const history = findings.flatMap((finding) => (isHistory(finding) ? (finding.fill ?? []) : []));
  for (let from = 0; from < history.length; from += HISTORY_MAX) {
    const fills = history.slice(from, from + HISTORY_MAX).map(({ clOrdId, execId }) => ({ clOrdId, execId }));
    yield { type: 'NoteHistory', venue, run, fills };
  }
  const others = findings.filter((finding) => !isHistory(finding));
  for (let from = 0; from < others.length; from += FINDINGS_AN_ENTRY) {
    yield { type: 'BookFindings', venue, run, mode, findings: others.slice(from, from + FINDINGS_AN_ENTRY) };
  }
}

/** Entries take no longer texts. */
const DETAIL_LENGTH_MAX = 200;

function agreedText(reading: AccountReading): string {
  const { orders, positions } = reading.read;
  const compared = [
    ...(orders === undefined ? [] : [`${orders.length} open orders`]),
    ...(positions === undefined ? [] : [`${positions.length} positions`]),
  ];
  return `${compared.join(' and ') || 'nothing'} compared; ${untoldOf(reading)}`;
}

function untoldOf({ failed, notOffered }: AccountReading): string {
  const missing = notOffered.length === 0 ? '' : `the venue does not tell ${notOffered.join(', ')}`;
  return [missing, failed]
    .filter((text) => text !== '')
    .join('; ')
    .slice(0, DETAIL_LENGTH_MAX);
}
