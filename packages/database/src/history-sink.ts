/**
 * From applied entries to the database, without being in anyone's way: entries are taken as they come, gathered, and
 * written in batches behind the caller's back. Memory is bounded: when the database does not keep up, `room()` makes the
 * caller wait, and what is not taken is told again later from the log, behind `cursor`. A failure is told once, and tried
 * again for ever, because only a person can mend it. Only a hole between what is written and what is at hand ends it.
 */
import type { Clock, Timer } from '@baton/host';
import type { Database } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { type AppliedEntry, type Bust, type LedgerFacts, type Life, type PutRow, rowsOfEntry } from './entry-rows.ts';
import { type HistoryGap, type RememberedFacts, rowsOfGap } from './gap-rows.ts';
import { HistoryWriter } from './history-writer.ts';
import { migrate } from './migrations.ts';

export interface HistorySinkOptions {
  readonly database: Database;
  readonly life: Life;
  readonly clock: Clock;
  /** A batch is written when it has so many rows, or is so old. Defaults: 2000 rows, 500 ms: few, large transactions. */
  readonly batchRows?: number;
  readonly batchAgeMs?: number;
  /** `room()` waits above so many rows, written or not. Default 20,000: some 20 MB. */
  readonly roomRows?: number;
  /** Pause after a failure, doubled with each one up to thirty times as much. Default 200 ms. */
  readonly retryMs?: number;
  /** A failure, told once until it has passed (null). */
  readonly onTrouble?: (trouble: DatabaseError | null) => void;
}

export interface SinkStatus {
  /** Last entry in the database, as far as known here. */
  readonly cursor: number;
  /** Last entry taken. */
  readonly takenIndex: number;
  readonly waitingRows: number;
  readonly trouble: DatabaseError | null;
}

interface Gathered {
  fromIndex: number;
  toIndex: number;
  timeUs: number;
  readonly rows: (PutRow & { readonly index: number })[];
  readonly busts: Bust[];
}

const RETRY_FACTOR_MAX = 30;

export class HistorySink {
  readonly #writer: HistoryWriter;
  readonly #options: Required<HistorySinkOptions>;
  #cursor: number;
  #takenIndex: number;
  #gathered: Gathered | null = null;
  /** What is being written, oldest first. */
  readonly #queue: Gathered[] = [];
  #waitingRows = 0;
  #trouble: DatabaseError | null = null;
  #timer: Timer | null = null;
  #isWriting = false;
  #closed = false;
  #waiters: { readonly isDone: () => boolean; readonly resolve: () => void; readonly reject: (e: Error) => void }[] =
    [];

  /** Brings the schema up to date and looks where to go on. @throws DatabaseError: try again later */
  static async open(options: HistorySinkOptions): Promise<HistorySink> {
    const filled = withDefaults(options);
    const writer = new HistoryWriter(filled.database, filled.life);
    await migrate(filled.database);
    return new HistorySink(writer, filled, await writer.cursor());
  }

  private constructor(writer: HistoryWriter, options: Required<HistorySinkOptions>, cursor: number) {
    this.#writer = writer;
    this.#options = options;
    this.#cursor = cursor;
    this.#takenIndex = cursor;
  }

  /** Last entry that is in the database: the next one to be told is the one after it. Earlier ones do no harm. */
  get cursor(): number {
    return this.#cursor;
  }

  status(): SinkStatus {
    return {
      cursor: this.#cursor,
      takenIndex: this.#takenIndex,
      waitingRows: this.#waitingRows,
      trouble: this.#trouble,
    };
  }

