// The leader's lease: until when no other node can have become leader.
//
// Rule decided here: a follower that took a message of the leader votes for nobody else during an election timeout of
// its own ticks (CheckQuorum, thesis §6.2 and §4.2.3). The leader stamps what it sends with its monotonic clock, the
// follower echoes the newest stamp it took. So with the stamps of a quorum, the lowest of them plus the promised time is
// a moment before which no quorum can elect another. Only differences of the leader's own clock are used.
// A forced election (leadership transfer) ignores the promise: while a TimeoutNow may still be acted on there is no
// lease (etcd-io/raft issue 99). It counts as void once its target echoed a later stamp (it drops older ones) or is
// proven dead.

/**
 * Two clocks may differ by this share in speed: 500 ppm is the most the kernel slews a clock, doubled for two machines,
 * and a wide margin for virtual machines.
 */
const DRIFT_SHARE = 0.01;
/** Between the check of the lease and the bytes leaving this process; also the rounding of timers. */
const MARGIN_US = 1000;
/**
 * An election timeout of E ticks promises E - 2 tick lengths: the first tick may come right after the message, and the
 * ticker makes up for one late tick at most.
 */
const TICKS_LOST = 2;

/** How long a follower's echo binds it, in microseconds of the leader's clock. */
export function leaseDurationUs(tickMs: number, electionMs: number): number {
  const promisedUs = (electionMs - TICKS_LOST * tickMs) * 1000;
  return Math.max(0, Math.floor(promisedUs * (1 - DRIFT_SHARE)) - MARGIN_US);
}

/** Voters whose majorities decide: two sets during a joint configuration, the second empty otherwise. */
export interface LeaseVoters {
  readonly voters: readonly number[];
  readonly votersOutgoing: readonly number[];
}

export class Lease {
  readonly durationUs: number;
  readonly #nodeId: number;
  #voters: LeaseVoters;
  #term = 0;
  /** Newest stamp echoed by each peer in this term. */
  readonly #stamps = new Map<number, number>();
  /** Targets that may still act on a TimeoutNow of this term, with the stamp it bore. */
  readonly #transfers = new Map<number, number>();
  /** Scratch space of `#majorityStampUs`. */
  readonly #sorted: number[] = [];
  /** Lowest stamp of the best quorum; -1 for none, Infinity when this node alone is a quorum. */
  #quorumStampUs = -1;

  constructor(nodeId: number, durationUs: number, voters: LeaseVoters) {
    this.#nodeId = nodeId;
    this.durationUs = durationUs;
    this.#voters = voters;
  }

  /** Term in which this node leads, 0 if it does not. */
  get term(): number {
    return this.#term;
  }

  /** This node became leader of `term`; nothing heard in an earlier term counts. */
  begin(term: number): void {
    this.#term = term;
    this.#stamps.clear();
    this.#transfers.clear();
    this.#recount();
  }

  /** This node does not lead. */
  end(): void {
    this.#term = 0;
    this.#stamps.clear();
    this.#transfers.clear();
    this.#quorumStampUs = -1;
  }

  setVoters(voters: LeaseVoters): void {
    this.#voters = voters;
    if (this.#term !== 0) this.#recount();
  }

  /** A peer answered in `term` and echoed `stampUs` (0 when it had none to echo). */
  echoed(peer: number, term: number, stampUs: number): void {
    if (term !== this.#term || stampUs === 0 || stampUs <= (this.#stamps.get(peer) ?? 0)) return;
    this.#stamps.set(peer, stampUs);
    const transferUs = this.#transfers.get(peer);
    if (transferUs !== undefined && stampUs > transferUs) this.#transfers.delete(peer);
    this.#recount();
  }

  /** A TimeoutNow left for `target` at `stampUs`. */
  transferSent(target: number, stampUs: number): void {
    if (this.#term !== 0) this.#transfers.set(target, stampUs);
  }

  /** Proof that the process of `peer` is gone: it acts on nothing any more. */
  peerDead(peer: number): void {
    this.#transfers.delete(peer);
  }

  /** Microseconds left at `nowUs` (monotonic); 0 when there is no lease. */
  remainingUs(nowUs: number): number {
    if (this.#quorumStampUs < 0 || this.#transfers.size > 0) return 0;
    if (this.#quorumStampUs === Number.POSITIVE_INFINITY) return this.durationUs;
    return Math.max(0, this.#quorumStampUs + this.durationUs - nowUs);
  }

  /** Microseconds since `peer` proved that it follows; -1 if it never did in this term. */
  ackAgeUs(peer: number, nowUs: number): number {
    const stampUs = this.#stamps.get(peer);
    return stampUs === undefined ? -1 : Math.max(0, nowUs - stampUs);
  }

  #recount(): void {
    const { voters, votersOutgoing } = this.#voters;
    const stampUs = this.#majorityStampUs(voters);
    this.#quorumStampUs =
      votersOutgoing.length === 0 ? stampUs : Math.min(stampUs, this.#majorityStampUs(votersOutgoing));
  }

  /** The highest stamp that a majority has reached: with stamps in descending order, the one in the middle. */
  #majorityStampUs(voters: readonly number[]): number {
    const sorted = this.#sorted;
    for (let count = 0; count < voters.length; count++) {
      const id = voters[count]!;
      const stampUs = id === this.#nodeId ? Number.POSITIVE_INFINITY : (this.#stamps.get(id) ?? -1);
      // Insertion: a handful of voters, once per answer of a follower.
      let at = count;
      while (at > 0 && sorted[at - 1]! < stampUs) {
        sorted[at] = sorted[at - 1]!;
        at--;
      }
      sorted[at] = stampUs;
    }
    return voters.length === 0 ? -1 : sorted[Math.floor(voters.length / 2)]!;
  }
}
