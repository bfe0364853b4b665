/**
 * Headroom: how much more a strategy may buy and sell of a symbol before a limit of any scope, from the figures that risk is
 * decided by. Read only, also for a strategy or a symbol that nothing has happened to yet. Decimal text, '' where nothing
 * limits. What depends on a price (collar, loss) is no quantity and not in here.
 */
import { formatDecimal } from '@baton/fix';
import type { Instrument } from './instrument.ts';
import type { LedgerState } from './ledger-state.ts';
import { flatPosition, type Position, worstCase } from './position.ts';
import { ramped, rampPercent } from './ramp.ts';
import type { RiskScope } from './risk-scope.ts';

export interface HeadroomView {
  readonly strategyId: string;
  readonly symbol: string;
  readonly netQuantity: string;
  /** With everything open on one side filled. */
  readonly worstLong: string;
  readonly worstShort: string;
  /** How much more may be bought or sold before a position limit of any scope; '' when none limits. */
  readonly buyQuantity: string;
  readonly sellQuantity: string;
  /** Largest order now; '' when none limits. */
  readonly orderQuantity: string;
  /** Amount of `currency` before a capital limit; '' when none limits. */
  readonly capital: string;
  readonly currency: string;
}

/** Of an instrument that is configured. */
export function headroomView(state: LedgerState, instrument: Instrument, strategyId: string): HeadroomView {
  const percent = rampPercent(state.risk.ramp, state.entry.timeUs);
  const { currency, currencyScale, quantityScale, symbol } = instrument;
  const position = state.positions.find(symbol);
  const own = position?.byStrategy.get(strategyId) ?? flatPosition();
  const total = position?.total ?? flatPosition();
  const pairs = accountScopes(state, instrument).map((scope): readonly [RiskScope, Position] => [scope, total]);
  const ownScope = state.risk.strategies.get(strategyId);
  if (ownScope !== undefined) pairs.push([ownScope, own]);
  const least = (left: (scope: RiskScope, held: Position) => bigint | undefined, scale: number): string => {
    let smallest: bigint | undefined;
    for (const [scope, held] of pairs) {
      const value = left(scope, held);
      if (value !== undefined && (smallest === undefined || value < smallest)) smallest = value;
    }
    return smallest === undefined ? '' : formatDecimal(smallest < 0n ? 0n : smallest, scale);
  };
  const room = (side: 'buy' | 'sell') => (scope: RiskScope, held: Position) => {
    const { positionMax } = scope.limits.of(instrument);
    return positionMax === undefined ? undefined : ramped(positionMax, percent) - worstCase(held, side, 0n);
  };
  const orderQuantity = (scope: RiskScope): bigint | undefined => {
    const { orderQuantityMax } = scope.limits.of(instrument);
    return orderQuantityMax === undefined ? undefined : ramped(orderQuantityMax, percent);
  };
  const capital = (scope: RiskScope): bigint | undefined => {
    const { usedCapitalMax } = scope.limits.of(instrument);
    if (usedCapitalMax === undefined) return undefined;
    const used = scope.capitalOf(currency);
    return ramped(usedCapitalMax, percent) - (used === undefined ? 0n : used.pending + used.margin);
  };
  return {
    strategyId,
    symbol,
    netQuantity: formatDecimal(own.net, quantityScale),
    worstLong: formatDecimal(own.net + own.reservedBuy, quantityScale),
    worstShort: formatDecimal(own.net - own.reservedSell, quantityScale),
    buyQuantity: least(room('buy'), quantityScale),
    sellQuantity: least(room('sell'), quantityScale),
    orderQuantity: least(orderQuantity, quantityScale),
    capital: least(capital, currencyScale),
    currency,
  };
}

function accountScopes({ risk }: LedgerState, { symbol, venue }: Instrument): RiskScope[] {
  return [risk.whole, risk.venues.get(venue), risk.symbols.get(symbol)].filter((scope) => scope !== undefined);
}
