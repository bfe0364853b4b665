/**
 * The window of unanswered appends to one follower, limited in messages and in bytes, oldest first. Each element is the
 * last index of one message; an acknowledgement of an index frees everything up to it. Decides when replication to a
 * follower pauses. Source: etcd/raft's flow control.
 */
import { brokenInvariant } from './invariant.ts';

const INITIAL_CAPACITY = 8;

export class Inflights {
  readonly maxMessages: number;
  readonly maxBytes: number;
  private indexes: number[] = [];
  private sizes: number[] = [];
  private start = 0;
  /** Messages and bytes in the window. */
  count = 0;
  bytes = 0;

  /** `maxBytes` of Infinity is no limit; the message that crosses it is still let through. */
  constructor(maxMessages: number, maxBytes: number) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  isFull(): boolean {
    return this.count >= this.maxMessages || this.bytes >= this.maxBytes;
  }

  /** Adds a message whose last entry is `index`. Indexes never go down. */
  add(index: number, sizeBytes: number): void {
    if (this.isFull()) brokenInvariant(`an append to a full window of ${this.maxMessages} messages`);
    if (this.count === this.indexes.length) this.grow();
    const slot = (this.start + this.count) & (this.indexes.length - 1);
    this.indexes[slot] = index;
    this.sizes[slot] = sizeBytes;
    this.count++;
    this.bytes += sizeBytes;
  }

  /** Frees every message whose last index is at most `index`. */
  freeUpTo(index: number): void {
    const mask = this.indexes.length - 1;
    while (this.count > 0 && this.indexes[this.start]! <= index) {
      this.bytes -= this.sizes[this.start]!;
      this.start = (this.start + 1) & mask;
      this.count--;
    }
  }

  clear(): void {
    this.start = 0;
    this.count = 0;
    this.bytes = 0;
  }

  private grow(): void {
    const old = this.indexes.length;
    const indexes = new Array<number>(old === 0 ? INITIAL_CAPACITY : old * 2).fill(0);
    const sizes = indexes.slice();
    for (let i = 0; i < this.count; i++) {
      indexes[i] = this.indexes[(this.start + i) & (old - 1)]!;
      sizes[i] = this.sizes[(this.start + i) & (old - 1)]!;
    }
    this.indexes = indexes;
    this.sizes = sizes;
    this.start = 0;
  }
}
