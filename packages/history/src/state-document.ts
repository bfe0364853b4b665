/**
 * The ledger's state as one JSON document, in an order that two nodes share, and the places in which two such documents
 * differ. For `baton replay` and `baton diff`: people and scripts look at it, no node reads it.
 */
import type { Ledger } from '@baton/ledger';

export interface StateDocument {
  readonly schemaVersion: 1;
  readonly index: number;
  /** Equal hashes: equal states, including what is not shown here. */
  readonly hash: string;
  readonly status: unknown;
  readonly configuration: unknown;
  readonly sessions: readonly unknown[];
  readonly clients: readonly unknown[];
  readonly positions: readonly unknown[];
  readonly orders: readonly unknown[];
  readonly fills: readonly unknown[];
}

export function stateDocument(ledger: Ledger, index: number): StateDocument {
  return {
    schemaVersion: 1,
    index,
    hash: ledger.hash(),
    status: ledger.status(),
    configuration: ledger.configuration() ?? null,
    sessions: ledger.sessions(),
    clients: ledger.clientSessions(),
    positions: ledger.positions(),
    orders: ledger.orders(),
    fills: ledger.fills(),
  };
}

/** One place where two documents differ; undefined stands for "not there". */
export interface Difference {
  /** Such as `positions[0].netQuantity`, `orders[demo1x-1].state`. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** A list's members are matched by the first of these that they have, so that one more does not shift all others. */
const KEYS = ['rootClOrdId', 'execId', 'venue', 'client', 'symbol'] as const;

/** Every difference of two documents, in the order of the first. */
export function differences(one: unknown, other: unknown, path = ''): Difference[] {
  if (Object.is(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other)) return memberDifferences(keyed(one), keyed(other), path, listed);
  if (isObject(one) && isObject(other)) {
    return memberDifferences(new Map(Object.entries(one)), new Map(Object.entries(other)), path, named);
  }
  return [{ path, one, other }];
}

function memberDifferences(
  one: ReadonlyMap<string, unknown>,
  other: ReadonlyMap<string, unknown>,
  path: string,
  join: (path: string, key: string) => string,
): Difference[] {
  const found: Difference[] = [];
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    found.push(...differences(one.get(key), other.get(key), join(path, key)));
  }
  return found;
}

function keyed(list: readonly unknown[]): Map<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [at, member] of list.entries()) {
    const key = isObject(member) ? KEYS.find((name) => typeof member[name] === 'string') : undefined;
    const name = key === undefined ? String(at) : String((member as Record<string, unknown>)[key]);
    members.set(members.has(name) ? `${name}#${at}` : name, member);
  }
  return members;
}

const listed = (path: string, key: string): string => `${path}[${key}]`;
const named = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
