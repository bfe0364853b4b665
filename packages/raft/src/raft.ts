/**
 * The machine's state: what every rule reads and changes, the two outboxes, and the four roles' transitions. The rules
 * themselves are in the files by noun (election, replication, following, proposals, reads, transfer, membership).
 * `messages` may be sent at once; `afterAppend` (votes and acknowledgements) only when everything unstable at that
 * moment is durable (thesis 3.8). Source: paper figure 2, thesis 3 and 4, etcd/raft.
 */
import type { Entry, HardState } from './entry.ts';
import { brokenInvariant } from './invariant.ts';
import { RaftLog } from './log.ts';
import type { Configuration, ProgressMap } from './membership.ts';
import { type Message, MessageType, NO_NODE, newMessage } from './message.ts';
import { type RaftConfig, type RaftOptions, resolveRaftOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { ReadQueue, type ReadState } from './read-queue.ts';
import { Succession } from './succession.ts';
import { Tracker } from './tracker.ts';

export const Role = {
  Follower: 'follower',
  PreCandidate: 'pre-candidate',
  Candidate: 'candidate',
  Leader: 'leader',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** A configuration with the progress of its members. */
export interface Members {
  readonly configuration: Configuration;
  readonly progress: ProgressMap;
}

export class Raft {
  readonly config: RaftConfig;
  readonly id: number;
  readonly log: RaftLog;
  readonly tracker = new Tracker();
  readonly succession: Succession;

  term = 0;
  vote = NO_NODE;
  role: Role = Role.Follower;
  leader = NO_NODE;

  messages: Message[] = [];
  afterAppend: Message[] = [];
  readStates: ReadState[] = [];

  /** Ticks since the last election timeout (leader, candidate) or since the leader was last heard (follower). */
  electionElapsed = 0;
  /** The owner says that this node's disk stands still: it could not store its own vote, so it does not ask for any. */
  isCampaignHeld = false;
  heartbeatElapsed = 0;
  randomizedElectionTicks = 0;

  /** Ticks for which votes are still refused after a restart, because the node may have extended a lease before. */
  restartLeaseTicks = 0;

  /** A membership change may be unapplied up to here; no other is let into the log before it is. */
  pendingConfIndex = 0;
  /** Bytes of payload proposed in this term and not yet applied. */
  uncommittedBytes = 0;

  transferee = NO_NODE;
  /** A TimeoutNow of this term is out: its receiver may be elected within our lease, so the lease holds no longer. */
  leaseRevoked = false;

  reads = new ReadQueue();
  /** Reads that wait for the first commit of this leader's term. */
  postponedReads: Message[] = [];

  /**
   * Members as the state machine knows them, while a snapshot waits to be stored: entries from before it may still be
   * on their way through the apply thread, and their changes must not be made to the snapshot's members. Else null.
   */
  membersBeforeSnapshot: Members | null = null;

  /** Appends are owed to followers; sent together when the loop asks for work (coalesceAppends). */
  appendsDue = false;

  constructor(options: RaftOptions) {
    this.config = resolveRaftOptions(options);
    this.id = this.config.id;
    this.log = new RaftLog(this.config.storage, this.config.maxApplyingBytes);
    this.succession = new Succession(this.config);
  }

  hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  /** Takes over what was durable before a restart. */
  loadHardState(state: HardState): void {
    if (state.term === 0 && state.vote === 0 && state.commit === 0) return;
    // Lower than what is compacted is possible: the commit index is not synced. Beyond the log's end is a lost log.
    this.log.commitTo(state.commit);
    this.term = state.term;
    this.vote = state.vote;
    if (this.config.leaseAfterRestart) this.restartLeaseTicks = this.config.electionTicks;
  }

  ownProgress(): Progress | undefined {
    return this.tracker.progress.get(this.id);
  }

  /** True if this node could be leader: a voter here, with no snapshot waiting to be stored. */
  isPromotable(): boolean {
    const progress = this.ownProgress();
    return progress !== undefined && !progress.isLearner && this.log.unstable.snapshot === null;
  }

  /** A message of this term from this node, not yet sent. */
  message(type: MessageType, to: number): Message {
    return newMessage(type, to, this.id, this.term);
  }

  /** To be sent at once. */
  send(message: Message): void {
    if (message.to === this.id) brokenInvariant(`a message of kind ${message.type} is addressed to its sender`);
    this.messages.push(message);
  }

  /** To be sent (or stepped, if to ourselves) once all that is unstable now is durable. */
  sendAfterAppend(message: Message): void {
    this.afterAppend.push(message);
  }

  /** Acknowledges the log up to `index`. */
  acknowledge(to: number, index: number): void {
    const message = this.message(MessageType.AppResp, to);
    message.index = index;
    // Mostly the only one: a list of one takes less room than a list that begins to grow.
    if (this.afterAppend.length === 0) this.afterAppend = [message];
    else this.afterAppend.push(message);
  }

  private reset(term: number): void {
    if (term < this.term) brokenInvariant(`term would go back from ${this.term} to ${term}`);
    if (this.term !== term) {
      this.term = term;
      this.vote = NO_NODE;
    }
    this.leader = NO_NODE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.randomizedElectionTicks = this.succession.electionTimeout();
    this.transferee = NO_NODE;
    this.leaseRevoked = false;
    this.tracker.votes.clear();
    const last = this.log.lastIndex();
    for (let i = 0; i < this.tracker.ids.length; i++) {
      const progress = this.tracker.members[i]!;
      progress.reset(last + 1);
      if (this.tracker.ids[i] === this.id) progress.match = last;
    }
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.appendsDue = false;
    this.reads = new ReadQueue();
    this.succession.reset();
  }

  becomeFollower(term: number, leader: number): void {
    this.reset(term);
    this.leader = leader;
    this.role = Role.Follower;
  }

  becomePreCandidate(): void {
    if (this.role === Role.Leader) brokenInvariant('a leader cannot become pre-candidate');
    // Neither term nor vote change: asking must leave no trace if the answer is no (thesis 9.6).
    this.tracker.votes.clear();
    this.leader = NO_NODE;
    this.role = Role.PreCandidate;
  }

  becomeCandidate(): void {
    if (this.role === Role.Leader) brokenInvariant('a leader cannot become candidate');
    this.reset(this.term + 1);
    this.vote = this.id;
    this.role = Role.Candidate;
  }

  /** Role and bookkeeping only; the new leader's empty entry is appended by the election. */
  becomeLeader(): void {
    if (this.role === Role.Follower) brokenInvariant('a follower cannot become leader without an election');
    this.reset(this.term);
    this.leader = this.id;
    this.role = Role.Leader;
    const own = this.ownProgress();
    if (own === undefined) brokenInvariant('elected without being a member');
    own.becomeReplicate();
    own.recentActive = true;
    // Some entry of the tail may be a membership change: wait for all of it rather than look.
    this.pendingConfIndex = this.log.lastIndex();
  }

  /** True once an entry of this term is committed: only then is the commit index known to be up to date (thesis 6.4). */
  hasCommittedInTerm(): boolean {
    return this.log.term(this.log.committed) === this.term;
  }

  /** Frees the space that applied entries took in the uncommitted tail. */
  reduceUncommitted(entries: readonly Entry[]): void {
    if (this.uncommittedBytes === 0) return;
    let bytes = 0;
    for (let i = 0; i < entries.length; i++) bytes += entries[i]!.data.length;
    this.uncommittedBytes = Math.max(0, this.uncommittedBytes - bytes);
  }
}
