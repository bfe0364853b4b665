/**
 * Puts batches of entries into a database, each entry exactly once by its index: the cursor (last entry written) is moved
 * in the transaction that writes the rows, and locked first. So a batch that was written before is left out, by this
 * writer after a restart or by another node's, and one that does not follow on is refused instead of leaving a hole.
 */
import type { Database, Row, Transaction } from './database.ts';
import { DatabaseError } from './database-error.ts';
import type { Bust, Life, PutRow } from './entry-rows.ts';
import { REPLACED } from './entry-rows.ts';
import { TABLES, type TableName } from './tables.ts';

/** Entries in order, `fromIndex` to `toIndex` without a hole; most of them leave no rows. */
export interface Batch {
  readonly fromIndex: number;
  readonly toIndex: number;
  /** Time of the last entry. */
  readonly timeUs: number;
  readonly rows: readonly (PutRow & { readonly index: number })[];
  readonly busts: readonly Bust[];
}

export class HistoryWriter {
  readonly database: Database;
  readonly life: Life;

  constructor(database: Database, life: Life) {
    this.database = database;
    this.life = life;
  }

  /** Last entry that is written; 0 before the first. The schema is up to date. @throws DatabaseError */
  cursor(): Promise<number> {
    return this.database.transaction((transaction) => this.#locked(transaction));
  }

  /**
   * Writes what of a batch is not written yet, and returns the cursor after it.
   * @throws DatabaseError gap: entries before the batch are missing; nothing was written
   */
  write(batch: Batch): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const cursor = await this.#locked(transaction);
      if (batch.toIndex <= cursor) return cursor;
      if (batch.fromIndex > cursor + 1) throw this.#gap(cursor, batch.fromIndex);
      const isNew = ({ index }: { readonly index: number }): boolean => index > cursor;
      await insertAll(transaction, batch.rows.filter(isNew));
      for (const bust of batch.busts.filter(isNew)) await this.#bust(transaction, bust);
      await this.#move(transaction, batch.toIndex, batch.timeUs);
      return batch.toIndex;
    });
  }

  /** The cursor, held against other writers until the transaction ends. */
  async #locked(transaction: Transaction): Promise<number> {
    const { cluster, incarnation } = this.life;
    const begin: Row = { cluster, incarnation, entry_index: 0, time_us: 0 };
    const lock = transaction.kind === 'postgres' ? ' FOR UPDATE' : '';
    const sql = `SELECT entry_index FROM cursors WHERE cluster = $1 AND incarnation = $2${lock}`;
    let [row] = await transaction.read(sql, [cluster, incarnation]);
    if (row === undefined) {
      await transaction.insert('cursors', [begin], 'keep');
      [row] = await transaction.read(sql, [cluster, incarnation]);
    }
    return Number(row?.['entry_index'] ?? 0);
  }

  async #move(transaction: Transaction, index: number, timeUs: number): Promise<void> {
    await transaction.run('UPDATE cursors SET entry_index = $3, time_us = $4 WHERE cluster = $1 AND incarnation = $2', [
      this.life.cluster,
      this.life.incarnation,
      index,
      timeUs,
    ]);
  }

  /** The fill as it was before: a correction that follows in the same entry has a higher event number. */
  async #bust(transaction: Transaction, { venue, execId, index, n, reason }: Bust): Promise<void> {
    await transaction.run(
      `UPDATE fills SET busted = 1, bust_index = $5, bust_reason = $7
        WHERE cluster = $1 AND incarnation = $2 AND venue = $3 AND exec_id = $4 AND busted = 0
          AND (entry_index < $5 OR (entry_index = $5 AND event_n < $6))`,
      [this.life.cluster, this.life.incarnation, venue, execId, index, n, reason],
    );
  }

  #gap(cursor: number, fromIndex: number): DatabaseError {
    return new DatabaseError(
      'gap',
      `${this.database.name} ends at entry ${cursor}, and the next at hand is ${fromIndex}`,
      `tell entries ${cursor + 1} to ${fromIndex - 1} again from the log`,
    );
  }
}

async function insertAll(transaction: Transaction, rows: readonly PutRow[]): Promise<void> {
  const byTable = new Map<TableName, Row[]>();
  for (const { row, table } of rows) {
    const list = byTable.get(table);
    if (list === undefined) byTable.set(table, [row]);
    else list.push(row);
  }
  for (const [table, list] of byTable) {
    const isReplaced = REPLACED.has(table);
    await transaction.insert(table, isReplaced ? lastOfEach(table, list) : list, isReplaced ? 'replace' : 'keep');
  }
}

function lastOfEach(table: TableName, rows: readonly Row[]): Row[] {
  const { key } = TABLES[table];
  const last = new Map<string, Row>();
  for (const row of rows) last.set(JSON.stringify(key.map((column) => row[column])), row);
  return [...last.values()];
}
