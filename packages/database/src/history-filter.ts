/** What of the history is asked for, as conditions of SQL. Times are µs since 1970; both ends belong to the range. */
import type { SqlValue } from './database.ts';

export interface HistoryFilter {
  readonly cluster: string;
  readonly sinceUs?: number;
  readonly untilUs?: number;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly account?: string;
  /** At most so many, the newest ones. */
  readonly limit?: number;
}

/** The columns by which a table can be asked; left out where it has none. */
export interface FilterColumns {
  readonly since?: string;
  readonly until?: string;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly account?: string;
}

export interface Conditions {
  readonly where: string;
  readonly values: readonly SqlValue[];
}

export const LIMIT_DEFAULT = 100;

export function conditionsOf(filter: HistoryFilter, columns: FilterColumns): Conditions {
  const values: SqlValue[] = [filter.cluster];
  const parts = ['cluster = $1'];
  const add = (column: string | undefined, relation: string, value: SqlValue | undefined): void => {
    if (column === undefined || value === undefined) return;
    values.push(value);
    parts.push(`${column} ${relation} $${values.length}`);
  };
  add(columns.since, '>=', filter.sinceUs);
  add(columns.until, '<=', filter.untilUs);
  add(columns.symbol, '=', filter.symbol);
  add(columns.strategy, '=', filter.strategy);
  add(columns.account, '=', filter.account);
  return { where: parts.join(' AND '), values };
}

/** The newest `limit` rows, told oldest first. */
export function newestSql(table: string, { where }: Conditions, order: readonly string[], limit: number): string {
  const by = (direction: string): string => order.map((column) => `${column} ${direction}`).join(', ');
  return `SELECT * FROM (SELECT * FROM ${table} WHERE ${where} ORDER BY ${by('DESC')} LIMIT ${Math.trunc(limit)}) AS found
    ORDER BY ${by('ASC')}`;
}
