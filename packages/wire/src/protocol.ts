// The versions of the protocol that this build speaks: how messages become frames, by version.
//
// Rules decided here: a link speaks the highest version that both ends know, agreed on in the hello, which every version
// can read (fields may only be added behind the known ones, and are ignored by those who do not know them; so are those
// of a refusal). A new build keeps the codec of the one before it, so that nodes can be upgraded one at a time; what only
// a newer version can say is not sent to who does not know it.

import type { Message } from '@baton/raft';
import { decodeFrame, encodeBytes, encodeMessages, type Frame } from './frame.ts';
import type { WireLimits } from './limits.ts';

/** Versions that one end speaks. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

export interface Protocol {
  readonly version: number;
  encodeMessages(messages: readonly Message[]): Uint8Array;
  encodeBytes(channel: number, bytes: Uint8Array): Uint8Array;
  /** Never throws. */
  decodeFrame(bytes: Uint8Array, limits: WireLimits): Frame;
}

const VERSION_1: Protocol = { version: 1, encodeMessages, encodeBytes, decodeFrame };

/** Ascending, without gaps. */
export const PROTOCOLS: readonly Protocol[] = [VERSION_1];

export function rangeOf(protocols: readonly Protocol[]): VersionRange {
  const versions = protocols.map(({ version }) => version);
  return { min: Math.min(...versions), max: Math.max(...versions) };
}
