/**
 * What the shell must do next: what to store, to send and to apply, and which rests on which. Synchronous mode hands
 * out one Ready at a time, and `advance` steps what follows from it. With asyncStorageWrites the storage work travels
 * as messages that carry the answers to give once it is done, so that several may be under way.
 */
import type { Entry, HardState, Snapshot } from './entry.ts';
import { brokenInvariant } from './invariant.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message, MessageType, newMessage } from './message.ts';
import type { Raft, Role } from './raft.ts';
import type { ReadState } from './read-queue.ts';
import { flushAppends } from './replication.ts';
import { step } from './stepping.ts';

/** What others may want to know of this node and is not stored. */
export interface SoftState {
  /** 0 is unknown. */
  readonly leader: number;
  readonly role: Role;
}

export interface Ready {
  /** Null if unchanged. */
  readonly softState: SoftState | null;
  /** To be stored before messages are sent; null if unchanged. */
  readonly hardState: HardState | null;
  /** Reads that may be served once their index is applied. */
  readonly readStates: readonly ReadState[];
  /** To be stored before messages are sent. */
  readonly entries: readonly Entry[];
  /** To be stored before messages are sent; null for none. Never together with entries of its own. */
  readonly snapshot: Snapshot | null;
  /** To be applied, after entries and snapshot are stored. */
  readonly committedEntries: readonly Entry[];
  /** To be sent after entries and hard state are stored; with asyncStorageWrites at once, storage work among them. */
  readonly messages: readonly Message[];
  /** True if what is stored must be durable before messages are sent; false for a mere commit index. */
  readonly mustSync: boolean;
}

/** Never pushed to. */
const NO_MESSAGES: Message[] = [];

export class ReadyQueue {
  private readonly raft: Raft;
  private readonly async: boolean;
  private leader: number;
  private role: Role;
  private term: number;
  private vote: number;
  private commit: number;
  /** What advance steps, in this order: answers to ourselves, then that all is stored, then that all is applied. */
  private ownOnAdvance: Message[] = NO_MESSAGES;
  private storedOnAdvance: Message | null = null;
  private appliedOnAdvance: Message | null = null;
  private handedOut = false;

  constructor(raft: Raft) {
    this.raft = raft;
    this.async = raft.config.asyncStorageWrites;
    this.leader = raft.leader;
    this.role = raft.role;
    this.term = raft.term;
    this.vote = raft.vote;
    this.commit = raft.log.committed;
  }

  hasReady(): boolean {
    const raft = this.raft;
    if (raft.messages.length > 0 || raft.afterAppend.length > 0 || raft.appendsDue) return true;
    const { unstable } = raft.log;
    if (unstable.hasNextEntries() || raft.log.hasNextCommitted(!this.async)) return true;
    if (raft.readStates.length > 0 || unstable.nextSnapshot() !== null) return true;
    return raft.leader !== this.leader || raft.role !== this.role || this.hardStateChanged();
  }

  private hardStateChanged(): boolean {
    const raft = this.raft;
    return raft.term !== this.term || raft.vote !== this.vote || raft.log.committed !== this.commit;
  }

  ready(): Ready {
    const raft = this.raft;
    if (this.handedOut) brokenInvariant('a second Ready was taken before advance');
    if (raft.appendsDue) flushAppends(raft);
    const entries = raft.log.unstable.nextEntries();
    const committedEntries = raft.log.nextCommitted(!this.async);
    const snapshot = raft.log.unstable.nextSnapshot();
    const mustSync = entries.length > 0 || raft.vote !== this.vote || raft.term !== this.term;
    const hardState = this.hardStateChanged() ? raft.hardState() : null;
    let messages = raft.messages;
    if (this.async) this.queueStorageWork(messages, entries, hardState, snapshot, committedEntries);
    else messages = this.splitAfterAppend(messages, snapshot, committedEntries);
    const ready: Ready = {
      softState: this.takeSoftState(),
      hardState,
      readStates: raft.readStates,
      entries,
      snapshot,
      committedEntries,
      messages,
      mustSync,
    };
    this.accept(ready);
    return ready;
  }

  private takeSoftState(): SoftState | null {
    const raft = this.raft;
    if (raft.leader === this.leader && raft.role === this.role) return null;
    this.leader = raft.leader;
    this.role = raft.role;
    return { leader: raft.leader, role: raft.role };
  }

