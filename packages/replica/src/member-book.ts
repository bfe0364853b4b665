// What is known of each member of the cluster beside its id: where it listens, what its owner noted about it, which disk
// it is (identity.ts); and who was removed.
//
// Model: raft knows members by id only. The addresses of the founders are options, the same on every node; those of
// members that came later travel in the entry that adds them (the context of its change), and in checkpoints, so that a
// node knows them after any restart, whatever its options say. Identities travel the same way: those of the founders with
// the first addition, that of an added node with the entry that gives it a vote.

import type { Address } from '@baton/host';
import { decodeJson } from './json-bytes.ts';
import type { ReplicaPeer } from './links.ts';

export interface MemberEntry {
  readonly address: Address;
  /** Opaque to the replica; whoever adds a member may note its name here. At most 1,024 characters. */
  readonly info: string;
}

/** What a change of membership says beside its kind and id. */
export interface ChangeNote {
  readonly member: MemberEntry | null;
  readonly identities: readonly (readonly [nodeId: number, identity: string])[];
}

export const INFO_LENGTH_MAX = 1024;
/** A bound before anything is parsed: more than any entry of a full book takes. */
const BOOK_BYTES_MAX = 1024 * 1024;

export class MemberBook {
  readonly #founders: ReadonlyMap<number, MemberEntry>;
  readonly #later = new Map<number, MemberEntry>();
  readonly #identities = new Map<number, string>();
  /** Index of the entry that removed a node which has not been added again. */
  readonly #removed = new Map<number, number>();

  constructor(peers: readonly ReplicaPeer[]) {
    this.#founders = new Map(peers.map(({ nodeId, address }) => [nodeId, { address, info: '' }]));
  }

  /** What is known of a node: what the log says, else what the options say. */
  get(nodeId: number): MemberEntry | undefined {
    return this.#later.get(nodeId) ?? this.#founders.get(nodeId);
  }

  /** Ids that the options name. */
  get named(): Iterable<number> {
    return this.#founders.keys();
  }

  get removed(): ReadonlyMap<number, number> {
    return this.#removed;
  }

  /** The disk with which a member has its vote, as far as the log has said. */
  identityOf(nodeId: number): string | undefined {
    return this.#identities.get(nodeId);
  }

  set(nodeId: number, entry: MemberEntry): void {
    this.#later.set(nodeId, entry);
    this.#removed.delete(nodeId);
  }

  /** Keeps what was said first: it holds until the node is removed. */
  identify(nodeId: number, identity: string): void {
    if (!this.#identities.has(nodeId)) this.#identities.set(nodeId, identity);
  }

  /** `index`: of the entry that removes it. */
  remove(nodeId: number, index: number): void {
    this.#later.delete(nodeId);
    this.#identities.delete(nodeId);
    this.#removed.set(nodeId, index);
  }

  /** What the log has said so far; empty when it said nothing. */
  encode(): Uint8Array {
    if (this.#later.size + this.#identities.size + this.#removed.size === 0) return new Uint8Array(0);
    const rows = [...this.#later]
      .sort(([a], [b]) => a - b)
      .map(([id, { address, info }]) => [id, address.host, address.port, info]);
    return Buffer.from(JSON.stringify([rows, sorted(this.#identities), sorted(this.#removed)]), 'utf8');
  }

  /** Replaces what the log has said by what a checkpoint says; false if the bytes are no book. */
  restore(bytes: Uint8Array): boolean {
    this.#later.clear();
    this.#identities.clear();
    this.#removed.clear();
    if (bytes.length === 0) return true;
    const parts = parsed(bytes);
    if (!Array.isArray(parts) || parts.length !== 3) return false;
    const [rows, identities, removed] = (parts as unknown[]).map(rowsOf);
    if (rows === undefined || identities === undefined || removed === undefined) return false;
    for (const [id, ...rest] of rows) {
      const entry = entryOf(rest);
      if (entry === null) return false;
      this.#later.set(id, entry);
    }
    for (const [id, identity] of identities) {
      if (typeof identity !== 'string') return false;
      this.#identities.set(id, identity);
    }
    for (const [id, index] of removed) {
      if (!Number.isSafeInteger(index)) return false;
      this.#removed.set(id, index as number);
    }
    return true;
  }
}

/** The context of a change of membership. */
export function encodeChangeNote({ member, identities }: ChangeNote): Uint8Array {
  const row = member === null ? null : [member.address.host, member.address.port, member.info];
  return Buffer.from(JSON.stringify([row, identities]), 'utf8');
}

/** Null when the bytes are no note. */
export function decodeChangeNote(bytes: Uint8Array | undefined): ChangeNote | null {
  if (bytes === undefined || bytes.length === 0) return { member: null, identities: [] };
  const parts = parsed(bytes);
  if (!Array.isArray(parts) || parts.length !== 2) return null;
  const [row, list] = parts as [unknown, unknown];
  const member = row === null ? null : entryOf(row);
  const identities = rowsOf(list);
  if ((member === null && row !== null) || identities === undefined) return null;
  if (identities.some(([, identity]) => typeof identity !== 'string')) return null;
  return { member, identities: identities as [number, string][] };
}

/** Rows that each begin with a node id; undefined when there is anything else. */
function rowsOf(value: unknown): [number, ...unknown[]][] | undefined {
  if (!Array.isArray(value)) return undefined;
  const areRows = (value as unknown[]).every((row) => Array.isArray(row) && Number.isSafeInteger(row[0]));
  return areRows ? (value as [number, ...unknown[]][]) : undefined;
}

function sorted<Value>(map: ReadonlyMap<number, Value>): [number, Value][] {
  return [...map].sort(([a], [b]) => a - b);
}

function entryOf(row: unknown): MemberEntry | null {
  if (!Array.isArray(row) || row.length !== 3) return null;
  const [host, port, info] = row as unknown[];
  if (typeof host !== 'string' || typeof port !== 'number' || typeof info !== 'string') return null;
  return { address: { host, port }, info };
}

function parsed(bytes: Uint8Array): unknown {
  return bytes.length > BOOK_BYTES_MAX ? undefined : decodeJson(bytes);
}
