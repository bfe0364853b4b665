/**
 * A database as the history uses it: statements with `$1` placeholders, transactions one after another, and rows put in
 * by table. Two kinds stand behind it, SQLite and PostgreSQL; what differs between them stays in their own files.
 * Rule decided here: amounts cross this border as decimal text only, times as integer microseconds.
 */
import type { TableName } from './tables.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** Integers within ±2^53, decimal or other text, bytes, nothing. */
export type SqlValue = string | number | null | Uint8Array;

/** One row by column. */
export type Row = Readonly<Record<string, SqlValue>>;

/** `keep`: a row that is there stays. `replace`: it takes the new one's values. */
export type OnConflict = 'keep' | 'replace';

export interface Transaction {
  readonly kind: DatabaseKind;
  /** @throws DatabaseError */
  read(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
  /** Rows have every column of the table, none of them bytes; no key twice. */
  insert(table: TableName, rows: readonly Row[], onConflict: OnConflict): Promise<void>;
}

export interface Database {
  readonly kind: DatabaseKind;
  /** For people: a path, or an address without the password. */
  readonly name: string;
  /** @throws DatabaseError */
  read(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** All of `work` or nothing of it; transactions of one object follow each other. @throws DatabaseError, or what `work` throws */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
