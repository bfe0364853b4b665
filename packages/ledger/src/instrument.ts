/**
 * One instrument with what orders of it need: its scales, the venue's steps and bounds, and what its notional is worth in
 * its currency. Facts come as decimal text and must fit the scales exactly: nothing is rounded on the way in.
 */
import { parseDecimal } from '@baton/fix';
import { CURRENCY_SCALE_DEFAULT, type CurrencyConfiguration, type InstrumentConfiguration } from './configuration.ts';
import { divideHalfEven } from './rounding.ts';

/** More places than any venue quotes; keeps a notional (both scales) within exact powers of ten. */
export const SCALE_MAX = 18;

export interface Instrument {
  readonly symbol: string;
  readonly venue: string;
  readonly account: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  /** At priceScale and quantityScale; 1n when every unit of the scale will do. */
  readonly tick: bigint;
  readonly lot: bigint;
  readonly quantityMin: bigint | undefined;
  readonly quantityMax: bigint | undefined;
  /** At multiplierScale. */
  readonly multiplier: bigint;
  readonly multiplierScale: number;
  readonly currency: string;
  readonly currencyScale: number;
  /** What a notional (price × quantity × multiplier) is divided or multiplied by to be an amount at currencyScale. */
  readonly amountDivisor: bigint;
  readonly amountFactor: bigint;
  readonly tradable: boolean;
}

export function instrumentFrom(
  one: InstrumentConfiguration,
  account: string,
  currencies: readonly CurrencyConfiguration[],
  faults: string[],
): Instrument {
  const { priceScale, quantityScale, symbol, venue } = one;
  const positive = (
    name: 'tickSize' | 'lotSize' | 'quantityMin' | 'quantityMax',
    scale: number,
  ): bigint | undefined => {
    const text = one[name] ?? '';
    if (text === '') return undefined;
    const value = parseDecimal(text, scale);
    if (value !== undefined && value > 0n) return value;
    faults.push(`${name} '${text}' of '${symbol}' is not a positive decimal of at most ${scale} places`);
    return undefined;
  };
  const text = one.multiplier ?? '1';
  const multiplierScale = text.split('.')[1]?.length ?? 0;
  const multiplier = multiplierScale > SCALE_MAX ? undefined : parseDecimal(text, multiplierScale);
  if (multiplier === undefined || multiplier <= 0n) {
    faults.push(`multiplier '${text}' of '${symbol}' is not a positive decimal of at most ${SCALE_MAX} places`);
  }
  const currency = one.currency ?? '';
  const currencyScale = currencies.find((each) => each.currency === currency)?.scale ?? CURRENCY_SCALE_DEFAULT;
  const surplus = priceScale + quantityScale + multiplierScale - currencyScale;
  const quantityMin = positive('quantityMin', quantityScale);
  const quantityMax = positive('quantityMax', quantityScale);
  if (quantityMin !== undefined && quantityMax !== undefined && quantityMin > quantityMax) {
    faults.push(`quantityMin of '${symbol}' is above its quantityMax`);
  }
  return {
    symbol,
    venue,
    account,
    priceScale,
    quantityScale,
    tick: positive('tickSize', priceScale) ?? 1n,
    lot: positive('lotSize', quantityScale) ?? 1n,
    quantityMin,
    quantityMax,
    multiplier: multiplier ?? 1n,
    multiplierScale,
    currency,
    currencyScale,
    amountDivisor: surplus > 0 ? 10n ** BigInt(surplus) : 1n,
    amountFactor: surplus < 0 ? 10n ** BigInt(-surplus) : 1n,
    tradable: one.tradable ?? true,
  };
}

/** price × quantity (at priceScale + quantityScale) as an amount of the instrument's currency, half-even. */
export function amountOf(instrument: Instrument, notional: bigint): bigint {
  if (notional === 0n) return 0n;
  const { amountDivisor, amountFactor, multiplier } = instrument;
  const worth = multiplier === 1n ? notional : notional * multiplier;
  return amountDivisor === 1n ? worth * amountFactor : divideHalfEven(worth, amountDivisor);
}
