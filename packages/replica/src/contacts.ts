// Links beyond what the own log says: a node that was away does not know members that came meanwhile, and one of them may
// lead. Whom it knows tells it.
//
// Rules decided here: a node that hears of no leader asks those it has links with who belongs to the cluster; who knows a
// later state of it answers with that. What is told decides about links alone, never about votes or quorums: those rest
// on the own log. It is forgotten when the own log says as much.

import type { Address, Clock } from '@baton/host';
import { decodeJson, encodeJson } from './json-bytes.ts';
import type { Links } from './links.ts';
import type { MemberEntry } from './member-book.ts';

/** Wire channel of these messages; part of the protocol between nodes. */
export const CONTACTS_CHANNEL = 4;

/** Between two questions. */
const ASK_MS = 100;
const BYTES_MAX = 1024 * 1024;

type Row = readonly [nodeId: number, host: string, port: number, info: string];

export interface ContactsParts {
  readonly clock: Clock;
  readonly links: Pick<Links, 'sendBytes' | 'isUp'>;
  /** Members by the own log, this node included, and the index up to which that is known. */
  readonly membership: {
    readonly knownIndex: number;
    entries(): ReadonlyMap<number, MemberEntry>;
    /** Opens and closes links as membership and contacts say. */
    publish(): void;
  };
  readonly nodeId: number;
  /** This node hears of no leader. */
  readonly isLost: () => boolean;
}

export class Contacts {
  readonly #parts: ContactsParts;
  #askedUs: number;
  #told: ReadonlyMap<number, MemberEntry> = new Map();
  #toldIndex = -1;

  constructor(parts: ContactsParts) {
    this.#parts = parts;
    this.#askedUs = parts.clock.monotonicUs();
  }

  /** Members as others said, as long as the own log says less. */
  get told(): ReadonlyMap<number, MemberEntry> {
    return this.#toldIndex > this.#parts.membership.knownIndex ? this.#told : new Map();
  }

  /** Once a tick. */
  tick(): void {
    const { clock, links, membership, nodeId, isLost } = this.#parts;
    const nowUs = clock.monotonicUs();
    if (!isLost() || nowUs - this.#askedUs < ASK_MS * 1000) return;
    this.#askedUs = nowUs;
    const bytes = encodeJson(['ask', Math.max(membership.knownIndex, this.#toldIndex)] satisfies Message);
    for (const id of new Set([...membership.entries().keys(), ...this.told.keys()])) {
      if (id !== nodeId && links.isUp(id)) links.sendBytes(id, CONTACTS_CHANNEL, bytes);
    }
  }

  /** Bytes of another node on the channel of these messages. */
  received(from: number, bytes: Uint8Array): void {
    const { membership, links } = this.#parts;
    const message = decode(bytes);
    if (message === null) return;
    const [kind, index, rows] = message;
    if (kind === 'ask') {
      if (membership.knownIndex <= index) return;
      const known = [...membership.entries()].map(
        ([id, { address, info }]): Row => [id, address.host, address.port, info],
      );
      links.sendBytes(from, CONTACTS_CHANNEL, encodeJson(['members', membership.knownIndex, known] satisfies Message));
    } else if (index > Math.max(membership.knownIndex, this.#toldIndex)) {
      this.#toldIndex = index;
      this.#told = new Map(
        rows.map(([id, host, port, info]) => [id, { address: { host, port } satisfies Address, info }]),
      );
      membership.publish();
    }
  }
}

type Message = readonly ['ask', number] | readonly ['members', number, readonly Row[]];

function decode(bytes: Uint8Array): readonly [kind: Message[0], index: number, rows: readonly Row[]] | null {
  if (bytes.length > BYTES_MAX) return null;
  const value = decodeJson(bytes);
  if (!Array.isArray(value)) return null;
  const [kind, index, rows] = value as unknown[];
  if (!Number.isSafeInteger(index)) return null;
  if (kind === 'ask') return ['ask', index as number, []];
  const isFine = kind === 'members' && Array.isArray(rows) && (rows as unknown[]).every(isRow);
  return isFine ? ['members', index as number, rows as Row[]] : null;
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row)) return false;
  const [id, host, port, info] = row as unknown[];
  const isNode = Number.isSafeInteger(id) && (id as number) > 0;
  return isNode && typeof host === 'string' && Number.isInteger(port) && typeof info === 'string';
}
