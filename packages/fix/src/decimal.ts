// Exact decimals: text on the wire, scaled bigint inside, never a float.
// '12.50' at scale 4 is 125000n. FIX 4.4 volume 1, data type float: optional '-',
// digits, optional point; no exponent, no '+', no blanks.

const ZERO = 48;
const POWERS: readonly bigint[] = Array.from({ length: 39 }, (_, exponent) => 10n ** BigInt(exponent));
const SAFE_POWERS: readonly number[] = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Longest accepted text; 38 digits, sign and point fit. */
const MAX_TEXT = 48;

/** 10^scale. */
export function decimalUnit(scale: number): bigint {
  return POWERS[scale] ?? 10n ** BigInt(scale);
}

/**
 * The value of a decimal text, scaled by 10^scale. undefined when the text is not a
 * plain decimal, or has more than `scale` digits after the point that are not zero.
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const length = text.length;
  const negative = length > 0 && text.charCodeAt(0) === 45;
  const first = negative ? 1 : 0;
  if (length === first || length > MAX_TEXT) {
    return undefined;
  }
  let digits = 0;
  let point = -1;
  let small = 0;
  for (let i = first; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46 && point < 0) {
      point = i;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) {
      return undefined;
    }
    digits++;
    small = small * 10 + digit;
  }
  if (digits === 0) {
    return undefined;
  }
  const fraction = point < 0 ? 0 : length - point - 1;
  // The quick way holds while digits and padding stay inside a double's 53 bits.
  if (fraction <= scale && digits + scale - fraction <= 15) {
    const scaled = small * SAFE_POWERS[scale - fraction]!;
    return BigInt(negative ? -scaled : scaled);
  }
  return parseLong(text, first, point, fraction, scale, negative);
}

function parseLong(
  text: string,
  first: number,
  point: number,
  fraction: number,
  scale: number,
  negative: boolean,
): bigint | undefined {
  const whole = point < 0 ? text.slice(first) : text.slice(first, point);
  let decimals = point < 0 ? '' : text.slice(point + 1);
  if (fraction > scale) {
    if (!/^0*$/.test(decimals.slice(scale))) {
      return undefined;
    }
    decimals = decimals.slice(0, scale);
  }
  const value = BigInt(`${whole}${decimals}` || '0') * decimalUnit(scale - decimals.length);
  return negative ? -value : value;
}

/**
 * The same for a text that lies in bytes[start, end): no string is made for values
 * that fit a double's 53 bits, which is nearly all of them.
 */
export function parseDecimalBytes(bytes: Buffer, start: number, end: number, scale: number): bigint | undefined {
  const negative = bytes[start] === 45;
  let point = end;
  let small = 0;
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      small = small * 10 + digit;
    } else if (bytes[i] === 46 && point === end) {
      point = i;
    } else {
      return undefined;
    }
  }
  const fraction = point === end ? 0 : end - point - 1;
  const digits = end - start - (negative ? 1 : 0) - (point === end ? 0 : 1);
  if (digits > 0 && fraction <= scale && digits + scale - fraction <= 15) {
    const scaled = small * SAFE_POWERS[scale - fraction]!;
    return BigInt(negative ? -scaled : scaled);
  }
  return parseDecimal(bytes.toString('latin1', start, end), scale);
}

const KNOWN = 1_024;
const knownValues = new Float64Array(KNOWN).fill(Number.NaN);
const knownTexts: string[] = new Array<string>(KNOWN).fill('');

/** Quantities and prices come again and again: the last text of each is kept. */
function formatKnown(value: number, scale: number): string {
  const place = (Math.imul(value | 0, 0x9e3779b1) ^ Math.imul(scale, 0x85ebca6b)) >>> 22;
  // Scale and value in one number; where that is not exact, nothing is known.
  const key = value * 16 + scale;
  if (knownValues[place] === key && Number.isSafeInteger(key)) {
    return knownTexts[place]!;
  }
  const text = formatSafe(value, scale);
  knownValues[place] = key;
  knownTexts[place] = text;
  return text;
}

/** The text of a value whose digits fit a double: whole-number arithmetic, exact. */
function formatSafe(value: number, scale: number): string {
  const magnitude = value < 0 ? -value : value;
  const unit = SAFE_POWERS[scale]!;
  const whole = Math.floor(magnitude / unit);
  let fraction = magnitude - whole * unit;
  let text = value < 0 ? `-${whole}` : `${whole}`;
  if (fraction === 0) {
    return text;
  }
  text += '.';
  for (let digit = unit / 10; fraction > 0; digit /= 10) {
    const next = Math.floor(fraction / digit);
    text += DIGITS[next]!;
    fraction -= next * digit;
  }
  return text;
}

const DIGITS: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Shortest decimal text of a scaled value: no trailing zeros, no point without digits after it. */
export function formatDecimal(value: bigint, scale: number): string {
  if (scale === 0) {
    return value.toString();
  }
  const double = Number(value);
  if (scale <= 15 && Number.isSafeInteger(double)) {
    return formatKnown(double, scale);
  }
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) {
    end--;
  }
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
}