  private accept(ready: Ready): void {
    const raft = this.raft;
    if (ready.hardState !== null) {
      this.term = ready.hardState.term;
      this.vote = ready.hardState.vote;
      this.commit = ready.hardState.commit;
    }
    if (ready.readStates.length > 0) raft.readStates = [];
    raft.messages = [];
    if (raft.afterAppend.length > 0) raft.afterAppend = [];
    raft.log.unstable.acceptInProgress();
    if (ready.committedEntries.length > 0) raft.log.acceptApplying(ready.committedEntries, !this.async);
    this.handedOut = !this.async;
  }

  private queueStorageWork(
    messages: Message[],
    entries: readonly Entry[],
    hardState: HardState | null,
    snapshot: Snapshot | null,
    committed: readonly Entry[],
  ): void {
    const raft = this.raft;
    if (entries.length > 0 || hardState !== null || snapshot !== null || raft.afterAppend.length > 0) {
      const work = newMessage(
        MessageType.StorageAppend,
        APPEND_THREAD,
        raft.id,
        hardState === null ? 0 : hardState.term,
      );
      if (hardState !== null) {
        work.vote = hardState.vote;
        work.commit = hardState.commit;
      }
      work.entries = entries;
      work.snapshot = snapshot;
      const responses = raft.afterAppend;
      if (this.needsAppendResponse(snapshot)) responses.push(this.appendResponse(snapshot));
      work.responses = responses.length > 0 ? responses : NO_MESSAGES;
      messages.push(work);
    }
    if (committed.length > 0) {
      const work = newMessage(MessageType.StorageApply, APPLY_THREAD, raft.id, 0);
      work.entries = committed;
      work.responses = [this.applyResponse(committed)];
      messages.push(work);
    }
  }

  /** Splits what waits for storage: to others behind the messages, to ourselves kept for advance. */
  private splitAfterAppend(messages: Message[], snapshot: Snapshot | null, committed: readonly Entry[]): Message[] {
    const { afterAppend, id } = this.raft;
    // A follower has nothing to send but these, and nothing to itself: then no list has to be copied.
    let sent = messages;
    if (messages.length === 0 && afterAppend.length === 1 && afterAppend[0]!.to !== id) sent = afterAppend;
    else {
      for (let i = 0; i < afterAppend.length; i++) {
        const message = afterAppend[i]!;
        if (message.to !== id) messages.push(message);
        else if (this.ownOnAdvance.length === 0) this.ownOnAdvance = [message];
        else this.ownOnAdvance.push(message);
      }
    }
    if (this.needsAppendResponse(snapshot)) this.storedOnAdvance = this.appendResponse(snapshot);
    if (committed.length > 0) this.appliedOnAdvance = this.applyResponse(committed);
    return sent;
  }

  private needsAppendResponse(snapshot: Snapshot | null): boolean {
    return snapshot !== null || this.raft.log.unstable.entries.length > 0;
  }

  /**
   * Attests that the log up to its present end is durable. Carries our term: if that changes before the write is done,
   * the answer is ignored, for a later write may be replacing the same entries and an earlier answer must not pass for
   * its own (ABA). So that the tail is trimmed in the end, the attestation goes with every write while a tail exists.
   */
  private appendResponse(snapshot: Snapshot | null): Message {
    const raft = this.raft;
    const response = newMessage(MessageType.StorageAppendResp, raft.id, APPEND_THREAD, raft.term);
    if (raft.log.unstable.entries.length > 0) {
      response.index = raft.log.lastIndex();
      response.logTerm = raft.log.lastTerm();
    }
    response.snapshot = snapshot;
    return response;
  }

  private applyResponse(committed: readonly Entry[]): Message {
    const response = newMessage(MessageType.StorageApplyResp, this.raft.id, APPLY_THREAD, 0);
    response.entries = committed;
    return response;
  }

  /** The last Ready is stored, sent and applied. */
  advance(): void {
    if (this.async) brokenInvariant('advance was called although storage answers by messages');
    const own = this.ownOnAdvance;
    const stored = this.storedOnAdvance;
    const applied = this.appliedOnAdvance;
    this.ownOnAdvance = NO_MESSAGES;
    this.storedOnAdvance = null;
    this.appliedOnAdvance = null;
    this.handedOut = false;
    for (let i = 0; i < own.length; i++) step(this.raft, own[i]!);
    if (stored !== null) step(this.raft, stored);
    if (applied !== null) step(this.raft, applied);
  }
}
