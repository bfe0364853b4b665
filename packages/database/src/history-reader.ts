/**
 * Questions to the history, of either database. Answers are rows as the tables have them, amounts as decimal text, oldest
 * first; the newest ones where there are more than asked for. Nothing here changes a database.
 */
import type { Database, Row } from './database.ts';
import { conditionsOf, type FilterColumns, type HistoryFilter, LIMIT_DEFAULT, newestSql } from './history-filter.ts';
import { requireSchema } from './migrations.ts';
import { TABLES, WHOLE_POSITION } from './tables.ts';

/** One order, however long ago it ended. */
export interface OrderHistory {
  readonly order: Row;
  /** Every state that it was in. */
  readonly changes: readonly Row[];
  readonly fills: readonly Row[];
}

/** How far a database goes. */
export interface HistoryExtent {
  readonly incarnation: number;
  /** Last entry written, and its time. */
  readonly index: number;
  readonly timeUs: number;
}

const TRADING: FilterColumns = { symbol: 'symbol', strategy: 'strategy_id', account: 'account' };

export class HistoryReader {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws DatabaseError: away, refused, or of another version */
  static async open(database: Database): Promise<HistoryReader> {
    await requireSchema(database);
    return new HistoryReader(database);
  }

  /** Orders that lived in the range: not ended before it, not begun after it. */
  orders(filter: HistoryFilter): Promise<Row[]> {
    const columns = { ...TRADING, since: 'changed_us', until: 'created_us' };
    return this.#newest('orders', filter, columns, ['created_us', 'created_index', 'root_cl_ord_id']);
  }

  fills(filter: HistoryFilter): Promise<Row[]> {
    const columns = { ...TRADING, since: 'time_us', until: 'time_us' };
    return this.#newest('fills', filter, columns, ['time_us', 'entry_index', 'event_n']);
  }

  /** Positions as they were at `untilUs`, by default now; of a strategy its own part. */
  async positions(filter: HistoryFilter): Promise<Row[]> {
    const wanted = { ...filter, strategy: filter.strategy ?? WHOLE_POSITION };
    const columns = { ...TRADING, since: 'changed_us' };
    const order = ['incarnation', 'account', 'symbol', 'strategy_id'];
    if (filter.untilUs === undefined) return this.#newest('positions', wanted, columns, order);
    const conditions = conditionsOf(wanted, { ...TRADING, since: 'time_us', until: 'time_us' });
    const sql = `SELECT change.*, change.entry_index AS changed_index, change.time_us AS changed_us
      FROM position_changes AS change
      JOIN (SELECT incarnation, account, symbol, strategy_id, max(entry_index) AS entry_index FROM position_changes
        WHERE ${conditions.where} GROUP BY incarnation, account, symbol, strategy_id) AS last
      ON change.incarnation = last.incarnation AND change.account = last.account AND change.symbol = last.symbol
        AND change.strategy_id = last.strategy_id AND change.entry_index = last.entry_index
      WHERE change.cluster = $1
      ORDER BY change.incarnation, change.account, change.symbol, change.strategy_id, change.event_n`;
    const rows = await this.#database.read(sql, conditions.values);
    // Several changes in one entry: the last one holds.
    const last = new Map(rows.map((row) => [order.map((column) => row[column]).join('\n'), row]));
    return [...last.values()].slice(-(filter.limit ?? LIMIT_DEFAULT)).map(asPosition);
  }

  takeovers(filter: HistoryFilter): Promise<Row[]> {
    const columns = { since: 'started_us', until: 'started_us' };
    return this.#newest('takeovers', filter, columns, ['started_us', 'incarnation', 'number']);
  }

  /** With holes in the history itself, as alerts of their own. */
  async alerts(filter: HistoryFilter): Promise<Row[]> {
    const columns = { since: 'time_us', until: 'time_us' };
    const alerts = await this.#newest('alerts', filter, columns, ['time_us', 'entry_index', 'event_n']);
    const gaps = await this.#newest('gaps', filter, columns, ['time_us', 'from_index']);
    const limit = filter.limit ?? LIMIT_DEFAULT;
    return [...alerts, ...gaps.map(asAlert)]
      .sort((a, b) => Number(a['time_us']) - Number(b['time_us']))
      .slice(Math.max(alerts.length + gaps.length - limit, 0));
  }

  recoveries(filter: HistoryFilter): Promise<Row[]> {
    return this.#newest('recoveries', filter, { since: 'started_us', until: 'started_us' }, ['started_us', 'id']);
  }

  drills(filter: HistoryFilter): Promise<Row[]> {
    return this.#newest('drills', filter, { since: 'started_us', until: 'started_us' }, ['started_us', 'id']);
  }

  acknowledgements(filter: HistoryFilter): Promise<Row[]> {
    return this.#newest('acknowledgements', filter, { since: 'time_us', until: 'time_us' }, ['time_us', 'id']);
  }

  /** An order by any ClOrdID of its chain, its client key, or the venue's OrderID; the newest where several fit. */
  async order(cluster: string, name: string): Promise<OrderHistory | undefined> {
    const [found] = await this.#database.read(
      `SELECT * FROM orders WHERE cluster = $1 AND (root_cl_ord_id = $2 OR client_key = $2 OR order_id = $2
        OR root_cl_ord_id IN (SELECT root_cl_ord_id FROM order_changes WHERE cluster = $1 AND cl_ord_id = $2))
        ORDER BY created_us DESC, created_index DESC LIMIT 1`,
      [cluster, name],
    );
    if (found === undefined) return undefined;
    const key = [cluster, found['incarnation'] ?? 0, found['root_cl_ord_id'] ?? ''];
    const of = (table: 'order_changes' | 'fills'): Promise<Row[]> =>
      this.#database.read(
        `SELECT * FROM ${table} WHERE cluster = $1 AND incarnation = $2 AND root_cl_ord_id = $3
          ORDER BY entry_index, event_n`,
        key,
      );
    return { order: found, changes: await of('order_changes'), fills: await of('fills') };
  }

  /** One line an incarnation, the newest last. */
  async extent(cluster: string): Promise<HistoryExtent[]> {
    const sql = 'SELECT * FROM cursors WHERE cluster = $1 ORDER BY incarnation';
    const rows = await this.#database.read(sql, [cluster]);
    return rows.map((row) => ({
      incarnation: Number(row['incarnation']),
      index: Number(row['entry_index']),
      timeUs: Number(row['time_us']),
    }));
  }

  /** Clusters that have something in this database. */
  async clusters(): Promise<string[]> {
    const rows = await this.#database.read('SELECT DISTINCT cluster FROM cursors ORDER BY cluster');
    return rows.map((row) => String(row['cluster']));
  }

  #newest(table: string, filter: HistoryFilter, columns: FilterColumns, order: readonly string[]): Promise<Row[]> {
    const conditions = conditionsOf(filter, columns);
    return this.#database.read(newestSql(table, conditions, order, filter.limit ?? LIMIT_DEFAULT), conditions.values);
  }
}

function asPosition(row: Row): Row {
  return Object.fromEntries(TABLES.positions.columns.map((column) => [column, row[column] ?? null]));
}

function asAlert(gap: Row): Row {
  const { cluster = null, incarnation = null, from_index = null, time_us = null, to_index, reason } = gap;
  const text = `entries ${from_index} to ${to_index} are not in this history: ${reason}`;
  return {
    cluster,
    incarnation,
    entry_index: from_index,
    event_n: 0,
    time_us,
    severity: 'critical',
    code: 'HISTORY_GAP',
    subject: 'history',
    text,
  };
}
