/**
 * Reads that wait for a quorum to confirm that this node still leads (thesis 6.4). Each read has a position that only
 * this queue counts; heartbeats carry the last position, and their answers confirm all reads up to it. Positions are
 * internal, because a context chosen by callers could come twice and confirm a read that was never confirmed.
 */
import type { Message } from './message.ts';

/** A read that may be served once the state machine has applied `index`. */
export interface ReadState {
  readonly index: number;
  /** The caller's own bytes, given back. */
  readonly context: Uint8Array;
}

interface PendingRead {
  readonly request: Message;
  readonly index: number;
}

const CONTEXT_BYTES = 8;

function encodePosition(position: number): Uint8Array {
  const context = new Uint8Array(CONTEXT_BYTES);
  let rest = position;
  for (let i = 0; i < CONTEXT_BYTES; i++) {
    context[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return context;
}

function decodePosition(context: Uint8Array): number {
  let position = 0;
  for (let i = Math.min(context.length, CONTEXT_BYTES) - 1; i >= 0; i--) position = position * 256 + context[i]!;
  return position;
}

export class ReadQueue {
  private pending: PendingRead[] = [];
  private confirmed = 0;
  private readonly acks = new Map<number, number>();

  /** `index` is the commit index when the request arrived. */
  add(request: Message, index: number): void {
    this.pending.push({ request, index });
  }

  /** What a heartbeat carries to confirm all that wait now; null if none do. */
  heartbeatContext(): Uint8Array | null {
    return this.pending.length === 0 ? null : encodePosition(this.confirmed + this.pending.length);
  }

  acknowledge(from: number, context: Uint8Array): void {
    this.acks.set(from, Math.max(this.acks.get(from) ?? 0, decodePosition(context)));
  }

  ackedPosition(id: number): number | undefined {
    return this.acks.get(id);
  }

  /** Takes out every read up to `position`. */
  confirm(position: number): readonly PendingRead[] {
    if (position <= this.confirmed) return [];
    const done = this.pending.splice(0, position - this.confirmed);
    this.confirmed += done.length;
    return done;
  }
}
