/**
 * Bytes of a client as a log may show them: secrets are left out, bytes that could forge or disturb a line are escaped,
 * and the length is bounded. SOH is shown as `|`. What was wrong elsewhere: fix reference §8.1, log injection.
 */

/** Username (553), Password (554), NewPassword (925), RawData (96: signatures), and a venue's nonce (5025). */
const SECRET_TAGS: ReadonlySet<string> = new Set(['553', '554', '925', '96', '5025']);
const RAW_DATA_LENGTH = '95';
const RAW_DATA = '96';
const LENGTH_MAX = 400;
const SOH = '\u0001';

export function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const shown: string[] = [];
  let at = 0;
  let dataLength = 0;
  while (at < text.length && shown.length < LENGTH_MAX) {
    const equals = text.indexOf('=', at);
    const end = endOfField(text, at, equals, dataLength);
    const tag = equals < 0 || equals > end ? '' : text.slice(at, equals);
    dataLength = tag === RAW_DATA_LENGTH ? Number(text.slice(equals + 1, end)) || 0 : 0;
    shown.push(SECRET_TAGS.has(tag) ? `${tag}=***` : escaped(text.slice(at, end)));
    at = end + 1;
  }
  const line = shown.join('|');
  return line.length > LENGTH_MAX ? `${line.slice(0, LENGTH_MAX)}…` : line;
}

/** RawData may hold SOH: its length field says where it ends, unless it lies; then all the rest counts as secret. */
function endOfField(text: string, at: number, equals: number, dataLength: number): number {
  const end = text.indexOf(SOH, at);
  if (dataLength > 0 && text.slice(at, equals) === RAW_DATA) {
    const dataEnd = equals + 1 + dataLength;
    return text[dataEnd] === SOH ? dataEnd : text.length;
  }
  return end < 0 ? text.length : end;
}

function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
