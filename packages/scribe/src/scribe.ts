/**
 * The scribe: follows the committed log in its node's folder with a ledger of its own, and tells sinks what each entry made
 * happen. Rules decided here: it reads what the core wrote and is only told how far that is committed, so it can cost the
 * core nothing but those few bytes; it works in slices, so that its line to the core is heard meanwhile; it begins at the
 * checkpoint from which every open sink can be told without a gap, if there is one; it answers nothing before it is at the
 * index asked for; entries that are gone from the log are a gap that every sink is told of.
 */
import { loggedEntry } from '@baton/history';
import type { Clock, Disk } from '@baton/host';
import { type CommittedPoint, LogTail } from '@baton/journal';
import { Ledger } from '@baton/ledger';
import { type Base, chooseBase } from './base.ts';
import { HashWatch } from './hash-watch.ts';
import { LagWatch } from './lag-watch.ts';
import type { ScribeSink, ScribeState, ScribeStep } from './sink.ts';
import { SinkPlace } from './sink-place.ts';
import type { ScribeStatus } from './status.ts';

/** One slice of work: the line to the core is heard in between. */
const SLICE_US = 4000;
/**
 * … and so long a rest after each while it catches up with what was there when it began: its node has only just started
 * then, a leader may die at any time, and who takes over needs the processors more.
 */
const REST_MS = 8;
const READ_ENTRIES = 256;
/** The core told of an entry that its files do not show yet: they are looked at again. */
const LOOK_AGAIN_MS = 5;
/** Behind for so long without a new group: the place in the files is looked for anew. */
const LOST_US = 2_000_000;
/** Sinks may have something to do although nothing happens. */
const LOOK_MS = 1000;
/** The journal is not there yet, or was changing under our eyes. */
const OPEN_AGAIN_MS = 200;

export interface ScribeOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The journal's own folder. */
  readonly folder: string;
  readonly sinks: readonly ScribeSink[];
  readonly log: (level: 'info' | 'warn' | 'error', text: string, facts: Record<string, unknown>) => void;
  /** Its state is not the core's at this index: nothing more is told to sinks, and the process should end. */
  readonly onDiverged: (index: number, own: string, core: string) => void;
  /** What applying threw: a broken invariant. The process should end. */
  readonly onBroken: (error: unknown) => void;
}

interface Waiter {
  readonly index: number;
  readonly tell: (ledger: Ledger) => void;
}

export class Scribe {
  readonly #options: ScribeOptions;
  readonly #places: readonly SinkPlace[];
  readonly #lag: LagWatch;
  readonly #hashes: HashWatch;
  #ledger = new Ledger();
  #index = 0;
  #term = 0;
  #timeUs = 0;
  #startedAt = 0;
  #applied = 0;
  #catchesUpTo = 0;
  #tail: LogTail | null = null;
  #batch: ReturnType<LogTail['read']> = [];
  #batchAt = 0;
  #told: CommittedPoint = { index: 0, term: 0 };
  #waiters: Waiter[] = [];
  #isScheduled = false;
  #isBeginning = false;
  /** A sink wants earlier entries: the next beginning is due as soon as this one is over. */
  #mustBegin = false;
  #progressUs = 0;
  #state: 'new' | 'running' | 'stopped' = 'new';

