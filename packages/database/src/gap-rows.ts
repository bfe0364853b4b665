/**
 * What is written instead of entries that nobody can tell any more (the log before a checkpoint is gone, and the database
 * was away for longer than it was kept): the ledger's present, the fills and takeovers that it still remembers, and a note
 * of the hole. States that orders were in meanwhile are lost, and the note says so.
 */
import type { Ledger } from '@baton/ledger';
import {
  drillRow,
  fillRow,
  type LedgerFacts,
  type Life,
  orderRows,
  type PutRow,
  positionRow,
  recoveryRows,
  takeoverRow,
} from './entry-rows.ts';
import { WHOLE_POSITION } from './tables.ts';

export interface HistoryGap {
  /** Last entry that is missing. */
  readonly toIndex: number;
  /** Its time. */
  readonly timeUs: number;
  readonly reason: string;
}

export type RememberedFacts = LedgerFacts & Pick<Ledger, 'drills' | 'fills' | 'orders' | 'positions'>;

/** Beyond the numbers of events that an entry really has: these rows stand for some of them. */
const REMEMBERED_N = 1_000_000;

export function rowsOfGap(
  life: Life,
  { fromIndex, reason, timeUs, toIndex }: HistoryGap & { readonly fromIndex: number },
  ledger: RememberedFacts,
): PutRow[] {
  const note = { ...life, from_index: fromIndex, to_index: toIndex, time_us: timeUs, reason };
  const at = { ...life, entry_index: toIndex, event_n: 0 };
  const rows: PutRow[] = [{ table: 'gaps', row: note }];
  let n = REMEMBERED_N;
  for (const order of ledger.orders()) {
    rows.push(...orderRows(life, { ...at, event_n: n++ }, order, ledger, timeUs));
  }
  for (const fill of ledger.fills({ after: fromIndex - 1 })) {
    if (fill.index > toIndex) continue;
    const identity = { ...life, entry_index: fill.index, event_n: n++ };
    rows.push({ table: 'fills', row: fillRow(identity, fill, ledger) });
  }
  for (const position of ledger.positions()) {
    rows.push({ table: 'positions', row: positionRow(life, at, position, WHOLE_POSITION, timeUs) });
  }
  for (const record of ledger.takeovers()) rows.push({ table: 'takeovers', row: takeoverRow(life, record) });
  rows.push(...recoveryRows(life, ledger));
  for (const drill of ledger.drills().records) rows.push({ table: 'drills', row: drillRow(life.cluster, drill) });
  return rows;
}
