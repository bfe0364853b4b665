/**
 * Watches who enters orders for a participant: one connection at a time, each later in the cluster's log than the last.
 * Baton's ClOrdIDs name their log entry (`CLUSTER-INCARNATION-INDEX[-n]`, base 36), and a leader sends in the order of the
 * log; so an order that is older in the log than what a newer writer has sent already, on a connection that writer has
 * superseded, proves that two nodes wrote in overlapping terms. Of ids that name no entry only the alternation is seen.
 */
import type { Instant } from './instant.ts';

/** A connection, as far as its orders go. */
export interface Writer {
  readonly connectionId: number;
  readonly owner: string;
  readonly loggedOnAt: Instant | null;
}

export type WriterFinding = {
  readonly code: 'overlapping-writers' | 'alternating-writers';
  readonly text: string;
} | null;

interface LogPlace {
  /** Cluster and incarnation. */
  readonly prefix: string;
  readonly index: number;
}

interface Reign {
  readonly connectionId: number;
  /** Monotonic µs of its first order. */
  readonly sinceUs: number;
  highest: LogPlace | null;
  readonly superseded: Set<number>;
}

const BATON_ID = /^([A-Z0-9]{1,4}-[0-9A-Z]{1,3})-([0-9A-Z]{1,11})(?:-[0-9A-Z]+)?$/;

/** Where in a cluster's log the order was made; null for an id that does not say. */
export function logPlaceOf(clOrdId: string): LogPlace | null {
  const match = BATON_ID.exec(clOrdId);
  if (match === null) return null;
  const [, prefix = '', index = ''] = match;
  return { prefix, index: Number.parseInt(index, 36) };
}

export class WriterWatch {
  readonly #reigns = new Map<string, Reign>();

  /** A new or replaced order came from `writer`. */
  order(writer: Writer, clOrdId: string, at: Instant): WriterFinding {
    const place = logPlaceOf(clOrdId);
    const reign = this.#reigns.get(writer.owner);
    if (reign === undefined || reign.connectionId === writer.connectionId) {
      const own = reign ?? this.#begin(writer, new Set(), at);
      own.highest = later(own.highest, place);
      return null;
    }
    const isOlder = isBefore(place, reign.highest);
    if (isOlder && isSuperseded(writer, reign)) {
      const text = `order ${clOrdId} on connection ${writer.connectionId} is older in the log than what connection ${reign.connectionId} has sent`;
      return { code: 'overlapping-writers', text };
    }
    const wasWriter = reign.superseded.has(writer.connectionId);
    const superseded = new Set([...reign.superseded, reign.connectionId]);
    this.#begin(writer, superseded, at).highest = later(place, isOlder ? null : reign.highest);
    if (!wasWriter || place !== null) return null;
    const text = `order ${clOrdId} came on connection ${writer.connectionId} after connection ${reign.connectionId} had taken over`;
    return { code: 'alternating-writers', text };
  }

  #begin({ connectionId, owner }: Writer, superseded: Set<number>, at: Instant): Reign {
    const reign: Reign = { connectionId, sinceUs: at.monotonicUs, highest: null, superseded };
    superseded.delete(connectionId);
    this.#reigns.set(owner, reign);
    return reign;
  }
}

/** It wrote before the present writer did, or could have: it was logged on when that one began. */
function isSuperseded({ connectionId, loggedOnAt }: Writer, reign: Reign): boolean {
  return reign.superseded.has(connectionId) || (loggedOnAt !== null && loggedOnAt.monotonicUs <= reign.sinceUs);
}

function isBefore(place: LogPlace | null, highest: LogPlace | null): boolean {
  return place !== null && highest !== null && place.prefix === highest.prefix && place.index < highest.index;
}

function later(one: LogPlace | null, other: LogPlace | null): LogPlace | null {
  if (one === null || other === null || one.prefix !== other.prefix) return other ?? one;
  return one.index > other.index ? one : other;
}
