/**
 * The configuration in force, the progress of each member, and the votes of the election under way. Answers what a
 * quorum has acknowledged. Invariant: `ids` ascends and lists exactly the members with progress.
 */
import { type Configuration, EMPTY_CONFIGURATION, type ProgressMap } from './membership.ts';
import type { Progress } from './progress.ts';
import { jointVoteResult, majorityIndex, VoteResult } from './quorum.ts';

export class Tracker {
  configuration: Configuration = EMPTY_CONFIGURATION;
  progress: ProgressMap = new Map();
  /** Members with progress, ascending; `members[i]` is the progress of `ids[i]`. */
  ids: readonly number[] = [];
  members: readonly Progress[] = [];
  readonly votes = new Map<number, boolean>();
  private incoming: readonly Progress[] = [];
  private outgoing: readonly Progress[] = [];
  private readonly scratch: number[] = [];

  set(configuration: Configuration, progress: ProgressMap): void {
    this.configuration = configuration;
    this.progress = progress;
    this.ids = [...progress.keys()].sort((a, b) => a - b);
    this.members = this.ids.map((id) => progress.get(id)!);
    this.incoming = configuration.incoming.map((id) => progress.get(id)!);
    this.outgoing = configuration.outgoing.map((id) => progress.get(id)!);
  }

  isVoter(id: number): boolean {
    return this.configuration.incoming.includes(id) || this.configuration.outgoing.includes(id);
  }

  isSingleton(): boolean {
    return this.incoming.length === 1 && this.outgoing.length === 0;
  }

  /** The highest index that a quorum of both halves has in its logs. */
  committedIndex(): number {
    const incoming = this.matched(this.incoming);
    return this.outgoing.length === 0 ? incoming : Math.min(incoming, this.matched(this.outgoing));
  }

  private matched(voters: readonly Progress[]): number {
    for (let i = 0; i < voters.length; i++) this.scratch[i] = voters[i]!.match;
    return majorityIndex(this.scratch, voters.length);
  }

  /** True if a quorum was heard of since the last check. */
  isQuorumActive(): boolean {
    const active = new Map<number, boolean>();
    for (let i = 0; i < this.ids.length; i++) {
      if (!this.members[i]!.isLearner) active.set(this.ids[i]!, this.members[i]!.recentActive);
    }
    return jointVoteResult(this.configuration.incoming, this.configuration.outgoing, active) === VoteResult.Won;
  }

  /** Counts the first vote of each node in this election; a repeated answer changes nothing. */
  recordVote(id: number, granted: boolean): VoteResult {
    if (!this.votes.has(id)) this.votes.set(id, granted);
    return this.voteResult();
  }

  voteResult(): VoteResult {
    return jointVoteResult(this.configuration.incoming, this.configuration.outgoing, this.votes);
  }
}
