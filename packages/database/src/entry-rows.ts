/**
 * What one applied entry leaves in the database: rows, derived from its events and the ledger just after it. Pure and the
 * same on every node, so it does not matter which of them writes.
 */
import {
  CommandKind,
  type DrillRecord,
  type FillView,
  type Ledger,
  type LedgerEvent,
  type OrderView,
  type PositionView,
  type TakeoverRecord,
} from '@baton/ledger';
import { alertOf } from './alert.ts';
import type { Row } from './database.ts';
import { type TableName, WHOLE_POSITION } from './tables.ts';

/** Which life of which cluster the entries belong to. */
export interface Life {
  readonly cluster: string;
  readonly incarnation: number;
}

/** What of the ledger is looked at. */
export type LedgerFacts = Pick<Ledger, 'configuration' | 'operations' | 'order' | 'takeovers'>;

/** An entry that was applied, with what it made happen. */
export interface AppliedEntry {
  readonly index: number;
  readonly timeUs: number;
  /** As in the log; empty for entries that are no command. */
  readonly command: Uint8Array;
  readonly events: readonly LedgerEvent[];
}

/** A row to be put in; of tables that hold the present, the last one of a key counts. */
export interface PutRow {
  readonly table: TableName;
  readonly row: Row;
}

/** A fill that the venue took back. */
export interface Bust {
  readonly venue: string;
  readonly execId: string;
  readonly index: number;
  readonly n: number;
  readonly reason: string;
}

export interface EntryRows {
  readonly rows: readonly PutRow[];
  readonly busts: readonly Bust[];
}

/** Tables that hold the present: their rows are replaced. The others only grow. */
export const REPLACED: ReadonlySet<TableName> = new Set(['orders', 'positions', 'recoveries', 'takeovers']);

const KIND_AT = 1;

const TAKEOVER_EVENTS: ReadonlySet<LedgerEvent['type']> = new Set([
  'TakeoverPhaseReached',
  'OutboundProven',
  'DoubtResolved',
  'SessionRecovered',
  'GateOpened',
]);

export function rowsOfEntry(
  life: Life,
  { command, events, index, timeUs }: AppliedEntry,
  ledger: LedgerFacts,
): EntryRows {
  const rows: PutRow[] = [];
  const busts: Bust[] = [];
  let recoveries = false;
  // A command is an array that begins with its kind. This one changes a takeover's record, and makes no event.
  let takeovers = command[KIND_AT] === CommandKind.TakeoverTimed;
  for (const event of events) {
    takeovers ||= TAKEOVER_EVENTS.has(event.type);
    const identity = { ...life, entry_index: index, event_n: event.n };
    if (event.type === 'OrderChanged') rows.push(...orderRows(life, identity, event.order, ledger, timeUs));
    else if (event.type === 'FillApplied') {
      const rootClOrdId = ledger.order(event.clOrdId)?.rootClOrdId ?? event.clOrdId;
      const fill = { ...event, rootClOrdId, busted: false, timeUs };
      rows.push({ table: 'fills', row: fillRow(identity, fill, ledger) });
    } else if (event.type === 'FillBusted') {
      busts.push({ venue: event.venue, execId: event.execId, index, n: event.n, reason: event.reason });
    } else if (event.type === 'PositionChanged') {
      rows.push(...positionRows(life, identity, event.position, WHOLE_POSITION, timeUs));
      rows.push(...positionRows(life, identity, event.strategyPosition, event.strategyPosition.strategyId, timeUs));
    } else if (event.type === 'RecoveryChanged') recoveries = true;
    else if (event.type === 'DrillEnded') rows.push({ table: 'drills', row: drillRow(life.cluster, event.drill) });
    const alert = alertOf(event);
    if (alert !== null) rows.push({ table: 'alerts', row: { ...identity, time_us: timeUs, ...alert } });
  }
  if (takeovers) {
    for (const record of ledger.takeovers()) {
      if (isTouched(record, index)) rows.push({ table: 'takeovers', row: takeoverRow(life, record) });
    }
  }
  if (recoveries) rows.push(...recoveryRows(life, ledger));
  return { rows, busts };
}

export function orderRows(life: Life, identity: Row, order: OrderView, ledger: LedgerFacts, timeUs: number): PutRow[] {
  const facts = {
    root_cl_ord_id: order.rootClOrdId,
    cl_ord_id: order.clOrdId,
    order_id: order.orderId,
    client_key: order.clientKey,
    strategy_id: order.strategyId,
    venue: order.venue,
    account: accountAt(ledger, order.venue),
    symbol: order.symbol,
    side: order.side,
    order_type: order.orderType,
    time_in_force: order.timeInForce,
    quantity: order.quantity,
    price: order.price === '' ? null : order.price,
    cum_quantity: order.cumQuantity,
    leaves_quantity: order.leavesQuantity,
    state: order.state,
    reason: order.reason,
    external: order.external ? 1 : 0,
  };
  const created = { created_index: order.createdIndex, created_us: order.createdTimeUs };
  const changed = { changed_index: identity['entry_index'] as number, changed_us: timeUs };
  return [
    { table: 'order_changes', row: { ...identity, time_us: timeUs, ...facts } },
    { table: 'orders', row: { ...life, ...facts, ...created, ...changed } },
  ];
}

