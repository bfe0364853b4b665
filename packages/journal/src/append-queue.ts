// Appends that were accepted and are not written yet, and how they come together in groups.
//
// Rule decided here: a group takes the longest front of the queue that may share one sync; a snapshot begins a group of
// its own; what a later append of the same group replaces is not written at all, so a group's entries are contiguous.

import type { Entry, HardState, Snapshot } from '@baton/raft';

/**
 * A larger group is not started: it bounds how long the latest append can wait behind one sync, and what encoding it, or
 * reading it again for a follower that is behind, takes of the event loop.
 */
const MAX_GROUP_PAYLOAD_BYTES = 1024 * 1024;

/** One append on its way to the disk. */
export interface QueuedAppend {
  readonly hardState: HardState | null;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
  /** Term or vote change. */
  readonly isVote: boolean;
  readonly onDurable: () => void;
  readonly sizeBytes: number;
  readonly acceptedUs: number;
  isAcknowledged: boolean;
}

/** A group between its write and its acknowledgement. */
export interface Group {
  readonly items: readonly QueuedAppend[];
  readonly entries: readonly Entry[];
  readonly isVote: boolean;
  readonly needsWrite: boolean;
  readonly snapshot: Snapshot | null;
}

/** The entries of several appends as one contiguous run: what a later append replaces is not written at all. */
function joinedEntries(items: readonly QueuedAppend[]): readonly Entry[] {
  if (items.length === 1) return (items[0] as QueuedAppend).entries;
  const joined: Entry[] = [];
  for (const { entries } of items) {
    const first = entries[0]?.index ?? Number.POSITIVE_INFINITY;
    while (joined.length > 0 && (joined[joined.length - 1] as Entry).index >= first) joined.pop();
    for (const entry of entries) joined.push(entry);
  }
  return joined;
}

/** The queue. */
export class AppendQueue {
  #items: QueuedAppend[] = [];
  /** So many of the first were handed out by `nextEarly`. */
  #earlyCount = 0;
  sizeBytes = 0;

  get length(): number {
    return this.#items.length;
  }

  get items(): readonly QueuedAppend[] {
    return this.#items;
  }

  push(item: QueuedAppend): void {
    this.#items.push(item);
    this.sizeBytes += item.sizeBytes;
  }

  /** The next that may be acknowledged before its sync; null behind the first that may not. Each is handed out once. */
  nextEarly(): QueuedAppend | null {
    const item = this.#items[this.#earlyCount];
    if (item === undefined || item.isVote || item.snapshot !== null) return null;
    this.#earlyCount += 1;
    return item;
  }

  /** All that is queued was handed out by `nextEarly`. */
  get areAllEarly(): boolean {
    return this.#earlyCount === this.#items.length;
  }

  /** Lowest index that is queued; Infinity for none. */
  firstIndex(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const item of this.#items) first = Math.min(first, item.entries[0]?.index ?? Number.POSITIVE_INFINITY);
    return first;
  }

  /** The next group; it stays queued until `take`. */
  nextGroup(): Group {
    let count = 0;
    let size = 0;
    for (const item of this.#items) {
      if (count > 0 && (item.snapshot !== null || size + item.sizeBytes > MAX_GROUP_PAYLOAD_BYTES)) break;
      size += item.sizeBytes;
      count += 1;
    }
    const items = this.#items.slice(0, count);
    const entries = joinedEntries(items);
    const isVote = items.some((item) => item.isVote);
    const snapshot = items[0]?.snapshot ?? null;
    return { items, entries, isVote, snapshot, needsWrite: isVote || entries.length > 0 || snapshot !== null };
  }

  /** The group's appends are on their way. */
  take(group: Group): void {
    this.#items = this.#items.slice(group.items.length);
    this.#earlyCount = Math.max(0, this.#earlyCount - group.items.length);
    for (const item of group.items) this.sizeBytes -= item.sizeBytes;
  }
}
