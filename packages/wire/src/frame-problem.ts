// What is wrong with a frame that ws refused, in words.
//
// Rule decided here: a frame beyond the bound has a name of its own. ws knows its length from its head and refuses it
// before taking memory for it.

import type { WireLimits } from './limits.ts';

/** ws: a frame that is too long, and one whose length is no safe integer. */
const OVERSIZED_CODES: readonly unknown[] = [
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
];

export function isOversized(error: NodeJS.ErrnoException): boolean {
  return OVERSIZED_CODES.includes(error.code);
}

export function frameProblem(error: NodeJS.ErrnoException, { maxFrameBytes }: WireLimits): string {
  return isOversized(error) ? `a frame of more than ${maxFrameBytes} bytes` : error.message;
}