/** One that was just applied, or one that is remembered. */
export function fillRow(identity: Row, fill: Omit<FillView, 'index'>, ledger: LedgerFacts): Row {
  return {
    ...identity,
    time_us: fill.timeUs,
    venue: fill.venue,
    exec_id: fill.execId,
    cl_ord_id: fill.clOrdId,
    root_cl_ord_id: fill.rootClOrdId,
    strategy_id: fill.strategyId,
    account: accountAt(ledger, fill.venue),
    symbol: fill.symbol,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    busted: fill.busted ? 1 : 0,
    bust_index: null,
    bust_reason: '',
  };
}

function positionRows(life: Life, identity: Row, of: PositionView, strategyId: string, timeUs: number): PutRow[] {
  const row = { ...identity, time_us: timeUs, ...positionFacts(of, strategyId) };
  return [
    { table: 'position_changes', row },
    { table: 'positions', row: positionRow(life, identity, of, strategyId, timeUs) },
  ];
}

export function positionRow(life: Life, identity: Row, of: PositionView, strategyId: string, timeUs: number): Row {
  const changed = { changed_index: identity['entry_index'] as number, changed_us: timeUs };
  return { ...life, ...positionFacts(of, strategyId), ...changed };
}

function positionFacts(of: PositionView, strategyId: string): Row {
  return {
    account: of.account,
    symbol: of.symbol,
    strategy_id: strategyId,
    net_quantity: of.netQuantity,
    bought_quantity: of.boughtQuantity,
    sold_quantity: of.soldQuantity,
    cost_notional: of.costNotional,
  };
}

/** An old record that this entry has nothing to do with is in the database already. */
function isTouched(record: TakeoverRecord, index: number): boolean {
  if (record.timings.length === 0 || record.startedIndex >= index) return true;
  return record.venues.some(
    ({ orders, phases }) =>
      phases.some((phase) => phase.index >= index) ||
      orders.some((order) => order.index >= index || order.outcome === 'InDoubt') ||
      !phases.some(({ phase }) => phase === 'GateOpen'),
  );
}

export function takeoverRow(life: Life, record: TakeoverRecord): Row {
  const opened = record.venues.map(({ phases }) => phases.find(({ phase }) => phase === 'GateOpen')?.timeUs);
  const isOpen = opened.length > 0 && opened.every((timeUs) => timeUs !== undefined);
  return {
    ...life,
    number: record.n,
    kind: record.kind,
    term: record.term,
    node: record.node,
    cause: record.cause,
    started_index: record.startedIndex,
    started_us: record.startedUs,
    gate_open_us: isOpen ? Math.max(...(opened as number[])) : null,
    document: JSON.stringify(record),
  };
}

const OUTCOME_OF = { PENDING: 'running', COMPLETE: 'complete', FAILED: 'failed' } as const;

/** The run as it stands; a colder door begins a new one, and the one before stays as it was told last. */
export function recoveryRows(life: Life, ledger: LedgerFacts): PutRow[] {
  const run = ledger.operations().recovery;
  if (run === null) return [];
  const row: Row = {
    cluster: life.cluster,
    id: `${life.incarnation}-${run.n}`,
    incarnation: life.incarnation,
    kind: run.door,
    started_us: run.startedUs,
    ended_us: run.endedUs === 0 ? null : run.endedUs,
    outcome: OUTCOME_OF[run.status],
    by_whom: `node ${run.node}`,
    document: JSON.stringify(run),
  };
  return [{ table: 'recoveries', row }];
}

/** As the log tells it, and as a command writes one that the log could not be told of. */
export function drillRow(cluster: string, drill: DrillRecord): Row {
  return {
    cluster,
    id: drill.id,
    kind: drill.kind,
    method: drill.method,
    started_us: drill.startedUs,
    took_us: drill.tookUs,
    objective_us: drill.objectiveUs,
    limit_us: drill.limitUs,
    outcome: drill.outcome,
    by_whom: drill.by,
    document: drill.document,
  };
}

function accountAt(ledger: LedgerFacts, venue: string): string {
  return ledger.configuration()?.venues.find((configured) => configured.venue === venue)?.account ?? '';
}
