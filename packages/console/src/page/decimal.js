/**
 * Decimal text as the API sends it. Rule decided here: a price, a quantity or an amount is never made into a float; what
 * has to be compared or added is a bigint of the smallest place that both have. What is no decimal is shown as it came.
 */

const DECIMAL = /^-?[0-9]{1,60}(?:\.[0-9]{1,40})?$/;

/** @param {unknown} text @returns {text is string} */
export function isDecimal(text) {
  return typeof text === 'string' && DECIMAL.test(text);
}

/**
 * -1, 0 or 1; 0 also for what is no decimal.
 * @param {unknown} text
 */
export function signOf(text) {
  if (!isDecimal(text) || !/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

/**
 * The exact sum; undefined when one of them is no decimal.
 * @param {readonly string[]} texts
 * @returns {string | undefined}
 */
export function sumOf(texts) {
  if (!texts.every(isDecimal)) return undefined;
  const places = Math.max(0, ...texts.map(placesOf));
  let sum = 0n;
  for (const text of texts) sum += scaled(text, places);
  return textOf(sum, places);
}

/** @param {string} text */
function placesOf(text) {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** @param {string} text @param {number} places */
function scaled(text, places) {
  const digits = text.replace('-', '').replace('.', '') + '0'.repeat(places - placesOf(text));
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

/**
 * Shortest text, as the API writes it.
 * @param {bigint} value @param {number} places
 */
function textOf(value, places) {
  const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const rest = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
}
