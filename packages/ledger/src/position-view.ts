/**
 * Positions as people and strategies see them: decimal text. Average price and unrealised profit are derived here, and
 * nowhere kept.
 */
import { formatDecimal } from '@baton/fix';
import type { PositionView, StrategyPositionView } from './event.ts';
import { amountOf, type Instrument } from './instrument.ts';
import { averagePriceOf, flatPosition, type Position, realisedOf } from './position.ts';
import type { InstrumentPosition } from './positions.ts';
import type { ReferencePrice } from './risk-state.ts';

/** A position with what it earned; amounts are in `currency`. */
export interface PositionDetail extends PositionView {
  readonly currency: string;
  /** Of the open position, at priceScale (half-even); '' when flat. */
  readonly averagePrice: string;
  readonly realizedPnl: string;
  /** At the reference price; '' when the log has none. */
  readonly unrealizedPnl: string;
}

export interface StrategyPositionDetail extends PositionDetail, StrategyPositionView {}

export function positionView(position: InstrumentPosition, instrument: Instrument): PositionView {
  return figures(position, instrument, position.total);
}

export function strategyPositionView(
  position: InstrumentPosition,
  instrument: Instrument,
  strategyId: string,
): StrategyPositionView {
  const own = position.byStrategy.get(strategyId) ?? flatPosition();
  return { ...figures(position, instrument, own), strategyId };
}

export function positionDetail(
  position: InstrumentPosition,
  instrument: Instrument,
  reference: ReferencePrice | undefined,
): PositionDetail {
  return detail(position, instrument, position.total, reference);
}

export function strategyPositionDetail(
  position: InstrumentPosition,
  instrument: Instrument,
  reference: ReferencePrice | undefined,
  strategyId: string,
): StrategyPositionDetail {
  const own = position.byStrategy.get(strategyId) ?? flatPosition();
  return { ...detail(position, instrument, own, reference), strategyId };
}

function detail(
  of: InstrumentPosition,
  instrument: Instrument,
  position: Position,
  reference: ReferencePrice | undefined,
): PositionDetail {
  const { currency, currencyScale, priceScale } = instrument;
  const average = averagePriceOf(position);
  const open = position.net === 0n ? 0n : position.net * (reference?.price ?? 0n) - position.openCost;
  const isMarked = position.net === 0n || reference !== undefined;
  return {
    ...figures(of, instrument, position),
    currency,
    averagePrice: average === undefined ? '' : formatDecimal(average, priceScale),
    realizedPnl: formatDecimal(amountOf(instrument, realisedOf(position)), currencyScale),
    unrealizedPnl: isMarked ? formatDecimal(amountOf(instrument, open), currencyScale) : '',
  };
}

function figures(of: InstrumentPosition, instrument: Instrument, position: Position): PositionView {
  const { priceScale, quantityScale } = instrument;
  return {
    account: of.account,
    symbol: of.symbol,
    netQuantity: formatDecimal(position.net, quantityScale),
    boughtQuantity: formatDecimal(position.bought, quantityScale),
    soldQuantity: formatDecimal(position.sold, quantityScale),
    costNotional: formatDecimal(position.cost, priceScale + quantityScale),
  };
}