  /**
   * Takes one entry, just after `ledger` applied it. Commands come in the order of the log, all of them; entries that are
   * no commands (a leader's first, a change of membership) may be left out.
   */
  apply(entry: AppliedEntry, ledger: LedgerFacts): void {
    if (entry.index <= this.#takenIndex) return;
    const gathered = this.#begin(entry);
    gathered.toIndex = entry.index;
    gathered.timeUs = entry.timeUs;
    this.#takenIndex = entry.index;
    const { busts, rows } = rowsOfEntry(this.#options.life, entry, ledger);
    for (const row of rows) gathered.rows.push({ ...row, index: entry.index });
    gathered.busts.push(...busts);
    this.#waitingRows += rows.length + busts.length;
    if (gathered.rows.length >= this.#options.batchRows) this.#send();
  }

  get hasRoom(): boolean {
    return this.#waitingRows < this.#options.roomRows;
  }

  /** Resolves when more entries may be taken. @throws DatabaseError gap */
  room(): Promise<void> {
    return this.#until(() => this.hasRoom);
  }

  /** Resolves when everything taken so far is in the database. @throws DatabaseError gap */
  flush(): Promise<void> {
    const index = this.#takenIndex;
    this.#send();
    return this.#until(() => this.#cursor >= index);
  }

  /**
   * Entries behind the last taken one up to `gap.toIndex` cannot be told any more: what the ledger still knows of them is
   * written instead, with a note of the hole.
   */
  gap(gap: HistoryGap, ledger: RememberedFacts): void {
    if (gap.toIndex <= this.#takenIndex) return;
    this.#queueGathered();
    const { toIndex, timeUs } = gap;
    const rows = rowsOfGap(this.#options.life, { ...gap, fromIndex: this.#takenIndex + 1 }, ledger);
    const indexed = rows.map((row) => ({ ...row, index: toIndex }));
    this.#queue.push({ fromIndex: this.#takenIndex + 1, toIndex, timeUs, rows: indexed, busts: [] });
    this.#takenIndex = toIndex;
    this.#waitingRows += rows.length;
    if (!this.#isWriting) void this.#write();
  }

  /** Writes no more; what is not written is told again from the log by the next one. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #begin({ timeUs }: AppliedEntry): Gathered {
    if (this.#gathered !== null) return this.#gathered;
    const fromIndex = this.#takenIndex + 1;
    this.#gathered = { fromIndex, toIndex: fromIndex, timeUs, rows: [], busts: [] };
    this.#timer ??= this.#options.clock.setTimer(this.#options.batchAgeMs, () => {
      this.#timer = null;
      this.#send();
    });
    return this.#gathered;
  }

  /** While one batch is being written the next one grows: a slow database gets few large ones. */
  #send(): void {
    const isLarge = (this.#gathered?.rows.length ?? 0) >= this.#options.batchRows;
    if (isLarge || !this.#isWriting) this.#queueGathered();
    if (!this.#isWriting) void this.#write();
  }

  #queueGathered(): void {
    if (this.#gathered !== null) this.#queue.push(this.#gathered);
    this.#gathered = null;
  }

  /** Never throws. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    for (let failures = 0; !this.#closed; ) {
      if (this.#queue.length === 0) this.#queueGathered();
      const batch = this.#queue[0];
      if (batch === undefined) break;
      try {
        this.#cursor = Math.max(await this.#writer.write(batch), this.#cursor);
        this.#queue.shift();
        this.#waitingRows -= batch.rows.length + batch.busts.length;
        failures = 0;
        this.#tell(null);
      } catch (error) {
        this.#tell(asDatabaseError(error));
        if (this.#trouble?.failure === 'gap') break;
        await passes(this.#options.clock, retryDelayMs(this.#options, failures));
        failures += 1;
      }
      this.#settle();
    }
    this.#isWriting = false;
    this.#settle();
  }

  #tell(trouble: DatabaseError | null): void {
    const isNews = trouble?.message !== this.#trouble?.message;
    this.#trouble = trouble;
    if (isNews) this.#options.onTrouble(trouble);
  }

  #until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ isDone, resolve, reject });
      this.#settle();
    });
  }

  #settle(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (waiter.isDone()) waiter.resolve();
      else if (this.#trouble?.failure === 'gap') waiter.reject(this.#trouble);
      else this.#waiters.push(waiter);
    }
  }
}

function withDefaults(options: HistorySinkOptions): Required<HistorySinkOptions> {
  return {
    batchRows: 2_000,
    batchAgeMs: 500,
    roomRows: 20_000,
    retryMs: 200,
    onTrouble: () => {},
    ...options,
  };
}

function retryDelayMs({ retryMs }: Required<HistorySinkOptions>, failures: number): number {
  return retryMs * Math.min(2 ** failures, RETRY_FACTOR_MAX);
}

function passes(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(delayMs, resolve);
  });
}

/** A mistake of ours in a statement is retried, too: trading goes on, and the trouble is told. */
function asDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new DatabaseError('failed', `the history cannot be written: ${text}`, 'see the log', error);
}
