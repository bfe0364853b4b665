/**
 * SQLite through node:sqlite: a file beside the node's journal, nothing to install. Calls block the thread for as long as
 * the disk does, so this belongs into a process that may wait (the scribe, the command), never into the core. Write-ahead
 * log, so that readers of other processes see whole transactions and are not in the way; after a power loss the newest
 * transactions may be gone, and with them the cursor's steps: the log tells them again.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Database, OnConflict, Row, SqlValue, Transaction } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { TABLES, type TableName } from './tables.ts';
import { Turns } from './turns.ts';

/** Another writer in its transaction is waited for as long: first without giving up the thread, then in pauses. */
const BUSY_TIMEOUT_MS = 5_000;
const BUSY_AT_ONCE_MS = 20;
const BUSY_PAUSE_MS = 10;

export interface SqliteOptions {
  /** Opens for reading only; a file that is not there is an error then. */
  readonly readOnly?: boolean;
}

export class SqliteDatabase implements Database {
  readonly kind = 'sqlite';
  readonly name: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #turns = new Turns();
  readonly #transaction: Transaction;

  /** @throws DatabaseError when the file cannot be opened as a database */
  constructor(file: string, { readOnly = false }: SqliteOptions = {}) {
    this.name = file;
    this.#database = this.#failing('open', () => {
      if (!readOnly) mkdirSync(dirname(file), { recursive: true });
      const database = new DatabaseSync(file, { readOnly, timeout: BUSY_AT_ONCE_MS });
      if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      return database;
    });
    this.#transaction = {
      kind: 'sqlite',
      read: async (sql, values = []) => this.#read(sql, values),
      run: async (sql, values = []) => this.#run(sql, values),
      insert: async (table, rows, onConflict) => this.#insert(table, rows, onConflict),
    };
  }

  read(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#turns.take(async () => this.#read(sql, values));
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await this.#begin();
      try {
        const result = await work(this.#transaction);
        this.#run('COMMIT', []);
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#run('ROLLBACK', []);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#turns.take(async () => {
      this.#statements.clear();
      if (this.#database.isOpen) this.#database.close();
    });
  }

  async #begin(): Promise<void> {
    for (const endMs = performance.now() + BUSY_TIMEOUT_MS; ; ) {
      try {
        this.#run('BEGIN IMMEDIATE', []);
        return;
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.failure !== 'away' || performance.now() > endMs) throw error;
      }
      await setTimeout(BUSY_PAUSE_MS);
    }
  }

  #read(sql: string, values: readonly SqlValue[]): Row[] {
    return this.#failing(sql, () => this.#statement(sql).all(...values) as Row[]);
  }

  #run(sql: string, values: readonly SqlValue[]): void {
    this.#failing(sql, () => this.#statement(sql).run(...values));
  }

  #insert(name: TableName, rows: readonly Row[], onConflict: OnConflict): void {
    const { columns } = TABLES[name];
    const sql = insertStatement(name, onConflict);
    this.#failing(sql, () => {
      const statement = this.#statement(sql);
      for (const row of rows) statement.run(...columns.map((column) => row[column] ?? null));
    });
  }

  /** `$1` means the first value here as there; SQLite spells it `?1`. */
  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql.replace(/\$(\d+)/g, '?$1'));
    this.#statements.set(sql, statement);
    return statement;
  }

  #failing<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const isBusy = /database is locked|database is busy/i.test(text);
      throw new DatabaseError(
        isBusy ? 'away' : 'failed',
        `${this.name}: ${text} (${what.slice(0, 60).replace(/\s+/g, ' ')})`,
        isBusy ? 'another process holds it; try again' : 'check the path, its permissions, and the space on its disk',
        error,
      );
    }
  }
}

function insertStatement(name: TableName, onConflict: OnConflict): string {
  const { columns, key } = TABLES[name];
  const places = columns.map((_, at) => `$${at + 1}`).join(', ');
  return `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places}) ${conflictClause(columns, key, onConflict)}`;
}

/** The same words in SQLite and PostgreSQL. */
export function conflictClause(columns: readonly string[], key: readonly string[], onConflict: OnConflict): string {
  const others = columns.filter((column) => !key.includes(column));
  const action =
    onConflict === 'keep'
      ? 'DO NOTHING'
      : `DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return `ON CONFLICT (${key.join(', ')}) ${action}`;
}
