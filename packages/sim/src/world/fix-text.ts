/** A FIX message as text, for laws and traces: one field, its body without header and trailer, or all of it readable. */

const SOH = '\u0001';
/** Fields of the header, and those that a resend adds or changes. */
const NO_BODY: ReadonlySet<string> = new Set([
  '8',
  '9',
  '35',
  '34',
  '49',
  '56',
  '52',
  '43',
  '122',
  '97',
  '10',
  '50',
  '57',
]);

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Value of a field; '' when it is not there. */
export function fieldOf(bytes: Uint8Array, tag: number): string {
  const text = textOf(bytes);
  const mark = `${SOH}${tag}=`;
  const at = text.indexOf(mark);
  if (at < 0) return '';
  return text.slice(at + mark.length, text.indexOf(SOH, at + mark.length));
}

export function msgTypeOf(bytes: Uint8Array): string {
  return fieldOf(bytes, 35);
}

/** The fields that are no header's and no trailer's, as they stand. */
export function bodyOf(bytes: Uint8Array): string {
  const fields = textOf(bytes).split(SOH);
  return fields
    .filter((field) => field !== '' && !NO_BODY.has(field.slice(0, field.indexOf('='))))
    .map((field) => field + SOH)
    .join('');
}

/** Fields with spaces between, without lengths, checksums and times. */
export function readableFix(bytes: Uint8Array): string {
  const hidden = new Set(['8', '9', '10', '49', '56', '52', '60']);
  return textOf(bytes)
    .split(SOH)
    .filter((field) => field !== '' && !hidden.has(field.slice(0, field.indexOf('='))))
    .map((field) => (field.startsWith('122=') ? '122=…' : field))
    .join(' ');
}
