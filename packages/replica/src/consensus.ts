// Raft driven over journal and links: one loop of work per turn of the event loop.
//
// Rules decided here:
// - What happens within a turn (messages, proposals, a tick, durable writes) is collected; at its end raft is asked for
//   work until it has none, so that everything leaves in one frame per peer.
// - A leader's messages go to the sockets before its own journal gets the entries: network and disk work in parallel.
// - Responses that rest on stored state leave only when the journal says it is durable (thesis §3.8, §10.2.1). The
//   journal writes within the turn: what it syncs in line is answered in the same turn, without a wait for the next.
// - A leader applies and answers proposers before it tells followers of the new commit index, and what they propose
//   then leaves with it; a follower writes and acknowledges before it applies. Both take work off the way of a commit.

import type { Clock } from '@baton/host';
import { APPEND_THREAD, APPLY_THREAD, type Message, MessageType, type RaftNode, type Snapshot } from '@baton/raft';
import type { AppendQueue } from './append-queue.ts';
import type { ApplyLoop } from './apply-loop.ts';
import { invariant } from './invariant.ts';
import type { Outbox } from './outbox.ts';
import type { Waiters } from './waiters.ts';

/** Far above what one turn needs; a loop beyond it means that raft makes work out of nothing. */
const ROUNDS_MAX = 1000;
/** Later passes take up what the first stored and what its callbacks proposed; more would keep sockets and timers waiting. */
const PASSES_MAX = 3;

export interface ConsensusParts {
  readonly nodeId: number;
  readonly raft: RaftNode;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly appendQueue: AppendQueue;
  readonly applyLoop: ApplyLoop;
  readonly waiters: Waiters;
  /** Before raft is asked for work: the role may have changed, proposals may wait. */
  readonly beforeWork: () => void;
  /** Work handed to the journal. */
  readonly onAppend: (message: Message) => void;
  readonly isLeader: () => boolean;
  /** Proposals wait to be handed to raft. */
  readonly hasProposals: () => boolean;
  /** Committed entries are due; proposers are answered. */
  readonly apply: () => void;
  /** A link did not take a snapshot. */
  readonly onSnapshotDropped: (peer: number, snapshot: Snapshot) => void;
  /** After everything of the turn was handed on. */
  readonly afterTurn: () => void;
  /** Something threw: the replica cannot go on. */
  readonly onError: (error: unknown) => void;
}

export class Consensus {
  readonly #parts: ConsensusParts;
  #isScheduled = false;
  #isInTurn = false;
  #isStopped = false;

  constructor(parts: ConsensusParts) {
    this.#parts = parts;
  }

  /** Asks for a turn of work after the present turn of the event loop. */
  schedule(): void {
    // Within a turn nobody need ask: it looks for what is left at its end.
    if (this.#isScheduled || this.#isStopped || this.#isInTurn) return;
    this.#isScheduled = true;
    this.#parts.clock.defer(() => {
      this.#isScheduled = false;
      this.guard(() => this.#turn());
    });
  }

  /** Runs `work` unless stopped; what it throws ends the replica. */
  guard(work: () => void): void {
    if (this.#isStopped) return;
    try {
      work();
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  /** Responses of stored or applied work: to raft itself, or to other nodes. */
  deliver(responses: readonly Message[]): void {
    const { nodeId, raft, outbox, clock } = this.#parts;
    for (const response of responses) {
      if (response.to === nodeId) raft.step(response);
      else outbox.add(response, clock.monotonicUs());
    }
    this.schedule();
  }

  stop(): void {
    this.#isStopped = true;
  }

  #turn(): void {
    const { raft, outbox, appendQueue, applyLoop, clock, hasProposals, afterTurn } = this.#parts;
    this.#isInTurn = true;
    try {
      for (let pass = 1; pass <= PASSES_MAX; pass++) {
        if (!this.#pass()) return;
        appendQueue.flush();
        if (this.#isStopped) return;
        if (!raft.hasReady() && !hasProposals()) break;
      }
      if (!outbox.mayWait(clock.monotonicUs())) this.#flush();
      if (applyLoop.hasWork && !this.#apply()) return;
      afterTurn();
    } finally {
      this.#isInTurn = false;
    }
    if (applyLoop.hasWork || hasProposals() || raft.hasReady() || outbox.isUrgent) this.schedule();
  }

  /** Raft's work of now: collected, sent if anybody waits for it, handed to the journal, applied. False if stopped. */
  #pass(): boolean {
    const { raft, outbox, appendQueue, isLeader, applyLoop } = this.#parts;
    const appends: Message[] = [];
    for (let round = 0; ; round++) {
      invariant(round < ROUNDS_MAX, `raft still has work after ${ROUNDS_MAX} rounds of one turn`);
      this.#parts.beforeWork();
      if (this.#isStopped) return false;
      if (!raft.hasReady()) break;
      this.#collect(appends);
    }
    if (outbox.isUrgent) this.#flush();
    for (const message of appends) {
      this.#parts.onAppend(message);
      appendQueue.add(message);
      if (this.#isStopped) return false;
    }
    // A follower has no proposer waiting: it applies when what it stored is on its way.
    return !isLeader() || !applyLoop.hasWork || this.#apply();
  }

  #apply(): boolean {
    this.#parts.apply();
    return !this.#isStopped;
  }

  #collect(appends: Message[]): void {
    const { raft, outbox, applyLoop, waiters, clock } = this.#parts;
    const ready = raft.ready();
    const nowUs = clock.monotonicUs();
    for (const { context, index } of ready.readStates) waiters.confirmed(context, index);
    for (const message of ready.messages) {
      if (message.to === APPEND_THREAD) appends.push(message);
      else if (message.to === APPLY_THREAD) applyLoop.add(message);
      else outbox.add(message, nowUs);
    }
  }

  #flush(): void {
    const { raft, outbox, onSnapshotDropped } = this.#parts;
    outbox.flush((peer, messages) => {
      raft.reportUnreachable(peer);
      for (const { type, snapshot } of messages) {
        if (type !== MessageType.Snap || snapshot === null) continue;
        raft.reportSnapshot(peer, false);
        onSnapshotDropped(peer, snapshot);
      }
    });
  }
}
