/** Rows of the history as tables and lines for people; times are UTC. */
import type { OrderHistory, Row, SqlValue } from '@baton/database';
import Table from 'cli-table3';

export interface HistoryColumn {
  readonly head: string;
  readonly of: (row: Row) => string;
}

const text = (value: SqlValue | undefined): string => (value === null || value === undefined ? '' : String(value));
const column = (head: string, name: string = head): HistoryColumn => ({ head, of: (row) => text(row[name]) });
const time = (name: string, head = 'time'): HistoryColumn => ({ head, of: (row) => timeText(row[name]) });
const millis = (name: string, head: string): HistoryColumn => ({ head, of: (row) => millisText(row[name]) });

export const HISTORY_COLUMNS: Readonly<Record<string, readonly HistoryColumn[]>> = {
  orders: [
    time('created_us'),
    column('order', 'root_cl_ord_id'),
    column('strategy', 'strategy_id'),
    column('venue'),
    column('symbol'),
    column('side'),
    column('quantity'),
    { head: 'price', of: (row) => text(row['price']) || 'market' },
    column('filled', 'cum_quantity'),
    column('state'),
    column('reason'),
  ],
  fills: [
    time('time_us'),
    column('exec', 'exec_id'),
    column('order', 'root_cl_ord_id'),
    column('strategy', 'strategy_id'),
    column('venue'),
    column('symbol'),
    column('side'),
    column('quantity'),
    column('price'),
    { head: '', of: (row) => (row['busted'] === 1 ? 'taken back' : '') },
  ],
  positions: [
    time('changed_us', 'changed'),
    column('account'),
    column('symbol'),
    { head: 'strategy', of: (row) => (row['strategy_id'] === '*' ? 'all' : text(row['strategy_id'])) },
    column('net', 'net_quantity'),
    column('bought', 'bought_quantity'),
    column('sold', 'sold_quantity'),
    column('cost', 'cost_notional'),
  ],
  takeovers: [
    time('started_us'),
    column('n', 'number'),
    column('kind'),
    column('term'),
    column('node'),
    { head: 'ms to gate', of: (row) => sinceText(row['started_us'], row['gate_open_us']) },
    column('cause'),
  ],
  alerts: [time('time_us'), column('severity'), column('code'), column('subject'), column('text')],
  recoveries: [
    time('started_us'),
    column('run', 'id'),
    column('kind'),
    column('outcome'),
    { head: 'ms', of: (row) => sinceText(row['started_us'], row['ended_us']) },
    column('by', 'by_whom'),
  ],
  drills: [
    time('started_us'),
    column('kind'),
    column('method'),
    column('outcome'),
    millis('took_us', 'ms'),
    millis('objective_us', 'objective'),
    millis('limit_us', 'limit'),
    column('by', 'by_whom'),
  ],
};

export function historyTable(columns: readonly HistoryColumn[] | undefined, rows: readonly Row[]): string {
  if (rows.length === 0) return 'nothing in this range';
  const used = columns ?? [];
  const table = new Table({ head: used.map(({ head }) => head), style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push(used.map(({ of }) => printable(of(row))));
  return table.toString();
}

export function orderLines({ changes, fills, order }: OrderHistory): string[] {
  const price = text(order['price']) === '' ? 'at market' : `at ${text(order['price'])}`;
  const named = (name: string): string => text(order[name]);
  return [
    `order ${named('root_cl_ord_id')}: ${named('side')} ${named('quantity')} ${named('symbol')} ${price} at ${named('venue')}, ${named('state')}`,
    `  of ${named('strategy_id')}, client key ${named('client_key')}, OrderID ${named('order_id') || 'none'}, incarnation ${named('incarnation')}`,
    ...changes.map(
      (change) =>
        `${timeText(change['time_us'])}  entry ${text(change['entry_index'])}  ${text(change['state'])}, filled ${text(change['cum_quantity'])}${because(change['reason'])}`,
    ),
    ...fills.map(
      (fill) =>
        `${timeText(fill['time_us'])}  entry ${text(fill['entry_index'])}  fill ${text(fill['exec_id'])}: ${text(fill['quantity'])} at ${text(fill['price'])}${fill['busted'] === 1 ? ', taken back' : ''}`,
    ),
  ].map(printable);
}

function because(reason: SqlValue | undefined): string {
  return text(reason) === '' ? '' : ` (${text(reason)})`;
}

/** `2026-11-23 10:30:00.123456`. */
export function timeText(timeUs: SqlValue | undefined): string {
  if (typeof timeUs !== 'number') return '';
  const second = new Date(Math.floor(timeUs / 1_000_000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${second}.${String(timeUs % 1_000_000).padStart(6, '0')}`;
}

function millisText(us: SqlValue | undefined): string {
  return typeof us === 'number' ? String(us / 1000) : '';
}

function sinceText(fromUs: SqlValue | undefined, toUs: SqlValue | undefined): string {
  return typeof fromUs === 'number' && typeof toUs === 'number' ? ((toUs - fromUs) / 1000).toFixed(1) : '';
}

/** What a venue wrote must not be able to steer a terminal. */
function printable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must go
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '.');
}
