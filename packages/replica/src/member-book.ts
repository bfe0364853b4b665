// Where each member of the cluster listens, and what its owner noted about it.
//
// Model: raft knows members by id only. The addresses of the founders are options, the same on every node; those of
// members that came later travel in the entry that adds them (the context of its change), and in checkpoints, so that a
// node knows them after any restart, whatever its options say.

import type { Address } from '@baton/host';
import type { ReplicaPeer } from './links.ts';

export interface MemberEntry {
  readonly address: Address;
  /** Opaque to the replica; whoever adds a member may note its name here. At most 1,024 characters. */
  readonly info: string;
}

export const INFO_LENGTH_MAX = 1024;
/** A bound before anything is parsed: more than any entry of a full book takes. */
const BOOK_BYTES_MAX = 1024 * 1024;

export class MemberBook {
  readonly #founders: ReadonlyMap<number, MemberEntry>;
  readonly #later = new Map<number, MemberEntry>();

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

  set(nodeId: number, entry: MemberEntry): void {
    this.#later.set(nodeId, entry);
  }

  delete(nodeId: number): void {
    this.#later.delete(nodeId);
  }

  /** What the log has said so far; empty when it said nothing. */
  encode(): Uint8Array {
    if (this.#later.size === 0) return new Uint8Array(0);
    const rows = [...this.#later]
      .sort(([a], [b]) => a - b)
      .map(([id, { address, info }]) => [id, address.host, address.port, info]);
    return Buffer.from(JSON.stringify(rows), 'utf8');
  }

  /** Replaces what the log has said by what a checkpoint says; false if the bytes are no book. */
  restore(bytes: Uint8Array): boolean {
    this.#later.clear();
    if (bytes.length === 0) return true;
    const rows = parsed(bytes);
    if (!Array.isArray(rows)) return false;
    for (const row of rows as unknown[]) {
      const entry = Array.isArray(row) && Number.isSafeInteger(row[0]) ? entryOf(row.slice(1)) : null;
      if (entry === null) return false;
      this.#later.set((row as [number])[0], entry);
    }
    return true;
  }
}

/** The context of a change that adds a member. */
export function encodeMemberEntry({ address, info }: MemberEntry): Uint8Array {
  return Buffer.from(JSON.stringify([address.host, address.port, info]), 'utf8');
}

/** Null when the bytes are no entry. */
export function decodeMemberEntry(bytes: Uint8Array | undefined): MemberEntry | null {
  return bytes === undefined || bytes.length === 0 ? null : entryOf(parsed(bytes));
}

function entryOf(row: unknown): MemberEntry | null {
  if (!Array.isArray(row) || row.length !== 3) return null;
  const [host, port, info] = row as unknown[];
  if (typeof host !== 'string' || typeof port !== 'number' || typeof info !== 'string') return null;
  return { address: { host, port }, info };
}

function parsed(bytes: Uint8Array): unknown {
  if (bytes.length > BOOK_BYTES_MAX) return null;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return null;
  }
}
