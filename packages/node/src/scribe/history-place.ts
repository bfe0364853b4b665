/**
 * The history as a sink of the scribe. Rules decided here: a database that cannot be opened, or that went back, is tried
 * again by the scribe, from its cursor; troubles are told once each way; checkpoints are copied into it beside the log's
 * rows, seldom, and without anybody waiting for them.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Database,
  DatabaseError,
  forgetAlerts,
  HistorySink,
  type Life,
  migrate,
  openDatabase,
  RecordBook,
  type RememberedFacts,
} from '@baton/database';
import type { Clock, Timer } from '@baton/host';
import type { SavedCheckpoint, ScribeGap, ScribeSink, ScribeStep } from '@baton/scribe';
import type { HistoryPlan } from '../configuration/history-plan.ts';
import type { Log } from '../core/log.ts';

/** In the database, of all nodes together. */
const CHECKPOINTS_KEPT = 10;
/** A larger state than this is left to the files: one value of PostgreSQL holds 1 GB at most. */
const CHECKPOINT_BYTES_MAX = 512 * 1024 * 1024;
/** As a checkpoint that others would notice. */
const MUCH_BYTES = 4 * 1024 * 1024;
/** A little of it each hour; the first time when the node has long been up. */
const FORGET_EVERY_MS = 3_600_000;
const NO_COMMAND = new Uint8Array(0);

export interface HistoryPlaceOptions {
  readonly plan: HistoryPlan;
  readonly life: Life;
  readonly node: string;
  /** This node's own folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A large copy begins, or is over: the disk is this node's own. */
  readonly writesMuch?: (isMuch: boolean) => void;
}

/** Version of the checkpoint file's format, as the journal numbers it. */
const CHECKPOINT_FORMAT = 1;

export class HistoryPlace implements ScribeSink {
  readonly name = 'history';
  readonly isOwnWork = false;
  readonly #options: HistoryPlaceOptions;
  #database: Database | null = null;
  #sink: HistorySink | null = null;
  /** Known from the last life of the sink. */
  #cursor = 0;
  #pressure: Promise<void> | null = null;
  #isCopying = false;
  #forgetTimer: Timer | null = null;
  #copiedUs = Number.NEGATIVE_INFINITY;

  constructor(options: HistoryPlaceOptions) {
    this.#options = options;
  }

  async open(): Promise<number> {
    const { clock, folder, life, plan } = this.#options;
    await this.close();
    const database = openDatabase(plan, folder);
    try {
      const onTrouble = (trouble: DatabaseError | null): void => this.#tell(trouble);
      this.#sink = await HistorySink.open({ database, life, clock, onTrouble });
    } catch (error) {
      await database.close();
      throw error;
    }
    this.#database = database;
    this.#cursor = this.#sink.cursor;
    this.#forgetLater();
    return this.#cursor;
  }

  apply({ applied, entry, ledger }: ScribeStep): void {
    const sink = this.#opened();
    const { trouble } = sink.status();
    // The database is behind what it had: it is told again from where it is now.
    if (trouble?.failure === 'gap') throw trouble;
    const { index, timeUs } = entry;
    if (applied === null) sink.apply({ index, timeUs, command: NO_COMMAND, events: [] }, ledger);
    else sink.apply({ index, timeUs, command: entry.command, events: applied.events }, ledger);
  }

  gap({ ledger, toIndex }: ScribeGap): void {
    const reason = 'the log no longer had them when this database could be written again';
    const { timeUs } = ledger.status();
    this.#options.log.warn({ event: 'history.gap', toIndex }, 'entries are missing in the history');
    this.#opened().gap({ toIndex, timeUs, reason }, ledger satisfies RememberedFacts);
  }

  cursor(): number {
    this.#cursor = this.#sink?.cursor ?? this.#cursor;
    return this.#cursor;
  }

  pressure(): Promise<void> | null {
    const sink = this.#opened();
    if (sink.hasRoom) return null;
    // A hole ends the waiting, too: the next entry finds it.
    this.#pressure ??= sink.room().then(
      () => this.#released(),
      () => this.#released(),
    );
    return this.#pressure;
  }

  async close(): Promise<void> {
    const sink = this.#sink;
    const database = this.#database;
    this.cursor();
    this.#sink = null;
    this.#database = null;
    this.#forgetTimer?.cancel();
    this.#forgetTimer = null;
    sink?.close();
    await database?.close();
  }

  /** Copies a checkpoint's file into the database, if the last copy is old enough. Never throws. */
  saved(checkpoint: SavedCheckpoint): void {
    const { clock, plan } = this.#options;
    const isDue = clock.monotonicUs() - this.#copiedUs >= plan.checkpointEveryMs * 1000;
    if (this.#isCopying || !isDue || checkpoint.sizeBytes > CHECKPOINT_BYTES_MAX) return;
    this.#isCopying = true;
    const { writesMuch = () => {} } = this.#options;
    writesMuch(checkpoint.sizeBytes > MUCH_BYTES);
    this.#copy(checkpoint)
      .then(() => {
        this.#copiedUs = clock.monotonicUs();
      })
      .catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.#options.log.warn({ event: 'history.checkpoint', error: text }, 'a checkpoint is not in the database');
      })
      .finally(() => {
        writesMuch(false);
        this.#isCopying = false;
      });
  }

  async #copy({ file, index, stateHash, timeUs }: SavedCheckpoint): Promise<void> {
    const { clock, life, node } = this.#options;
    const body = await readFile(file);
    const sha256 = createHash('sha256').update(body).digest('hex');
    // A connection of its own: rows of the log do not wait for it.
    await this.#withDatabase(async (database) => {
      await migrate(database);
      const book = await RecordBook.open(database, life.cluster);
      const savedUs = clock.wallUs();
      const place = { incarnation: life.incarnation, index, timeUs, node, savedUs };
      await book.saveCheckpoint({ ...place, format: CHECKPOINT_FORMAT, stateHash, sha256, body }, CHECKPOINTS_KEPT);
    });
  }

  #forgetLater(): void {
    const { clock, life, log, plan } = this.#options;
    this.#forgetTimer?.cancel();
    this.#forgetTimer = clock.setTimer(FORGET_EVERY_MS, () => {
      const { alertsKeptMax: keptMax, alertsKeptMs } = plan;
      const retention = { beforeUs: clock.wallUs() - alertsKeptMs * 1000, keptMax };
      // A connection of its own: rows of the log do not wait for it.
      this.#withDatabase((database) => forgetAlerts(database, life.cluster, retention)).catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        log.warn({ event: 'history.alerts', error: text }, 'old alerts are still in the database: tried again');
      });
      if (this.#database !== null) this.#forgetLater();
    });
  }

  async #withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = openDatabase(this.#options.plan, this.#options.folder);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  #opened(): HistorySink {
    if (this.#sink === null) throw new DatabaseError('away', 'the history is not open', 'it is opened again');
    return this.#sink;
  }

  #released(): void {
    this.#pressure = null;
  }

  #tell(trouble: DatabaseError | null): void {
    const { log } = this.#options;
    if (trouble === null) log.info({ event: 'history.written' }, 'the history is written again');
    else {
      const facts = { event: 'history.trouble', failure: trouble.failure, remedy: trouble.remedy };
      log.error(facts, `the history is not written: ${trouble.message}`);
    }
  }
}
