// Frames: what one WebSocket message holds. A msgpack array whose first element is the kind.
//
// Rules decided here: the size is checked before decoding, the kind and every field after it; whatever goes wrong is a
// named reason, and a link that sent it is closed. After a large frame the encoder's slab is given back, because it only
// grows and every small buffer kept would pin it.

import type { Message } from '@baton/raft';
import { Packr } from 'msgpackr/pack';
import type { WireLimits } from './limits.ts';
import { arrayFromMessage, messageFromValue } from './message-codec.ts';

/** First element of a frame. Numbers are on the wire: never reuse one. */
const FrameKind = { Hello: 1, Refused: 2, Messages: 3, Bytes: 4, Ping: 5, Pong: 6 } as const;

/** Who speaks, to whom, in which versions. */
export interface Hello {
  readonly clusterId: string;
  readonly nodeId: number;
  /** The node that the sender believes to speak to. */
  readonly target: number;
  readonly versionMin: number;
  readonly versionMax: number;
  /** Drawn at random at the start of the process. */
  readonly instance: string;
}

export type Frame =
  | { readonly type: 'hello'; readonly hello: Hello }
  | { readonly type: 'refused'; readonly reason: string; readonly detail: string; readonly index: number }
  | { readonly type: 'messages'; readonly messages: readonly Message[] }
  | { readonly type: 'bytes'; readonly channel: number; readonly bytes: Uint8Array }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'malformed'; readonly reason: string };

/** Cluster ids, instances, reasons: longer ones are a mistake or an attack. */
const TEXT_LENGTH_MAX = 1024;
const SLAB_SIZE_BYTES = 8192;
const LARGE_FRAME_BYTES = 256 * 1024;

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  int64AsType: 'bigint',
  encodeUndefinedAsNil: true,
  copyBuffers: false,
});

function pack(value: unknown[]): Buffer {
  const bytes = packr.pack(value);
  if (bytes.length > LARGE_FRAME_BYTES) packr.useBuffer(Buffer.allocUnsafeSlow(SLAB_SIZE_BYTES));
  return bytes;
}

export function encodeHello(hello: Hello): Buffer {
  const { clusterId, nodeId, target, versionMin, versionMax, instance } = hello;
  return pack([FrameKind.Hello, clusterId, nodeId, target, versionMin, versionMax, instance]);
}

/** `index`: of the entry that removed the other end; 0 with any other reason. */
export function encodeRefused(reason: string, detail: string, index = 0): Buffer {
  return pack([FrameKind.Refused, reason, detail, index]);
}

export function encodeMessages(messages: readonly Message[]): Buffer {
  return pack([FrameKind.Messages, messages.map(arrayFromMessage)]);
}

export function encodeBytes(channel: number, bytes: Uint8Array): Buffer {
  return pack([FrameKind.Bytes, channel, bytes]);
}

export function encodePing(): Buffer {
  return pack([FrameKind.Ping]);
}

export function encodePong(): Buffer {
  return pack([FrameKind.Pong]);
}

/** Decodes one frame; never throws. */
export function decodeFrame(bytes: Uint8Array, limits: WireLimits): Frame {
  if (bytes.length > limits.maxFrameBytes) return malformed(`frame of ${bytes.length} bytes`);
  let value: unknown;
  try {
    value = packr.unpack(bytes);
  } catch {
    return malformed('frame is no msgpack');
  }
  if (!Array.isArray(value)) return malformed('frame is no array');
  const fields = value as unknown[];
  switch (fields[0]) {
    case FrameKind.Hello:
      return helloFromFields(fields);
    case FrameKind.Refused:
      if (!isText(fields[1]) || !isText(fields[2])) return malformed('refusal without reason');
      return { type: 'refused', reason: fields[1], detail: fields[2], index: isId(fields[3]) ? fields[3] : 0 };
    case FrameKind.Messages:
      return messagesFromValue(fields[1], limits);
    case FrameKind.Bytes:
      if (!isChannel(fields[1]) || !(fields[2] instanceof Uint8Array)) return malformed('bytes without a channel');
      return { type: 'bytes', channel: fields[1], bytes: fields[2] };
    case FrameKind.Ping:
      return { type: 'ping' };
    case FrameKind.Pong:
      return { type: 'pong' };
    default:
      return malformed('frame of unknown kind');
  }
}

function helloFromFields(fields: readonly unknown[]): Frame {
  const [, clusterId, nodeId, target, versionMin, versionMax, instance] = fields;
  if (!isText(clusterId) || !isText(instance)) return malformed('hello without cluster id or instance');
  if (!isId(nodeId) || !isId(target) || !isId(versionMin) || !isId(versionMax)) {
    return malformed('hello with a node id or version that is no positive integer');
  }
  return { type: 'hello', hello: { clusterId, nodeId, target, versionMin, versionMax, instance } };
}

function messagesFromValue(value: unknown, limits: WireLimits): Frame {
  if (!Array.isArray(value)) return malformed('messages are no array');
  if (value.length > limits.maxFrameMessages) return malformed(`frame of ${value.length} messages`);
  const messages: Message[] = [];
  for (const item of value as unknown[]) {
    const message = messageFromValue(item, limits);
    if (typeof message === 'string') return malformed(message);
    messages.push(message);
  }
  return { type: 'messages', messages };
}

function malformed(reason: string): Frame {
  return { type: 'malformed', reason };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isChannel(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
