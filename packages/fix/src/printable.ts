// A frame as one line for logs and consoles: '|' for SOH, secrets replaced, control
// bytes and everything beyond ASCII escaped, so that no message can write lines or
// terminal codes of its own. FIX 4.4: Password (554), RawData (96, logon
// signatures), NewPassword (925); SignedDigest and nonces that venues put into
// 5025 and 95 go, too.

import { parseMessage } from './message.ts';

const SECRET_TAGS: ReadonlySet<number> = new Set([89, 95, 96, 554, 925, 1402, 1404, 5025]);

/** Longest line that is returned; what exceeds it is counted, not shown. */
const PRINTABLE_MAX = 2_000;

function escaped(text: string): string {
  let line = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    line += code >= 32 && code < 127 && code !== 92 ? text[i] : `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return line;
}

/** One printable line of a frame, or of any bytes that should have been one. */
export function printableFrame(frame: Uint8Array, maxLength: number = PRINTABLE_MAX): string {
  const message = parseMessage(frame);
  // What cannot be read field by field may hold a secret anywhere: only its size is told.
  if (message.fault !== undefined) {
    return `[${frame.length} bytes that are no FIX message: ${message.fault}]`;
  }
  const line = message
    .fields()
    .map(({ tag, value }) => `${tag}=${SECRET_TAGS.has(tag) ? '***' : escaped(value)}|`)
    .join('');
  return line.length > maxLength ? `${line.slice(0, maxLength)}… [${line.length - maxLength} more]` : line;
}
