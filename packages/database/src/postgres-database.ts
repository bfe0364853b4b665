/**
 * PostgreSQL through `pg`, one connection at a time. Every wait is bounded, at both ends: a server that is stopped, or a
 * line that swallows everything, becomes an error here after `queryTimeoutMs`, and the server ends a transaction whose
 * client has vanished, because that one holds the cursor that other writers wait for. After any doubt about the line it
 * is thrown away; the next call dials again. Whether a COMMIT arrived is then unknown: the cursor tells.
 */
import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import type { Database, OnConflict, Row, SqlValue, Transaction } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { conflictClause } from './sqlite-database.ts';
import { TABLES, type TableName } from './tables.ts';
import { Turns } from './turns.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Asked for at each connection, so that a changed one is found. */
  readonly password?: () => string;
  /** TLS with the server's name checked; `caFile` left out: the roots this system trusts. */
  readonly tls?: { readonly caFile?: string };
  /** For one statement, and for the whole of a connection's beginning. */
  readonly queryTimeoutMs?: number;
}

const QUERY_TIMEOUT_MS = 10_000;
/** Type numbers of PostgreSQL whose text is not what we want: BIGINT is text in `pg`, and a number here. */
const BIGINT = 20;
const INTEGER = 23;

export class PostgresDatabase implements Database {
  readonly kind = 'postgres';
  readonly name: string;
  readonly #options: PostgresOptions;
  readonly #turns = new Turns();
  #client: Client | null = null;
  /** What became of the line behind our back. */
  #lost: Error | null = null;

  /** Connects when first asked for something. */
  constructor(options: PostgresOptions) {
    this.#options = options;
    this.name = `postgres://${options.user}@${options.host}:${options.port}/${options.database}`;
  }

  read(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#turns.take(() => this.#connected((client) => ask(client, sql, values)));
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#turns.take(() =>
      this.#connected(async (client) => {
        await ask(client, 'BEGIN', []);
        try {
          const result = await work(transactionOn(client, (error) => this.#explained(error)));
          await ask(client, 'COMMIT', []);
          return result;
        } catch (error) {
          // A line that does not even take this is thrown away by #connected, and the server rolls back by itself.
          if (this.#lost === null) await ask(client, 'ROLLBACK', []).catch((lost: Error) => this.#lose(lost));
          throw error;
        }
      }),
    );
  }

  close(): Promise<void> {
    return this.#turns.take(async () => this.#drop());
  }

  async #connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    try {
      const client = this.#client ?? (await this.#connect());
      return await work(client);
    } catch (error) {
      if (error instanceof DatabaseError && error.failure !== 'away') throw error;
      const explained = error instanceof DatabaseError ? error : this.#explained(error);
      if (explained === null) throw error;
      if (this.#lost !== null || explained.failure === 'away') this.#drop();
      throw explained;
    }
  }

  async #connect(): Promise<Client> {
    const timeoutMs = this.#options.queryTimeoutMs ?? QUERY_TIMEOUT_MS;
    const client = new Client(this.#settings(timeoutMs));
    this.#lost = null;
    this.#client = client;
    // Without a listener an error between two questions would end the process.
    client.on('error', (error) => this.#lose(error));
    client.on('end', () => {
      if (this.#client === client) this.#lose(new Error('the connection ended'));
    });
    await client.connect();
    return client;
  }

  #settings(timeoutMs: number): ClientConfig {
    const { database, host, password, port, tls, user } = this.#options;
    return {
      host,
      port,
      user,
      database,
      // An empty one, rather than whatever a file in somebody's home says.
      password: password?.() ?? '',
      ssl: tls === undefined ? false : tlsOf(tls.caFile),
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      statement_timeout: timeoutMs,
      lock_timeout: timeoutMs,
      idle_in_transaction_session_timeout: timeoutMs,
      keepAlive: true,
      application_name: 'baton',
      types: { getTypeParser: parserOf as never },
    };
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    this.#drop();
  }

  /** Away with the line, whatever state it is in: no word to a server that may not listen. */
  #drop(): void {
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    (
      client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }
    ).connection.stream.destroy();
  }

  /** Null for what is no failure of the database. */
  #explained(error: unknown): DatabaseError | null {
    if (!(error instanceof Error)) return null;
    const code = String((error as { readonly code?: unknown }).code ?? '');
    const text = textOf(error);
    if (/^(28|3D|42501)/.test(code)) {
      const remedy = 'check user, password file and database of `history.database`, and pg_hba.conf of the server';
      return new DatabaseError('refused', `${this.name} refuses: ${text}`, remedy, error);
    }
    if (isAway(code, text)) {
      const remedy = 'check that the server runs and can be reached from here';
      return new DatabaseError('away', `${this.name} does not answer: ${text}`, remedy, error);
    }
    if (/^[0-9A-Z]{5}$/.test(code) || /certificate|self.signed|altname|SSL/i.test(`${code} ${text}`)) {
      const remedy = 'see the server’s log; a full disk, a missing right or an unknown certificate are usual reasons';
      return new DatabaseError('failed', `${this.name}: ${text}`, remedy, error);
    }
    return null;
  }
}

/** Connection exceptions, shutdown and start of the server, too many clients, timeouts, and what sockets say. */
function isAway(code: string, text: string): boolean {
  return (
    /^(08|57P|57014|53300|55P03|25P03|40)/.test(code) ||
    /^(ECONN|ETIMEDOUT|EHOST|ENET|EPIPE|ENOTFOUND|EAI_AGAIN|ENOENT)/.test(code) ||
    /timeout|terminated|connection ended|Connection lost|not queryable|socket/i.test(text)
  );
}

function textOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((each: Error) => each.message).join('; ');
  return error.message;
}

function tlsOf(caFile: string | undefined): { readonly rejectUnauthorized: true; readonly ca?: string } {
  return caFile === undefined
    ? { rejectUnauthorized: true }
    : { rejectUnauthorized: true, ca: readFileSync(caFile, 'utf8') };
}

function parserOf(type: number): (text: string) => SqlValue {
  if (type === BIGINT || type === INTEGER) return Number;
  if (type === BYTEA) return (text) => Buffer.from(text.slice(2), 'hex');
  return (text) => text;
}

const BYTEA = 17;

async function ask(client: Client, sql: string, values: readonly SqlValue[]): Promise<Row[]> {
  const { rows } = await client.query<Record<string, SqlValue>>(sql, [...values]);
  return rows;
}

function transactionOn(client: Client, explained: (error: unknown) => DatabaseError | null): Transaction {
  const failing = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explained(error) ?? error;
    }
  };
  return {
    kind: 'postgres',
    read: (sql, values = []) => failing(ask(client, sql, values)),
    run: async (sql, values = []) => {
      await failing(ask(client, sql, values));
    },
    insert: async (table, rows, onConflict) => {
      if (rows.length > 0) await failing(ask(client, insertStatement(table, onConflict), [JSON.stringify(rows)]));
    },
  };
}

/** All rows travel as one JSON document: one statement a table, however many rows; the columns' types read the text. */
function insertStatement(name: TableName, onConflict: OnConflict): string {
  const { columns, key } = TABLES[name];
  const list = columns.join(', ');
  return `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $1::json)
    ${conflictClause(columns, key, onConflict)}`;
}