  constructor(options: ScribeOptions) {
    const { clock, log, sinks } = options;
    this.#options = options;
    this.#lag = new LagWatch(clock);
    this.#hashes = new HashWatch((index, own, core) => {
      this.#state = 'stopped';
      options.onDiverged(index, own, core);
    });
    const hooks = { log, opened: () => this.#beginAgain(), released: () => this.#schedule() };
    this.#places = sinks.map((sink) => new SinkPlace(sink, clock, hooks));
  }

  /** Opens the sinks, finds its place in the log and begins. Resolves when it follows; nothing of the past is applied yet. */
  async start(): Promise<void> {
    this.#state = 'running';
    await Promise.all(this.#places.map((place) => place.open()));
    await this.#begin();
    this.#watch();
  }

  #watch(): void {
    if (this.#state !== 'running') return;
    this.#options.clock.setTimer(LOOK_MS, () => {
      this.look();
      this.#watch();
    });
  }

  /** The core has applied this entry. */
  told({ index, term }: CommittedPoint): void {
    if (index <= this.#told.index) return;
    this.#told = { index, term };
    this.#lag.told(index);
    this.#tail?.told(this.#told);
    this.#schedule();
  }

  /** The core's state hash at an index. */
  hashTold(index: number, hash: string): void {
    this.#hashes.core(index, hash);
  }

  /** Calls back once the state is at `index` or later, with the ledger, which the callee may look at and not keep. */
  at(index: number, tell: (ledger: Ledger) => void): void {
    if (this.#index >= index && !this.#isBeginning) tell(this.#ledger);
    else this.#waiters.push({ index, tell });
  }

  get index(): number {
    return this.#index;
  }

  /** Lets every sink look at the state as it is now. */
  look(): void {
    if (this.#state !== 'running' || this.#isBeginning || this.#tail === null) return;
    for (const place of this.#places) place.look(this.#here());
  }

  /** Entries that a sink may still have to be told of begin after this; null when no sink keeps a place. */
  neededAfter(): number | null {
    const cursors = this.#places.map(({ sink }) => sink.cursor()).filter((cursor) => cursor !== null);
    return cursors.length === 0 ? null : Math.min(...cursors);
  }

  status(): Omit<ScribeStatus, 'pid' | 'memoryBytes' | 'checkpointIndex' | 'checkpointProblem'> {
    return {
      index: this.#index,
      lagEntries: Math.max(0, this.#told.index - this.#index),
      lagMs: this.#lag.ms(this.#index),
      startedAt: this.#startedAt,
      appliedEntries: this.#applied,
      sinks: this.#places.map((place) => place.status()),
    };
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#tail?.close();
    this.#tail = null;
    await Promise.all(this.#places.map((place) => place.close()));
  }

  #beginAgain(): void {
    if (this.#isBeginning) this.#mustBegin = true;
    else void this.#begin();
  }

  async #begin(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#isBeginning = true;
    this.#mustBegin = false;
    try {
      const wishes = this.#places.map(({ wish }) => wish).filter((wish) => wish !== null);
      const own = this.#here();
      const { disk, clock, folder } = this.#options;
      const base = await chooseBase({ disk, clock, folder, own, wish: Math.min(...wishes, Number.MAX_SAFE_INTEGER) });
      this.#beginAt(base);
    } catch (error) {
      const { clock, log } = this.#options;
      log('warn', 'the log cannot be followed yet', { error: error instanceof Error ? error.message : String(error) });
      clock.setTimer(OPEN_AGAIN_MS, () => void this.#begin());
      return;
    }
    this.#isBeginning = false;
    if (this.#mustBegin) this.#beginAgain();
    else this.#schedule();
  }

  #here(): ScribeState {
    return { index: this.#index, term: this.#term, timeUs: this.#timeUs, ledger: this.#ledger };
  }

  #beginAt({ index, term, timeUs, ledger }: Base): void {
    const { disk, clock, folder, log } = this.#options;
    this.#tail?.close();
    this.#tail = new LogTail(disk, clock, folder, index);
    this.#tail.told(this.#told);
    this.#batch = [];
    this.#batchAt = 0;
    if (ledger !== this.#ledger || this.#applied === 0) this.#startedAt = index;
    this.#ledger = ledger;
    this.#index = index;
    this.#term = term;
    this.#timeUs = timeUs;
    this.#hashes.restarted();
    this.#catchesUpTo = Math.max(this.#tail.lastIndex, this.#told.index);
    this.#progressUs = clock.monotonicUs();
    for (const place of this.#places) place.begins(index, (fromIndex) => ({ fromIndex, toIndex: index, ledger }));
    log('info', 'the log is followed', { after: index, lastIndex: this.#tail.lastIndex });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isBeginning || this.#state !== 'running') return;
    this.#isScheduled = true;
    this.#options.clock.defer(() => {
      this.#isScheduled = false;
      if (this.#state !== 'running' || this.#isBeginning) return;
      try {
        this.#slice();
      } catch (error) {
        this.#state = 'stopped';
        this.#options.onBroken(error);
      }
    });
  }

  #slice(): void {
    const { clock } = this.#options;
    const untilUs = clock.monotonicUs() + SLICE_US;
    while (this.#state === 'running' && !this.#places.some(({ isHolding }) => isHolding)) {
      const entry = this.#batch[this.#batchAt];
      if (entry === undefined) {
        if (!this.#refill()) return;
        continue;
      }
      this.#batchAt += 1;
      this.#apply(loggedEntry(entry));
      if (clock.monotonicUs() < untilUs) continue;
      if (this.#index < this.#catchesUpTo) clock.setTimer(REST_MS, () => this.#schedule());
      else this.#schedule();
      return;
    }
  }

  /** The next entries; false when there are none for now. */
  #refill(): boolean {
    const { clock } = this.#options;
    const tail = this.#tail;
    if (tail === null) return false;
    this.#batch = tail.read(READ_ENTRIES);
    this.#batchAt = 0;
    if (this.#batch.length > 0) {
      this.#progressUs = clock.monotonicUs();
      return true;
    }
    const isLost = this.#told.index > this.#index && clock.monotonicUs() - this.#progressUs > LOST_US;
    if (tail.isGone || isLost) this.#beginAgain();
    else if (this.#told.index > this.#index) clock.setTimer(LOOK_AGAIN_MS, () => this.#schedule());
    else this.#progressUs = clock.monotonicUs();
    return false;
  }

  #apply(entry: ScribeStep['entry']): void {
    const ledger = this.#ledger;
    const applied = entry.kind === 'command' ? ledger.apply(entry) : null;
    this.#index = entry.index;
    this.#term = entry.term;
    this.#timeUs = Math.max(this.#timeUs, entry.timeUs);
    this.#applied += 1;
    this.#hashes.applied(entry.index, ledger);
    if (this.#state !== 'running') return;
    const step: ScribeStep = { entry, applied, ledger };
    for (const place of this.#places) place.take(step);
    while (this.#waiters.length > 0) {
      const due = this.#waiters.findIndex(({ index }) => index <= this.#index);
      if (due < 0) break;
      this.#waiters.splice(due, 1)[0]?.tell(ledger);
    }
  }
}
