// The nodes tell each other their state hashes at every K-th index, and each judges itself (state-hashes.ts).

import type { Links } from './links.ts';
import type { Membership } from './membership.ts';
import type { ReplicaLog } from './replica-log.ts';
import { decodeHashMessage, encodeHashMessage, StateHashes } from './state-hashes.ts';
import type { HashAt } from './status.ts';

/** Wire channel of state hashes; part of the protocol between nodes. */
export const HASH_CHANNEL = 1;

export interface HashExchangeOptions {
  readonly nodeId: number;
  readonly links: Links;
  readonly membership: Membership;
  readonly leader: () => number;
  readonly log: ReplicaLog;
  /** This node's state is wrong; what was found, in words. */
  readonly onDiverged: (detail: string) => void;
}

export class HashExchange {
  readonly #options: HashExchangeOptions;
  readonly #hashes: StateHashes;
  last: HashAt | null = null;
  comparedCount = 0;

  constructor(options: HashExchangeOptions) {
    this.#options = options;
    this.#hashes = new StateHashes(options.nodeId);
  }

  /** This node's state at `index` has `hash`. */
  computed(index: number, hash: string): void {
    const { nodeId, links, membership } = this.#options;
    this.last = { index, hash };
    this.#hashes.record(nodeId, index, hash);
    const bytes = encodeHashMessage(index, hash);
    for (const peer of membership.others()) links.sendBytes(peer, HASH_CHANNEL, bytes);
    this.#judge(index);
  }

  /** Bytes of another node on the channel of hashes. */
  received(from: number, bytes: Uint8Array): void {
    const message = decodeHashMessage(bytes);
    if (message === null) return;
    this.#hashes.record(from, message.index, message.hash);
    this.#judge(message.index);
  }

  /** This node's hash at an index, while it is remembered. */
  hashAt(index: number): string | null {
    return this.#hashes.hashOf(this.#options.nodeId, index);
  }

  #judge(index: number): void {
    const { nodeId, links, membership, leader, log, onDiverged } = this.#options;
    const peers = membership.others();
    const linked = peers.filter((id) => links.isUp(id));
    const verdict = this.#hashes.judge(index, membership.confState.voters.length, linked, leader());
    if (verdict === 'open') return;
    this.comparedCount++;
    if (verdict === 'another-diverged') log('error', 'another node has a different state', { index });
    if (verdict !== 'diverged') return;
    const others = peers.map((id) => `${id}: ${this.#hashes.hashOf(id, index) ?? 'unknown'}`).join(', ');
    const own = this.#hashes.hashOf(nodeId, index) ?? '';
    onDiverged(`its state at index ${index} has hash ${own}, the others have ${others}`);
  }
}
