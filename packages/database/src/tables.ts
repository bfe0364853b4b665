/**
 * The tables' columns and keys, as rows are put in. Their types are in `migrations.ts`. Every row of the log carries the
 * cluster, its incarnation, and the entry (and event in it) that made it: that is its identity.
 */
export interface Table {
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

const LIFE = ['cluster', 'incarnation'] as const;
const EVENT = [...LIFE, 'entry_index', 'event_n'] as const;
const ORDER_FACTS = [
  'root_cl_ord_id',
  'cl_ord_id',
  'order_id',
  'client_key',
  'strategy_id',
  'venue',
  'account',
  'symbol',
  'side',
  'order_type',
  'time_in_force',
  'quantity',
  'price',
  'cum_quantity',
  'leaves_quantity',
  'state',
  'reason',
  'external',
] as const;
const POSITION_FACTS = [
  'account',
  'symbol',
  'strategy_id',
  'net_quantity',
  'bought_quantity',
  'sold_quantity',
  'cost_notional',
] as const;

export const TABLES = {
  cursors: { key: LIFE, columns: [...LIFE, 'entry_index', 'time_us'] },
  gaps: {
    key: [...LIFE, 'from_index'],
    columns: [...LIFE, 'from_index', 'to_index', 'time_us', 'reason'],
  },
  /** Each order as it is now. */
  orders: {
    key: [...LIFE, 'root_cl_ord_id'],
    columns: [...LIFE, ...ORDER_FACTS, 'created_index', 'created_us', 'changed_index', 'changed_us'],
  },
  /** Each state that an order was in. */
  order_changes: { key: EVENT, columns: [...EVENT, 'time_us', ...ORDER_FACTS] },
  fills: {
    key: EVENT,
    columns: [
      ...EVENT,
      'time_us',
      'venue',
      'exec_id',
      'cl_ord_id',
      'root_cl_ord_id',
      'strategy_id',
      'account',
      'symbol',
      'side',
      'quantity',
      'price',
      'busted',
      'bust_index',
      'bust_reason',
    ],
  },
  /** Each position as it is now: the whole (strategy `*`) and each strategy's part. */
  positions: {
    key: [...LIFE, 'account', 'symbol', 'strategy_id'],
    columns: [...LIFE, ...POSITION_FACTS, 'changed_index', 'changed_us'],
  },
  position_changes: { key: [...EVENT, 'strategy_id'], columns: [...EVENT, 'time_us', ...POSITION_FACTS] },
  takeovers: {
    key: [...LIFE, 'number'],
    columns: [
      ...LIFE,
      'number',
      'kind',
      'term',
      'node',
      'cause',
      'started_index',
      'started_us',
      'gate_open_us',
      'document',
    ],
  },
  alerts: { key: EVENT, columns: [...EVENT, 'time_us', 'severity', 'code', 'subject', 'text'] },
  checkpoints: {
    key: [...LIFE, 'entry_index'],
    columns: [
      ...LIFE,
      'entry_index',
      'time_us',
      'node',
      'format',
      'state_hash',
      'sha256',
      'size_bytes',
      'saved_us',
      'body',
    ],
  },
  recoveries: {
    key: ['cluster', 'id'],
    columns: ['cluster', 'id', 'incarnation', 'kind', 'started_us', 'ended_us', 'outcome', 'by_whom', 'document'],
  },
  drills: {
    key: ['cluster', 'id'],
    columns: [
      'cluster',
      'id',
      'kind',
      'method',
      'started_us',
      'took_us',
      'objective_us',
      'limit_us',
      'outcome',
      'by_whom',
      'document',
    ],
  },
  acknowledgements: {
    key: ['cluster', 'id'],
    columns: ['cluster', 'id', 'checklist', 'phase', 'item', 'by_whom', 'note', 'time_us'],
  },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;

/** In `positions`: everything of an account and symbol, whoever traded it. */
export const WHOLE_POSITION = '*';
