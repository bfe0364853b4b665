/**
 * The schema and its versions, forwards only: version n is what the first n lists of statements make. A released list is
 * never changed; a new need is a new list. `@decimal` is NUMERIC in PostgreSQL and TEXT in SQLite, which has no exact
 * decimals; `@bytes` is BYTEA or BLOB. Writers bring a database up to date, readers only look whether it is.
 */
import type { Database, DatabaseKind, Transaction } from './database.ts';
import { DatabaseError } from './database-error.ts';

const LIFE = 'cluster TEXT NOT NULL, incarnation BIGINT NOT NULL';
const EVENT = `${LIFE}, entry_index BIGINT NOT NULL, event_n BIGINT NOT NULL`;
const ORDER_FACTS = `root_cl_ord_id TEXT NOT NULL, cl_ord_id TEXT NOT NULL, order_id TEXT NOT NULL,
  client_key TEXT NOT NULL, strategy_id TEXT NOT NULL, venue TEXT NOT NULL, account TEXT NOT NULL, symbol TEXT NOT NULL,
  side TEXT NOT NULL, order_type TEXT NOT NULL, time_in_force TEXT NOT NULL, quantity @decimal NOT NULL, price @decimal,
  cum_quantity @decimal NOT NULL, leaves_quantity @decimal NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  external BIGINT NOT NULL`;
const POSITION_FACTS = `account TEXT NOT NULL, symbol TEXT NOT NULL, strategy_id TEXT NOT NULL,
  net_quantity @decimal NOT NULL, bought_quantity @decimal NOT NULL, sold_quantity @decimal NOT NULL,
  cost_notional @decimal NOT NULL`;

const VERSIONS: readonly (readonly string[])[] = [
  // 1: trading, from the log.
  [
    `CREATE TABLE cursors (${LIFE}, entry_index BIGINT NOT NULL, time_us BIGINT NOT NULL,
      PRIMARY KEY (cluster, incarnation))`,
    `CREATE TABLE gaps (${LIFE}, from_index BIGINT NOT NULL, to_index BIGINT NOT NULL, time_us BIGINT NOT NULL,
      reason TEXT NOT NULL, PRIMARY KEY (cluster, incarnation, from_index))`,
    `CREATE TABLE orders (${LIFE}, ${ORDER_FACTS}, created_index BIGINT NOT NULL, created_us BIGINT NOT NULL,
      changed_index BIGINT NOT NULL, changed_us BIGINT NOT NULL, PRIMARY KEY (cluster, incarnation, root_cl_ord_id))`,
    'CREATE INDEX orders_by_time ON orders (cluster, created_us)',
    'CREATE INDEX orders_by_key ON orders (cluster, client_key)',
    `CREATE TABLE order_changes (${EVENT}, time_us BIGINT NOT NULL, ${ORDER_FACTS},
      PRIMARY KEY (cluster, incarnation, entry_index, event_n))`,
    'CREATE INDEX order_changes_by_order ON order_changes (cluster, root_cl_ord_id)',
    'CREATE INDEX order_changes_by_name ON order_changes (cluster, cl_ord_id)',
    `CREATE TABLE fills (${EVENT}, time_us BIGINT NOT NULL, venue TEXT NOT NULL, exec_id TEXT NOT NULL,
      cl_ord_id TEXT NOT NULL, root_cl_ord_id TEXT NOT NULL, strategy_id TEXT NOT NULL, account TEXT NOT NULL,
      symbol TEXT NOT NULL, side TEXT NOT NULL, quantity @decimal NOT NULL, price @decimal NOT NULL,
      busted BIGINT NOT NULL, bust_index BIGINT, bust_reason TEXT NOT NULL,
      PRIMARY KEY (cluster, incarnation, entry_index, event_n))`,
    'CREATE INDEX fills_by_time ON fills (cluster, time_us)',
    'CREATE INDEX fills_by_order ON fills (cluster, root_cl_ord_id)',
    'CREATE INDEX fills_by_exec ON fills (cluster, venue, exec_id)',
    `CREATE TABLE positions (${LIFE}, ${POSITION_FACTS}, changed_index BIGINT NOT NULL, changed_us BIGINT NOT NULL,
      PRIMARY KEY (cluster, incarnation, account, symbol, strategy_id))`,
    `CREATE TABLE position_changes (${EVENT}, time_us BIGINT NOT NULL, ${POSITION_FACTS},
      PRIMARY KEY (cluster, incarnation, entry_index, event_n, strategy_id))`,
    'CREATE INDEX position_changes_by_time ON position_changes (cluster, time_us)',
    `CREATE TABLE takeovers (${LIFE}, number BIGINT NOT NULL, kind TEXT NOT NULL, term BIGINT NOT NULL,
      node BIGINT NOT NULL, cause TEXT NOT NULL, started_index BIGINT NOT NULL, started_us BIGINT NOT NULL,
      gate_open_us BIGINT, document TEXT NOT NULL, PRIMARY KEY (cluster, incarnation, number))`,
    `CREATE TABLE alerts (${EVENT}, time_us BIGINT NOT NULL, severity TEXT NOT NULL, code TEXT NOT NULL,
      subject TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (cluster, incarnation, entry_index, event_n))`,
    'CREATE INDEX alerts_by_time ON alerts (cluster, time_us)',
  ],
  // 2: what people and the scribe keep beside the log.
  [
    `CREATE TABLE checkpoints (${LIFE}, entry_index BIGINT NOT NULL, time_us BIGINT NOT NULL, node TEXT NOT NULL,
      format BIGINT NOT NULL, state_hash TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes BIGINT NOT NULL,
      saved_us BIGINT NOT NULL, body @bytes NOT NULL, PRIMARY KEY (cluster, incarnation, entry_index))`,
    `CREATE TABLE recoveries (cluster TEXT NOT NULL, id TEXT NOT NULL, incarnation BIGINT NOT NULL, kind TEXT NOT NULL,
      started_us BIGINT NOT NULL, ended_us BIGINT, outcome TEXT NOT NULL, by_whom TEXT NOT NULL, document TEXT NOT NULL,
      PRIMARY KEY (cluster, id))`,
    `CREATE TABLE drills (cluster TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, method TEXT NOT NULL,
      started_us BIGINT NOT NULL, took_us BIGINT, objective_us BIGINT NOT NULL, limit_us BIGINT NOT NULL,
      outcome TEXT NOT NULL, by_whom TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (cluster, id))`,
    `CREATE TABLE acknowledgements (cluster TEXT NOT NULL, id TEXT NOT NULL, checklist TEXT NOT NULL,
      phase TEXT NOT NULL, item TEXT NOT NULL, by_whom TEXT NOT NULL, note TEXT NOT NULL, time_us BIGINT NOT NULL,
      PRIMARY KEY (cluster, id))`,
  ],
];

