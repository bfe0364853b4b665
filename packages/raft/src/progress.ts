/**
 * One follower as its leader sees it: how far its log is known to match, what was sent, and how sending is paced.
 * Probe sends one append a heartbeat, to find where the logs meet; Replicate pipelines up to the window; Snapshot sends
 * nothing until the follower is back within the log. Invariants: match < next, sentCommit counts only what was sent.
 * Source: paper 5.3, flow control of etcd/raft.
 */
import type { Inflights } from './inflights.ts';

export const ProgressState = { Probe: 'probe', Replicate: 'replicate', Snapshot: 'snapshot' } as const;
export type ProgressState = (typeof ProgressState)[keyof typeof ProgressState];

export class Progress {
  /** Highest index at which the follower's log is known to equal the leader's. */
  match = 0;
  /** Index of the next entry to send; those between match and next are in flight. */
  next: number;
  /** Highest commit index that was sent. */
  sentCommit = 0;
  state: ProgressState = ProgressState.Probe;
  /** Index of the snapshot under way; 0 for none. */
  pendingSnapshot = 0;
  /** Heard of since the last check of the quorum. */
  recentActive = false;
  /** No further append until the follower answers (or, in Replicate, until the window has room). */
  paused = false;
  isLearner: boolean;
  readonly inflights: Inflights;

  constructor(next: number, isLearner: boolean, inflights: Inflights) {
    this.next = next;
    this.isLearner = isLearner;
    this.inflights = inflights;
  }

  /** As at the beginning of a term: nothing is known of the follower. */
  reset(next: number): void {
    this.match = 0;
    this.next = next;
    this.sentCommit = 0;
    this.state = ProgressState.Probe;
    this.pendingSnapshot = 0;
    this.recentActive = false;
    this.paused = false;
    this.inflights.clear();
  }

  /** A copy for trying a change of membership: flow control is shared, roles are not. */
  copy(): Progress {
    const copy = new Progress(this.next, this.isLearner, this.inflights);
    copy.match = this.match;
    copy.sentCommit = this.sentCommit;
    copy.state = this.state;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.recentActive = this.recentActive;
    copy.paused = this.paused;
    return copy;
  }

  becomeProbe(): void {
    // After a snapshot that was reported as delivered, probing starts behind it and not at the old match.
    const behind = this.state === ProgressState.Snapshot ? this.pendingSnapshot : 0;
    this.enter(ProgressState.Probe);
    this.next = Math.max(this.match, behind) + 1;
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
  }

  becomeReplicate(): void {
    this.enter(ProgressState.Replicate);
    this.next = this.match + 1;
  }

  becomeSnapshot(index: number): void {
    this.enter(ProgressState.Snapshot);
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }

  private enter(state: ProgressState): void {
    this.paused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.clear();
  }

  /** An append with `count` entries from `next` on was sent. */
  sentEntries(count: number, sizeBytes: number): void {
    if (this.state === ProgressState.Replicate) {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, sizeBytes);
      }
      // The message that fills the window doubles as a probe: only an answer (or a heartbeat's) opens it again.
      this.paused = this.inflights.isFull();
    } else if (count > 0) {
      this.paused = true;
    }
  }

  /** True if telling the follower of commit index `index` could move its own commit index. */
  canBumpCommit(index: number): boolean {
    return index > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** The follower acknowledged `index`. False if that is old news. */
  acknowledge(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    if (this.next <= index) this.next = index + 1;
    this.paused = false;
    return true;
  }

  /** The follower rejected an append after `rejected` and suggests `hint`. False if the rejection is out of date. */
  reject(rejected: number, hint: number): boolean {
    if (this.state === ProgressState.Replicate) {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
      this.sentCommit = Math.min(this.sentCommit, this.next - 1);
      return true;
    }
    // While probing one append is under way: a rejection of any other index answers an older one.
    if (this.next - 1 !== rejected) return false;
    this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    this.paused = false;
    return true;
  }

  isPaused(): boolean {
    return this.state === ProgressState.Snapshot || this.paused;
  }
}
