// UTCTimestamp, 'YYYYMMDD-HH:MM:SS[.fraction]', to and from microseconds since
// 1970 by arithmetic alone. Civil-day arithmetic: days are counted from 1 March,
// so that the leap day is the last of its year. A leap second (60) is read as the
// first of the next minute. FIX 4.4 volume 1, data type UTCTimestamp.

const DAY_US = 86_400_000_000;
const MINUTE_US = 60_000_000;
const SECOND_US = 1_000_000;
const DAYS_PER_ERA = 146_097;
const DAYS_TO_1970 = 719_468;
const MONTH_DAYS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Fraction digits of a written timestamp. */
export type TimestampPrecision = 's' | 'ms' | 'us';

function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
}

function digitsAt(text: string, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) {
      return Number.NaN;
    }
    value = value * 10 + digit;
  }
  return value;
}

/** Midnight of a 'YYYYMMDD' date in µs; undefined when it is no such date. */
function parseDateUs(text: string): number | undefined {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 4, 2);
  const day = digitsAt(text, 6, 2);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month - 1]!)) {
    return undefined;
  }
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) {
    return undefined;
  }
  return daysFromCivil(year, month, day) * DAY_US;
}

/** Time of day 'HH:MM:SS[.fraction]' in µs; undefined when it is none. Digits after the sixth are cut. */
function parseTimeOfDayUs(text: string, start: number): number | undefined {
  const hour = digitsAt(text, start, 2);
  const minute = digitsAt(text, start + 3, 2);
  const second = digitsAt(text, start + 6, 2);
  if (!(hour <= 23 && minute <= 59 && second <= 60) || text[start + 2] !== ':' || text[start + 5] !== ':') {
    return undefined;
  }
  const whole = (hour * 60 + minute) * MINUTE_US + second * SECOND_US;
  const end = start + 8;
  if (text.length === end) {
    return whole;
  }
  const fractionDigits = text.length - end - 1;
  if (text[end] !== '.' || fractionDigits < 1 || fractionDigits > 12) {
    return undefined;
  }
  const fraction = digitsAt(text, end + 1, fractionDigits);
  if (Number.isNaN(fraction)) {
    return undefined;
  }
  return whole + Math.floor(fraction * 10 ** (6 - fractionDigits) + 1e-9);
}

// Messages of one second share their first 17 characters; the last one read and
// the last one written are remembered. A cache of a pure function changes no result.
let readText = '';
const readBytes = new Uint8Array(17);
let readUs = 0;
let writtenSecond = Number.NaN;
let writtenText = '';

/** Microseconds since 1970 of a UTCTimestamp; undefined when the text is none, or beyond the safe integers (year 2255). */
export function parseUtcTimestampUs(text: string): number | undefined {
  const length = text.length;
  if (length === 21 && text.charCodeAt(17) === 46 && readText !== '' && text.startsWith(readText)) {
    const millis = digitsAt(text, 18, 3);
    return Number.isNaN(millis) ? undefined : readUs + millis * 1000;
  }
  if (length < 17 || text[8] !== '-') {
    return undefined;
  }
  const date = parseDateUs(text);
  const time = parseTimeOfDayUs(text, 9);
  if (date === undefined || time === undefined) {
    return undefined;
  }
  const timeUs = date + time;
  if (!Number.isSafeInteger(timeUs)) {
    return undefined;
  }
  if (text[15] !== '6') {
    readText = text.slice(0, 17);
    for (let i = 0; i < 17; i++) {
      readBytes[i] = text.charCodeAt(i);
    }
    readUs = timeUs - (((timeUs % SECOND_US) + SECOND_US) % SECOND_US);
  }
  return timeUs;
}

/** The same for a text that lies in bytes[start, end); quick when the second is the one read before. */
export function parseUtcTimestampBytes(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start === 21 && readText !== '' && bytes[start + 17] === 46) {
    let i = 17;
    while (i > 0 && bytes[start + i - 1] === readBytes[i - 1]) {
      i--;
    }
    const hundreds = bytes[start + 18]! - 48;
    const tens = bytes[start + 19]! - 48;
    const ones = bytes[start + 20]! - 48;
    if (i === 0 && isDigit(hundreds) && isDigit(tens) && isDigit(ones)) {
      return readUs + (hundreds * 100 + tens * 10 + ones) * 1000;
    }
  }
  return parseUtcTimestampUs(bytes.toString('latin1', start, end));
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}

/** Is it 'HH:MM:SS' with an optional fraction? */
export function isUtcTimeOnly(text: string): boolean {
  return text.length >= 8 && parseTimeOfDayUs(text, 0) !== undefined;
}

/** Is it a date 'YYYYMMDD'? */
export function isUtcDateOnly(text: string): boolean {
  return text.length === 8 && parseDateUs(text) !== undefined;
}

function pad(value: number, digits: number): string {
  return value.toString().padStart(digits, '0');
}

function formatSecond(second: number): string {
  const days = Math.floor(second / 86_400);
  const ofDay = second - days * 86_400;
  const shifted = days + DAYS_TO_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const time = `${pad(Math.floor(ofDay / 3600), 2)}:${pad(Math.floor(ofDay / 60) % 60, 2)}:${pad(ofDay % 60, 2)}`;
  return `${pad(year, 4)}${pad(month, 2)}${pad(day, 2)}-${time}`;
}

/** '.000' to '.999': every timestamp ends in one of these. */
const MILLIS: readonly string[] = Array.from({ length: 1000 }, (_, ms) => `.${pad(ms, 3)}`);

/** A UTCTimestamp of microseconds since 1970. Digits beyond the precision are cut, never rounded up. */
export function formatUtcTimestamp(timeUs: number, precision: TimestampPrecision = 'ms'): string {
  const second = Math.floor(timeUs / SECOND_US);
  if (second !== writtenSecond) {
    writtenText = formatSecond(second);
    writtenSecond = second;
  }
  if (precision === 's') {
    return writtenText;
  }
  const micros = timeUs - second * SECOND_US;
  return precision === 'us' ? `${writtenText}.${pad(micros, 6)}` : writtenText + MILLIS[Math.floor(micros / 1000)]!;
}
