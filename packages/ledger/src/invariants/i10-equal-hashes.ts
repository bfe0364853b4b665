/**
 * I10: equal state hash at equal index: on another ledger that applied the same log, and on one restored from a snapshot,
 * whose snapshot is also equal byte for byte.
 */
import type { LedgerEntry } from '../entry.ts';
import { Ledger } from '../ledger.ts';
import type { Horizons } from '../ledger-state.ts';
import type { Violation } from './violation.ts';

export function hashesAreEqual(ledger: Ledger, log: readonly LedgerEntry[], horizons?: Horizons): Violation[] {
  const violations: Violation[] = [];
  const again = new Ledger(horizons);
  for (const entry of log) again.apply(entry);
  const bytes = ledger.snapshot();
  const restored = Ledger.restore(bytes);
  for (const [name, other] of [
    ['the log applied again', again],
    ['the restored snapshot', restored],
  ] as const) {
    if (other.hash() !== ledger.hash()) {
      violations.push({ invariant: 'I10', text: `${name} has hash ${other.hash()}, expected ${ledger.hash()}` });
    }
    if (Buffer.compare(other.snapshot(), bytes) !== 0) {
      violations.push({ invariant: 'I10', text: `${name} gives another snapshot` });
    }
  }
  return violations;
}
