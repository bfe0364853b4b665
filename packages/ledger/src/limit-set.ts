/**
 * The limits of one scope, resolved: texts become scaled bigints an instrument, once, when the instrument is first asked
 * about. What is resolved is a cache and no state: it follows from the configuration. Digits beyond a scale are dropped,
 * not refused: "at most 1.55" of something counted in tenths is "at most 1.5".
 */
import { parseDecimal } from '@baton/fix';
import type { Limits } from './configuration.ts';
import type { Instrument } from './instrument.ts';
import { DECIMAL_LIMITS } from './limits-encoding.ts';

/** Limits of one instrument; an undefined one means none. */
export interface InstrumentLimits {
  /** At quantityScale. */
  readonly orderQuantityMax: bigint | undefined;
  readonly positionMax: bigint | undefined;
  /** At priceScale + quantityScale + multiplierScale: compared without rounding. */
  readonly orderNotionalMax: bigint | undefined;
  /** At currencyScale. */
  readonly usedCapitalMax: bigint | undefined;
  readonly dailyLossMax: bigint | undefined;
}

const RATE_WINDOW_MS_DEFAULT = 1000;
/** A collar is counted in millionths of the reference price. */
export const COLLAR_UNIT = 1_000_000n;

export class LimitSet {
  readonly limits: Limits;
  readonly rateWindowUs: number;
  readonly referenceMaxAgeUs: number | undefined;
  readonly duplicateWindowUs: number | undefined;
  /** In COLLAR_UNITs of the reference price. */
  readonly collar: bigint | undefined;
  /** Is there a limit that needs a price to judge a market order by? */
  readonly needsPrice: boolean;
  readonly #resolved = new Map<string, InstrumentLimits>();

  constructor(limits: Limits) {
    this.limits = limits;
    this.rateWindowUs = (limits.rateWindowMs ?? RATE_WINDOW_MS_DEFAULT) * 1000;
    this.referenceMaxAgeUs = limits.referenceMaxAgeMs === undefined ? undefined : limits.referenceMaxAgeMs * 1000;
    this.duplicateWindowUs = limits.duplicateWindowMs === undefined ? undefined : limits.duplicateWindowMs * 1000;
    // Percent at four places is millionths.
    this.collar = parseLimit(limits.priceCollarPercent ?? '', 4);
    this.needsPrice = isSet(limits.orderNotionalMax) || isSet(limits.usedCapitalMax) || this.collar !== undefined;
  }

  of(instrument: Instrument): InstrumentLimits {
    let resolved = this.#resolved.get(instrument.symbol);
    if (resolved === undefined) {
      const { currencyScale, multiplierScale, priceScale, quantityScale } = instrument;
      const { dailyLossMax, orderNotionalMax, orderQuantityMax, positionMax, usedCapitalMax } = this.limits;
      resolved = {
        orderQuantityMax: parseLimit(orderQuantityMax ?? '', quantityScale),
        positionMax: parseLimit(positionMax ?? '', quantityScale),
        orderNotionalMax: parseLimit(orderNotionalMax ?? '', priceScale + quantityScale + multiplierScale),
        usedCapitalMax: parseLimit(usedCapitalMax ?? '', currencyScale),
        dailyLossMax: parseLimit(dailyLossMax ?? '', currencyScale),
      };
      this.#resolved.set(instrument.symbol, resolved);
    }
    return resolved;
  }
}

/** More members than this in a window would make the state large; a limit so high limits nothing. */
const RATE_MAX = 10_000;
const WINDOW_MS_MAX = 86_400_000;

/** What is wrong with limits, as text for a person; none when they are acceptable. */
export function findLimitFaults(limits: Limits, where: string): string[] {
  const faults: string[] = [];
  for (const name of DECIMAL_LIMITS) {
    const text = limits[name] ?? '';
    if (text !== '' && parseLimit(text, 0) === undefined) {
      faults.push(`limit ${name} '${text}' ${where} is not a decimal of at least 0`);
    }
  }
  for (const name of ['orderRateMax', 'cancelRateMax'] as const) {
    const value = limits[name];
    if (value !== undefined && value > RATE_MAX) faults.push(`limit ${name} ${value} ${where} is above ${RATE_MAX}`);
  }
  for (const name of ['rateWindowMs', 'duplicateWindowMs', 'referenceMaxAgeMs'] as const) {
    const value = limits[name];
    if (value !== undefined && (value < 1 || value > WINDOW_MS_MAX)) {
      faults.push(`limit ${name} ${value} ${where} is not from 1 to ${WINDOW_MS_MAX}`);
    }
  }
  return faults;
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

function parseLimit(text: string, scale: number): bigint | undefined {
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  const [whole, fraction = ''] = text.split('.');
  return parseDecimal(`${whole}.${fraction.slice(0, scale)}0`, scale);
}
