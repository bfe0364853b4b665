/**
 * The bytes of limits, in a configuration, a command and a snapshot: one array, its fields in a fixed order. Absent stays
 * absent, because a configuration is compared with the file it came from.
 */
import type { LimitConfiguration, Limits } from './configuration.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

const DECIMAL_SIZE_BYTES_MAX = 48;

const FIELDS = [
  ['orderQuantityMax', 'decimal'],
  ['orderNotionalMax', 'decimal'],
  ['positionMax', 'decimal'],
  ['openOrdersMax', 'count'],
  ['usedCapitalMax', 'decimal'],
  ['dailyLossMax', 'decimal'],
  ['orderRateMax', 'count'],
  ['cancelRateMax', 'count'],
  ['rateWindowMs', 'count'],
  ['priceCollarPercent', 'decimal'],
  ['referenceMaxAgeMs', 'count'],
  ['duplicateWindowMs', 'count'],
  ['inDoubtMax', 'count'],
  ['selfMatchGuard', 'boolean'],
] as const satisfies readonly (readonly [keyof Limits, string])[];

type LimitOf<Shape> = Extract<(typeof FIELDS)[number], readonly [string, Shape]>[0];

function namesOf<Shape extends 'decimal' | 'count'>(shape: Shape): readonly LimitOf<Shape>[] {
  return FIELDS.filter(([, each]) => each === shape).map(([name]) => name as LimitOf<Shape>);
}

/** Limits whose values are decimal text, and those that are whole numbers. */
export const DECIMAL_LIMITS = namesOf('decimal');
export const COUNT_LIMITS = namesOf('count');

export function writeLimits(to: MsgpackWriter, limits: Limits): void {
  to.array(FIELDS.length);
  for (const [name] of FIELDS) {
    const value = limits[name];
    if (value === undefined) to.array(0);
    else if (typeof value === 'string') to.array(1).text(value);
    else if (typeof value === 'number') to.array(1).integer(value);
    else to.array(1).boolean(value);
  }
}

export function readLimits(from: MsgpackReader): Limits {
  from.arrayOf(FIELDS.length);
  const limits: Record<string, string | number | boolean> = {};
  for (const [name, shape] of FIELDS) {
    const count = from.array();
    if (count === 0) continue;
    if (count !== 1) throw new MalformedError(`expected one value of ${name}, found ${count}`, 0);
    if (shape === 'decimal') limits[name] = from.text(DECIMAL_SIZE_BYTES_MAX);
    else if (shape === 'count') limits[name] = from.natural();
    else limits[name] = from.boolean();
  }
  return limits;
}

/** The same limits with their names in the order of their bytes: equal limits look and count as equal. */
export function orderedLimits(limits: Limits): Limits {
  const ordered: Record<string, string | number | boolean> = {};
  for (const [name] of FIELDS) {
    const value = limits[name];
    if (value !== undefined) ordered[name] = value;
  }
  return ordered;
}

/** The global limits, which name the four that every configuration has. */
export function readGlobalLimits(from: MsgpackReader): LimitConfiguration {
  const { openOrdersMax, orderNotionalMax, orderQuantityMax, positionMax, ...others } = readLimits(from);
  if (orderQuantityMax === undefined || orderNotionalMax === undefined || positionMax === undefined) {
    throw new MalformedError('the global limits name orderQuantityMax, orderNotionalMax and positionMax', 0);
  }
  if (openOrdersMax === undefined) throw new MalformedError('the global limits name openOrdersMax', 0);
  return { orderQuantityMax, orderNotionalMax, positionMax, openOrdersMax, ...others };
}
