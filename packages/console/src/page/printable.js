/**
 * Texts of others, made fit to be looked at: names of strategies, reasons of venues, ids of clients are hostile input. Rules
 * decided here: no text is longer than a person reads; what has no width, turns the direction of writing or controls a
 * terminal is shown by its number, so that two texts that look the same are the same. Markup needs no care here: texts get
 * into the page as text only (element.js). Source: Unicode TR 36, TR 39.
 */

const LENGTH_MAX = 160;
/** Controls, format characters (bidi, zero width), separators of lines, private and unassigned code points, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]|[\u115f\u1160\u3164\uffa0]/gu;
const PLAIN = /^[\x20-\x7e]*$/;
/** More marks on one letter than any language writes. */
const STACKED = /(\p{M}{3})\p{M}+/gu;

/**
 * @param {unknown} value
 * @param {number} [lengthMax]
 */
export function printable(value, lengthMax = LENGTH_MAX) {
  if (value === undefined || value === null) return '';
  const whole = typeof value === 'string' ? value : String(value);
  const cut = whole.length > lengthMax ? `${whole.slice(0, lengthMax)}…` : whole;
  if (PLAIN.test(cut)) return cut;
  return cut.replaceAll(STACKED, '$1').replaceAll(UNSEEN, numberOf);
}

/** @param {string} unseen */
function numberOf(unseen) {
  return `‹${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
