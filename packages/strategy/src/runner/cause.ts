/**
 * What is being told to a strategy, as a name that is the same on every node: an intent's key is made from it, so that
 * nodes which decide the same from the same input name it the same, and only one order comes of it.
 */
import { createHash } from 'node:crypto';
import type { Bar, Book, Trade } from '../market-data.ts';

/** The ledger's bound on names, and so on client keys. */
export const KEY_SIZE_BYTES_MAX = 64;

/**
 * Feeds count for each subscriber alone: what is the same on every node is the book itself, and the venue's millisecond.
 */
export function bookCause({ asks, bids, symbol, timeUs }: Book): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([bids, asks]))
    .digest('base64url')
    .slice(0, 10);
  return `k:${symbol}:${Math.floor(timeUs / 1000)}:${digest}`;
}

export function tradeCause({ symbol, tradeId }: Trade): string {
  return `t:${symbol}:${tradeId}`;
}

export function barCause({ intervalS, startUs, symbol }: Bar): string {
  return `b:${symbol}:${intervalS}:${startUs / 1_000_000}`;
}

export class Cause {
  #name = '';
  #count = 0;
  #timeUs = 0;

  get timeUs(): number {
    return this.#timeUs;
  }

  /** `name` is unique in the life of the strategy, and equal on all nodes that are told the same. */
  begin(name: string, timeUs: number): void {
    this.#name = name;
    this.#count = 0;
    this.#timeUs = timeUs;
  }

  /** Key of the next intent that this caused. */
  nextKey(): string {
    const key = `${this.#name}#${this.#count++}`;
    if (Buffer.byteLength(key) <= KEY_SIZE_BYTES_MAX) return key;
    return createHash('sha256').update(key).digest('base64url');
  }
}
