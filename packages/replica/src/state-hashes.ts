// Do the copies still agree? Each node hashes its state at every K-th applied entry and tells the others.
//
// Rule decided here: who is wrong. At an index where all linked nodes have reported: a node whose hash differs from that
// of a majority of the voters is the one that diverged. Without such a majority a follower yields to its leader. So one
// bad copy quarantines itself, never the cluster (design §8).

/** Hashes are kept for this many comparison points: a slower node may be that far behind and still be compared. */
const POINTS_KEPT = 256;
const INDEX_BYTES = 8;

export type HashVerdict = 'open' | 'agrees' | 'diverged' | 'another-diverged';

/** A message of hash exchange: index (8 bytes, big-endian), then the hash as UTF-8. */
export function encodeHashMessage(index: number, hash: string): Uint8Array {
  const text = Buffer.from(hash, 'utf8');
  const bytes = Buffer.allocUnsafe(INDEX_BYTES + text.length);
  bytes.writeBigUInt64BE(BigInt(index), 0);
  text.copy(bytes, INDEX_BYTES);
  return bytes;
}

/** Null when the bytes are no hash message. */
export function decodeHashMessage(bytes: Uint8Array): { readonly index: number; readonly hash: string } | null {
  if (bytes.length <= INDEX_BYTES || bytes.length > 1024) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const index = buffer.readBigUInt64BE(0);
  if (index > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { index: Number(index), hash: buffer.toString('utf8', INDEX_BYTES) };
}

export class StateHashes {
  readonly #nodeId: number;
  /** index → node id → hash, in order of arrival. */
  readonly #points = new Map<number, Map<number, string>>();

  constructor(nodeId: number) {
    this.#nodeId = nodeId;
  }

  record(nodeId: number, index: number, hash: string): void {
    let point = this.#points.get(index);
    if (point === undefined) {
      point = new Map();
      this.#points.set(index, point);
      if (this.#points.size > POINTS_KEPT) {
        const [oldest] = this.#points.keys();
        this.#points.delete(oldest!);
      }
    }
    point.set(nodeId, hash);
  }

  hashOf(nodeId: number, index: number): string | null {
    return this.#points.get(index)?.get(nodeId) ?? null;
  }

  /** `linked`: other nodes that could still report. `leader`: 0 if unknown. */
  judge(index: number, voterCount: number, linked: readonly number[], leader: number): HashVerdict {
    const point = this.#points.get(index);
    const own = point?.get(this.#nodeId);
    if (point === undefined || own === undefined || point.size === 1) return 'open';
    const holders = new Map<string, number>();
    for (const hash of point.values()) holders.set(hash, (holders.get(hash) ?? 0) + 1);
    if (holders.size === 1) return 'agrees';
    const majority = Math.floor(voterCount / 2) + 1;
    for (const [hash, count] of holders) {
      if (count >= majority) return hash === own ? 'another-diverged' : 'diverged';
    }
    if (linked.some((id) => !point.has(id))) return 'open';
    const leaders = point.get(leader);
    return leaders !== undefined && leader !== this.#nodeId && leaders !== own ? 'diverged' : 'open';
  }
}
