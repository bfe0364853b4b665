/**
 * Where a command writes: data to `out`, everything else to `err`, so that a pipe gets data only. Colours are asked from
 * the stream itself (terminal, NO_COLOR, FORCE_COLOR), each time.
 */
import { styleText } from 'node:util';

export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface CommandOutput {
  readonly out: OutputStream;
  readonly err: OutputStream;
}

export type TextStyle = Parameters<typeof styleText>[0];

/** `text` in a colour if `stream` shows colours, else as it is. */
export function styled(stream: OutputStream, style: TextStyle, text: string): string {
  return styleText(style, text, { stream, validateStream: true });
}

export function writeLine(stream: OutputStream, text = ''): void {
  stream.write(`${text}\n`);
}

/** One JSON document, as scripts read it; big integers become decimal text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each), 2);
}
