/**
 * Who should lead next, and when to try: bands of election timeouts by rank, the staggered campaign after proof of
 * death, PreVotes on hold, and the clock of a leader that cannot commit. Beyond etcd/raft: with no successionOrder and
 * the options off, timeouts are uniform in [T, 2T) and nothing else here acts.
 */
import type { Message } from './message.ts';
import type { RaftConfig } from './options.ts';

export class Succession {
  private readonly config: RaftConfig;
  /** Ticks until this node campaigns after proof of death; -1 is not at all. */
  campaignIn = -1;
  /** PreVotes that arrived while the leader seemed alive: the last of each sender. */
  readonly held = new Map<number, Message>();
  /** Ticks for which the leader's oldest entry was not committed, or not durable here, and what that is measured from. */
  private commitStalledTicks = 0;
  private diskStalledTicks = 0;
  private stalledCommit = 0;
  private stalledStable = 0;
  /** Election timeouts to let pass before the next transfer to a preferred node; doubles with each failure. */
  transferWait = 0;
  private transferBackoff = 1;

  constructor(config: RaftConfig) {
    this.config = config;
  }

  /** 0 is the most preferred; nodes that are not named share the last rank. */
  rank(id: number): number {
    const order = this.config.successionOrder;
    const at = order.indexOf(id);
    return at < 0 ? order.length : at;
  }

  /**
   * Ticks until this node campaigns: uniform in [T, 2T), or in this rank's own part of it. Bands that do not overlap
   * keep two candidates apart, and let the preferred node always try first.
   */
  electionTimeout(): number {
    const ticks = this.config.electionTicks;
    if (!this.config.timeoutBands) return ticks + Math.floor(this.config.random() * ticks);
    const ranks = this.config.successionOrder.length + 1;
    const width = Math.max(1, Math.floor(ticks / ranks));
    return ticks + this.rank(this.config.id) * width + Math.floor(this.config.random() * width);
  }

  /** Role or term changed: what was planned is void. How transfers fared is kept, until another leader is followed. */
  reset(): void {
    this.campaignIn = -1;
    this.held.clear();
    this.commitStalledTicks = 0;
    this.diskStalledTicks = 0;
    this.stalledCommit = 0;
    this.stalledStable = 0;
  }

  /** The leader was heard: nobody has to follow it yet. */
  leaderHeard(): void {
    this.campaignIn = -1;
    this.transferWait = 0;
    this.transferBackoff = 1;
    if (this.held.size > 0) this.held.clear();
  }

  /** Takes out the PreVotes on hold. */
  takeHeld(): readonly Message[] {
    if (this.held.size === 0) return [];
    const held = [...this.held.values()];
    this.held.clear();
    return held;
  }

  /** Counts one tick of a leader. Returns for how many ticks the oldest waiting entry has made no way. */
  countStall(committed: number, stable: number, last: number): number {
    const commitMoved = committed > this.stalledCommit || committed >= last;
    const diskMoved = stable > this.stalledStable || stable >= last;
    this.commitStalledTicks = commitMoved ? 0 : this.commitStalledTicks + 1;
    this.diskStalledTicks = diskMoved ? 0 : this.diskStalledTicks + 1;
    this.stalledCommit = committed;
    this.stalledStable = stable;
    return this.stalledTicks();
  }

  stalledTicks(): number {
    return Math.max(this.commitStalledTicks, this.diskStalledTicks);
  }

  transferFailed(): void {
    this.transferWait = this.transferBackoff;
    this.transferBackoff = Math.min(this.transferBackoff * 2, 64);
  }
}
