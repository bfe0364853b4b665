// Is a text a legal value of a data type? One function a type of the standard;
// types without a syntax of their own accept anything.
// Source: FIX 4.4 volume 1, data types; FIX 5.0SP2 volume 1.

import { isUtcDateOnly, isUtcTimeOnly, parseUtcTimestampUs } from './utc-timestamp.ts';

const INTEGER = /^-?\d{1,18}$/;
const DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)$/;
const MONTH_YEAR = /^\d{6}(\d{2}|w[1-5])?$/;
const TZ_TIME = /^\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?(Z|[+-]\d{2}(:\d{2})?)?$/;
const LOCAL_TIME = /^\d{2}:\d{2}:\d{2}$/;

type Check = (text: string) => boolean;

const isInteger: Check = (text) => INTEGER.test(text);
const isDecimal: Check = (text) => DECIMAL.test(text);
const isTimestamp: Check = (text) => parseUtcTimestampUs(text) !== undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['INT', isInteger],
  ['LENGTH', isInteger],
  ['NUMINGROUP', isInteger],
  ['SEQNUM', isInteger],
  ['TAGNUM', isInteger],
  ['DAYOFMONTH', isInteger],
  ['FLOAT', isDecimal],
  ['PRICE', isDecimal],
  ['PRICEOFFSET', isDecimal],
  ['QTY', isDecimal],
  ['QUANTITY', isDecimal],
  ['AMT', isDecimal],
  ['PERCENTAGE', isDecimal],
  ['CHAR', (text) => text.length === 1],
  ['BOOLEAN', (text) => text === 'Y' || text === 'N'],
  ['UTCTIMESTAMP', isTimestamp],
  ['TIME', isTimestamp],
  ['UTCTIMEONLY', isUtcTimeOnly],
  ['UTCDATEONLY', isUtcDateOnly],
  ['UTCDATE', isUtcDateOnly],
  ['DATE', isUtcDateOnly],
  ['LOCALMKTDATE', isUtcDateOnly],
  ['LOCALMKTTIME', (text) => LOCAL_TIME.test(text)],
  ['MONTHYEAR', (text) => MONTH_YEAR.test(text)],
  ['TZTIMEONLY', (text) => TZ_TIME.test(text)],
  ['TZTIMESTAMP', (text) => isUtcDateOnly(text.slice(0, 8)) && text[8] === '-' && TZ_TIME.test(text.slice(9))],
]);

const LISTS: ReadonlySet<string> = new Set(['MULTIPLEVALUESTRING', 'MULTIPLECHARVALUE', 'MULTIPLESTRINGVALUE']);

/** Is the text written as the type demands? */
export function hasFormat(type: string, text: string): boolean {
  return CHECKS.get(type)?.(text) ?? true;
}

/** Is every value of the text one of those allowed? Lists are separated by blanks. */
export function isAllowedValue(type: string, values: ReadonlySet<string>, text: string): boolean {
  return LISTS.has(type) ? text.split(' ').every((value) => values.has(value)) : values.has(text);
}
