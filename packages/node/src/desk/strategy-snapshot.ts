/**
 * What a strategy is told of the ledger: all of it when it connects, and with each entry what became of its headroom. The
 * same entry gives the same answer on every node.
 */
import type { HeadroomView, Ledger, LedgerEvent } from '@baton/ledger';
import type { RunnerSnapshot } from '@baton/strategy/runner';
import type { Backlog } from './backlog.ts';

/** Events after which limits leave more or less room than before, whatever their symbol. */
const ALL_SYMBOLS: ReadonlySet<LedgerEvent['type']> = new Set(['LimitsChanged', 'RampChanged', 'ConfigurationSet']);

export function strategySnapshot(
  ledger: Ledger,
  backlog: Pick<Backlog, 'of'>,
  strategyId: string,
): Omit<RunnerSnapshot, 'type'> {
  const { index, timeUs } = ledger.status();
  const { instruments = [], venues = [] } = ledger.configuration() ?? {};
  return {
    index,
    timeUs,
    orders: ledger.orders({ open: true, strategyId }),
    positions: ledger.positions(),
    strategyPositions: ledger.strategyPositions(strategyId),
    venues: venues.map(({ venue }) => {
      const { open, phase } = ledger.gate(venue);
      return { venue, isOpen: open, reason: open ? '' : phase };
    }),
    headroom: headroomOf(
      ledger,
      [strategyId],
      instruments.map(({ symbol }) => symbol),
    ),
    checkpoint: ledger.strategyState(strategyId),
    backlog: backlog.of(strategyId),
  };
}

/** The headroom that the events of one entry have changed; none for most. */
export function headroomAfter(
  ledger: Ledger,
  events: readonly LedgerEvent[],
  strategyIds: readonly string[],
): HeadroomView[] {
  const symbols = new Set<string>();
  for (const event of events) {
    if (event.type === 'OrderChanged') symbols.add(event.order.symbol);
    else if (event.type === 'PositionChanged') symbols.add(event.position.symbol);
    else if (ALL_SYMBOLS.has(event.type)) {
      for (const { symbol } of ledger.configuration()?.instruments ?? []) symbols.add(symbol);
    }
  }
  return symbols.size === 0 ? [] : headroomOf(ledger, strategyIds, [...symbols]);
}

function headroomOf(ledger: Ledger, strategyIds: readonly string[], symbols: readonly string[]): HeadroomView[] {
  const views = strategyIds.flatMap((strategyId) => symbols.map((symbol) => ledger.headroom(strategyId, symbol)));
  return views.filter((view) => view !== undefined);
}
