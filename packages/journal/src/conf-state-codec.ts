// Membership as bytes: four lists of node ids and a flag, each list after its length.

import type { ConfState } from '@baton/raft';
import { getInteger, putInteger } from './number-codec.ts';

/** More members than any cluster has: a bound before memory is taken. */
const MAX_MEMBERS = 1024;

export function encodeConfState(confState: ConfState): Buffer {
  const lists = [confState.voters, confState.learners, confState.votersOutgoing, confState.learnersNext];
  const bytes = Buffer.alloc(1 + lists.reduce((sum, list) => sum + 4 + list.length * 8, 0));
  bytes.writeUInt8(confState.autoLeave ? 1 : 0, 0);
  let offset = 1;
  for (const list of lists) {
    bytes.writeUInt32LE(list.length, offset);
    offset += 4;
    for (const id of list) {
      putInteger(bytes, id, offset);
      offset += 8;
    }
  }
  return bytes;
}

/** Null when the bytes are not exactly one membership. */
export function decodeConfState(bytes: Buffer): ConfState | null {
  if (bytes.length < 1) return null;
  const lists: number[][] = [];
  let offset = 1;
  for (let at = 0; at < 4; at += 1) {
    if (offset + 4 > bytes.length) return null;
    const count = bytes.readUInt32LE(offset);
    offset += 4;
    if (count > MAX_MEMBERS || offset + count * 8 > bytes.length) return null;
    const start = offset;
    lists.push(Array.from({ length: count }, (_, member) => getInteger(bytes, start + member * 8)));
    offset += count * 8;
  }
  if (offset !== bytes.length) return null;
  const [voters, learners, votersOutgoing, learnersNext] = lists as [number[], number[], number[], number[]];
  return { voters, learners, votersOutgoing, learnersNext, autoLeave: bytes.readUInt8(0) === 1 };
}