export const SCHEMA_VERSION = VERSIONS.length;

/** One number for all Baton databases of a server: whoever holds it changes the schema. */
const SCHEMA_LOCK = 7_203_114;

/**
 * Brings the schema up to `version`; several writers may try at the same time.
 * @throws DatabaseError schema-newer
 */
export function migrate(database: Database, version: number = SCHEMA_VERSION): Promise<void> {
  return database.transaction(async (transaction) => {
    if (transaction.kind === 'postgres') await transaction.read('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await transaction.run('CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY)');
    const found = await versionOf(transaction);
    if (found > SCHEMA_VERSION) throw newer(database.name, found);
    for (let next = found + 1; next <= version; next++) {
      for (const statement of VERSIONS[next - 1] ?? []) await transaction.run(inDialect(statement, transaction.kind));
      await transaction.run('INSERT INTO schema_versions (version) VALUES ($1)', [next]);
    }
  });
}

/** For readers. @throws DatabaseError when the schema is not this version's */
export async function requireSchema(database: Database): Promise<void> {
  const found = (await hasVersions(database)) ? await versionOf(database) : 0;
  if (found === SCHEMA_VERSION) return;
  if (found > SCHEMA_VERSION) throw newer(database.name, found);
  if (found === 0) {
    throw new DatabaseError(
      'empty',
      `${database.name} has no history in it`,
      'start a node whose configuration names this database, or name another one',
    );
  }
  throw new DatabaseError(
    'schema-older',
    `${database.name} has schema version ${found}, this command reads version ${SCHEMA_VERSION}`,
    'a node of this version brings it up to date when it starts; or use the command of the older version',
  );
}

async function hasVersions(transaction: Pick<Transaction, 'kind' | 'read'>): Promise<boolean> {
  const rows = await transaction.read(
    transaction.kind === 'postgres'
      ? "SELECT 1 AS one FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_versions'"
      : "SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'",
  );
  return rows.length > 0;
}

async function versionOf(transaction: Pick<Transaction, 'read'>): Promise<number> {
  const rows = await transaction.read('SELECT max(version) AS version FROM schema_versions');
  return Number(rows[0]?.['version'] ?? 0);
}

function newer(name: string, found: number): DatabaseError {
  return new DatabaseError(
    'schema-newer',
    `${name} has schema version ${found}, this version knows up to ${SCHEMA_VERSION}`,
    'run the version that wrote it, or name another database',
  );
}

function inDialect(statement: string, kind: DatabaseKind): string {
  return statement
    .replaceAll('@decimal', kind === 'postgres' ? 'NUMERIC' : 'TEXT')
    .replaceAll('@bytes', kind === 'postgres' ? 'BYTEA' : 'BLOB');
}
