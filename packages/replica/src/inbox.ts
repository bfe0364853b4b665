// Messages from other nodes on their way into raft.
//
// Rules decided here: only kinds that may come over a link (proposals are made by the leader itself, and nobody else
// tells raft to forget its leader), only from the node that the link belongs to. A TimeoutNow
// that is older than the last heartbeat is dropped (leader-echo.ts). For one election timeout after a restart nobody gets
// a vote: the process that ran here before may have promised a lease that it cannot remember (thesis §6.4.1 assumes that
// a server remembers; a fast restart would otherwise let two leaders hold a lease at once).

import { type Message, MessageType, type RaftNode } from '@baton/raft';
import type { LeaderEcho } from './leader-echo.ts';
import type { LeaderSigns } from './leader-signs.ts';
import type { Lease } from './lease.ts';

export class Inbox {
  readonly #raft: RaftNode;
  readonly #lease: Lease;
  readonly #echo: LeaderEcho;
  /** Monotonic time until which votes are withheld. */
  readonly #noVoteUntilUs: number;
  readonly #holdSnapshot: (message: Message) => boolean;
  readonly #signs: LeaderSigns | null;
  /** This node may not take part (yet): it hears nothing, so it says nothing (admission.ts). */
  isMute = false;
  /** A heartbeat of this leader was answered. */
  onRoundTrip: (from: number, durationUs: number) => void = () => {};
  /** The leader tells this node to take over. */
  onHandedOver: (from: number) => void = () => {};
  receivedCount = 0;
  refusedCount = 0;
  staleTransferCount = 0;

  /** `holdSnapshot`: keeps a Snap back until its checkpoint is here (then `release`). */
  constructor(
    raft: RaftNode,
    lease: Lease,
    echo: LeaderEcho,
    noVoteUntilUs: number,
    holdSnapshot: (message: Message) => boolean = () => false,
    signs: LeaderSigns | null = null,
  ) {
    this.#raft = raft;
    this.#lease = lease;
    this.#echo = echo;
    this.#noVoteUntilUs = noVoteUntilUs;
    this.#holdSnapshot = holdSnapshot;
    this.#signs = signs;
  }

  /** This node may take part from now on. */
  unmute(): void {
    this.isMute = false;
  }

  /** A Snap that was held back: raft's turn. */
  release(message: Message): void {
    this.#raft.step(message);
    this.#noteLeader(message);
  }

  take(from: number, message: Message, nowUs: number): void {
    this.receivedCount++;
    if (message.from !== from || message.responses !== null || this.isMute) {
      this.refusedCount++;
      return;
    }
    const raft = this.#raft;
    switch (message.type) {
      case MessageType.Vote:
      case MessageType.PreVote:
        if (nowUs >= this.#noVoteUntilUs) raft.step(message);
        return;
      case MessageType.TimeoutNow:
        if (this.#echo.isStale(message)) this.staleTransferCount++;
        else {
          this.onHandedOver(from);
          raft.step(message);
        }
        return;
      case MessageType.Snap:
        if (!this.#holdSnapshot(message)) this.release(message);
        return;
      case MessageType.App:
      case MessageType.Heartbeat:
        raft.step(message);
        if (this.#noteLeader(message)) this.#signs?.heard(message, nowUs);
        return;
      case MessageType.AppResp:
      case MessageType.HeartbeatResp:
        this.#lease.echoed(from, message.term, message.stampUs);
        if (message.type === MessageType.HeartbeatResp && message.stampUs > 0 && message.term === this.#lease.term)
          this.onRoundTrip(from, nowUs - message.stampUs);
        raft.step(message);
        return;
      case MessageType.VoteResp:
      case MessageType.PreVoteResp:
      case MessageType.ReadIndex:
      case MessageType.ReadIndexResp:
        raft.step(message);
        return;
      default:
        this.refusedCount++;
    }
  }

  /** Whether raft follows the sender of `message`. */
  #noteLeader(message: Message): boolean {
    const { term, leader } = this.#raft;
    const isLeader = term === message.term && leader === message.from;
    if (isLeader) this.#echo.taken(message);
    return isLeader;
  }
}
