/**
 * Changes of membership as they travel in entries: what a change asks, and its bytes. Version 1 adds or removes one node;
 * version 2 changes any number at once and says how a joint configuration is left. The bytes are those of etcd/raft's
 * protocol-buffer messages ConfChange and ConfChangeV2 (raftpb/raft.proto), written by hand: they are few and fixed.
 */
import { EntryType, NO_DATA } from './entry.ts';

export const ConfChangeType = { AddNode: 0, RemoveNode: 1, UpdateNode: 2, AddLearnerNode: 3 } as const;
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];

/** How to change: Auto goes through a joint configuration only if needed; the others always, and differ in who leaves. */
export const ConfChangeTransition = { Auto: 0, JointImplicit: 1, JointExplicit: 2 } as const;
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];

export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  /** 0 is ignored when applied. */
  readonly nodeId: number;
}

/** No changes at all with transition Auto asks to leave a joint configuration. */
export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  /** Carried along for the application; Raft does not look at it. */
  readonly context?: Uint8Array;
}

export const LEAVE_JOINT: ConfChange = Object.freeze({ transition: ConfChangeTransition.Auto, changes: [] });

export function isLeaveJoint(change: ConfChange): boolean {
  return change.transition === ConfChangeTransition.Auto && change.changes.length === 0;
}

/** Whether this change goes through a joint configuration, and if so whether that is left without being asked. */
export function jointTransition(change: ConfChange): 'none' | 'auto-leave' | 'explicit-leave' {
  if (change.transition === ConfChangeTransition.Auto && change.changes.length <= 1) return 'none';
  return change.transition === ConfChangeTransition.JointExplicit ? 'explicit-leave' : 'auto-leave';
}

export function isConfChangeEntry(entry: { readonly type: EntryType }): boolean {
  return entry.type !== EntryType.Normal;
}

const VARINT = 0;
const BYTES = 2;

class Writer {
  readonly bytes: number[] = [];

  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes.push((rest % 128) + 128);
    this.bytes.push(rest);
  }

  number(field: number, value: number): void {
    this.bytes.push(field * 8 + VARINT);
    this.varint(value);
  }

  blob(field: number, value: ArrayLike<number>): void {
    this.bytes.push(field * 8 + BYTES);
    this.varint(value.length);
    for (let i = 0; i < value.length; i++) this.bytes.push(value[i]!);
  }
}

/** Data of an entry of type ConfChange (version 1): exactly one change. */
export function encodeConfChangeV1(single: ConfChangeSingle, context?: Uint8Array): Uint8Array {
  const writer = new Writer();
  writer.number(1, 0);
  writer.number(2, single.type);
  writer.number(3, single.nodeId);
  if (context !== undefined) writer.blob(4, context);
  return Uint8Array.from(writer.bytes);
}

/** Data of an entry of type ConfChangeV2. */
export function encodeConfChange(change: ConfChange): Uint8Array {
  const writer = new Writer();
  writer.number(1, change.transition);
  for (const single of change.changes) {
    const inner = new Writer();
    inner.number(1, single.type);
    inner.number(2, single.nodeId);
    writer.blob(2, inner.bytes);
  }
  if (change.context !== undefined) writer.blob(3, change.context);
  return Uint8Array.from(writer.bytes);
}

/** A change whose bytes are not what this version writes: a damaged entry, or one of a later version. */
export class ConfChangeFormatError extends Error {
  readonly code = 'BATON_RAFT_CONF_CHANGE_FORMAT';
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`decoding a change of membership: ${what} at byte ${offset}; expected bytes written by encodeConfChange`);
    this.name = 'ConfChangeFormatError';
    this.offset = offset;
  }
}

interface Field {
  readonly field: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

function* readFields(data: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1, length = 0; length < 8; scale *= 128, length++) {
      const byte = data[at++];
      if (byte === undefined) throw new ConfChangeFormatError('a number is cut off', at - 1);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw new ConfChangeFormatError('a number is longer than 8 bytes', at);
  };
  while (at < data.length) {
    const tag = varint();
    const kind = tag % 8;
    const value = varint();
    if (kind === VARINT) {
      yield { field: (tag - kind) / 8, value, bytes: NO_DATA };
    } else if (kind === BYTES) {
      if (at + value > data.length) throw new ConfChangeFormatError('a field is cut off', at);
      yield { field: (tag - kind) / 8, value: 0, bytes: data.subarray(at, at + value) };
      at += value;
    } else throw new ConfChangeFormatError(`unknown kind of field ${kind}`, at);
  }
}

const TYPES: ReadonlySet<number> = new Set(Object.values(ConfChangeType));
const TRANSITIONS: ReadonlySet<number> = new Set(Object.values(ConfChangeTransition));

function checkedType(value: number): ConfChangeType {
  if (!TYPES.has(value)) throw new ConfChangeFormatError(`unknown kind of change ${value}`, 0);
  return value as ConfChangeType;
}

function decodeSingle(data: Uint8Array, typeField: number, nodeField: number): ConfChangeSingle {
  let type: ConfChangeType = ConfChangeType.AddNode;
  let nodeId = 0;
  for (const { field, value } of readFields(data)) {
    if (field === typeField) type = checkedType(value);
    else if (field === nodeField) nodeId = value;
  }
  return { type, nodeId };
}

/** The change that an entry of type ConfChange or ConfChangeV2 asks. Throws ConfChangeFormatError. */
export function decodeConfChange(entry: { readonly type: EntryType; readonly data: Uint8Array }): ConfChange {
  if (entry.type === EntryType.ConfChange) {
    const single = decodeSingle(entry.data, 2, 3);
    let context: Uint8Array | undefined;
    for (const { field, bytes } of readFields(entry.data)) if (field === 4) context = bytes;
    const change = { transition: ConfChangeTransition.Auto, changes: [single] };
    return context === undefined ? change : { ...change, context };
  }
  let transition: ConfChangeTransition = ConfChangeTransition.Auto;
  let context: Uint8Array | undefined;
  const changes: ConfChangeSingle[] = [];
  for (const { field, value, bytes } of readFields(entry.data)) {
    if (field === 1) {
      if (!TRANSITIONS.has(value)) throw new ConfChangeFormatError(`unknown transition ${value}`, 0);
      transition = value as ConfChangeTransition;
    } else if (field === 2) changes.push(decodeSingle(bytes, 1, 2));
    else if (field === 3) context = bytes;
  }
  return context === undefined ? { transition, changes } : { transition, changes, context };
}
