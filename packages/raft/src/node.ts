/**
 * The public face of one node: ticks, messages and proposals in, Ready out. Pure and synchronous: no input or output, no
 * clock, no randomness but what is injected, so the same calls give the same answers. Not reentrant.
 */
import { type ConfChange, type ConfChangeSingle, encodeConfChange, encodeConfChangeV1 } from './conf-change.ts';
import { applyChange, restoreMembers } from './configuring.ts';
import { reportDeath } from './death.ts';
import { startCampaign, usualCampaign } from './election.ts';
import { type ConfState, EntryType, NO_ENTRIES } from './entry.ts';
import {
  isLocalMessage,
  isLocalThread,
  isResponseMessage,
  type Message,
  MessageType,
  NO_NODE,
  newMessage,
} from './message.ts';
import type { RaftOptions } from './options.ts';
import { type ProposedEntry, type ProposeRefusal, propose } from './proposals.ts';
import { Raft, Role } from './raft.ts';
import { readRequest } from './reads.ts';
import { type Ready, ReadyQueue } from './ready.ts';
import { type Status, statusOf } from './status.ts';
import { step } from './stepping.ts';
import { releaseHeldPreVotes, tick } from './ticking.ts';

/** What became of a proposal. Position 0 means that it was passed on to the leader (forwardProposals). */
export type ProposeOutcome =
  | { readonly ok: true; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly reason: ProposeRefusal; readonly leader: number };

/** Why a message was not taken; null if it was. */
export type StepRefusal = ProposeRefusal | 'local-message' | 'peer-not-found';

/** The state inside a node: for this package's own tests, which check it after every step. Not exported by index.ts. */
export let stateOf: (node: RaftNode) => Raft;

export class RaftNode {
  static {
    stateOf = (node) => node.#raft;
  }

  readonly #raft: Raft;
  readonly #queue: ReadyQueue;

  /** Takes up where `storage` and `applied` say the node was. Throws RaftOptionsError. */
  constructor(options: RaftOptions) {
    const raft = new Raft(options);
    const { hardState, confState } = raft.config.storage.initialState();
    restoreMembers(raft, confState);
    raft.loadHardState(hardState);
    if (raft.config.applied > 0) {
      // What was applied was committed, even if the commit index, which is not synced, was lost in a crash.
      raft.log.commitTo(raft.config.applied);
      raft.log.appliedTo(raft.config.applied, NO_ENTRIES);
    }
    raft.becomeFollower(raft.term, 0);
    this.#raft = raft;
    this.#queue = new ReadyQueue(raft);
  }

  // Looked at many times a turn: each a field, where `status()` is a copy of everything.

  get term(): number {
    return this.#raft.term;
  }

  get role(): Role {
    return this.#raft.role;
  }

  /** 0 is unknown. */
  get leader(): number {
    return this.#raft.leader;
  }

  /** Node that leadership is being handed to; 0 for none. */
  get transferee(): number {
    return this.#raft.transferee;
  }

  /**
   * Holds back this node's campaigns, or no longer: for a disk that stands still. A candidate that cannot store its vote
   * cannot win, and those whose votes it takes cannot elect another in its place. PreVotes that are won meanwhile count
   * for nothing: where one disk is under all nodes, the leader stood still with them and goes on with them.
   */
  holdCampaigns(isHeld: boolean): void {
    this.#raft.isCampaignHeld = isHeld;
  }

  /** Lets one tick of time pass. */
  tick(): void {
    tick(this.#raft);
  }

  /** Takes a message from the network or from a local thread. Messages from nodes that are no members are refused. */
  step(message: Message): StepRefusal | null {
    const raft = this.#raft;
    if (!isLocalThread(message.from)) {
      if (isLocalMessage(message.type)) return 'local-message';
      if (isResponseMessage(message.type) && !raft.tracker.progress.has(message.from)) return 'peer-not-found';
    }
    return step(raft, message);
  }

  /** Proposes one entry. It is in the log if ok, and committed only when it comes back in committedEntries. */
  propose(data: Uint8Array): ProposeOutcome {
    return this.#propose([{ type: EntryType.Normal, data }]);
  }

  /** Proposes several entries at once, all or none. The outcome has the position of the last. */
  proposeBatch(datas: readonly Uint8Array[]): ProposeOutcome {
    return this.#propose(datas.map((data) => ({ type: EntryType.Normal, data })));
  }

  /** Proposes a change of membership. It takes effect when its entry is applied (applyConfChange). */
  proposeConfChange(change: ConfChange): ProposeOutcome {
    return this.#propose([{ type: EntryType.ConfChangeV2, data: encodeConfChange(change) }]);
  }

  /** The same for one node, as an entry of version 1. */
  proposeConfChangeV1(single: ConfChangeSingle): ProposeOutcome {
    return this.#propose([{ type: EntryType.ConfChange, data: encodeConfChangeV1(single) }]);
  }

  #propose(entries: readonly ProposedEntry[]): ProposeOutcome {
    const raft = this.#raft;
    const refusal = entries.length === 0 ? null : propose(raft, entries, raft.id);
    if (refusal !== null) return { ok: false, reason: refusal, leader: raft.leader };
    if (raft.role !== Role.Leader) return { ok: true, index: 0, term: 0 };
    return { ok: true, index: raft.log.lastIndex(), term: raft.term };
  }

  /** A committed change is being applied; the returned configuration belongs into snapshots from here on. */
  applyConfChange(change: ConfChange): ConfState {
    return applyChange(this.#raft, change);
  }

  /** True if ready() has anything to hand out. */
  hasReady(): boolean {
    return this.#queue.hasReady();
  }

  /** Everything to store, send and apply now. Without asyncStorageWrites, advance must follow before the next. */
  ready(): Ready {
    return this.#queue.ready();
  }

  /** The last Ready was stored, sent and applied. Only without asyncStorageWrites. */
  advance(): void {
    this.#queue.advance();
  }

  /** Campaigns now, if this node may. */
  campaign(): void {
    startCampaign(this.#raft, usualCampaign(this.#raft));
  }

  /** Hands leadership over to `to`, or asks the leader to. Proposals are refused until done or given up. */
  transferLeadership(to: number): void {
    step(this.#raft, newMessage(MessageType.TransferLeader, this.#raft.id, to, 0));
  }

  /** A follower forgets its leader, and may vote for another at once. */
  forgetLeader(): void {
    step(this.#raft, newMessage(MessageType.ForgetLeader, this.#raft.id, this.#raft.id, 0));
    if (this.#raft.leader === NO_NODE) releaseHeldPreVotes(this.#raft);
  }

  /** The last message to `id` could not be sent. */
  reportUnreachable(id: number): void {
    step(this.#raft, newMessage(MessageType.Unreachable, this.#raft.id, id, 0));
  }

  /** The snapshot that was sent to `id` arrived, or did not. */
  reportSnapshot(id: number, ok: boolean): void {
    const message = newMessage(MessageType.SnapStatus, this.#raft.id, id, 0);
    message.reject = !ok;
    step(this.#raft, message);
  }

  /** Proof that the process of `id` is gone. Safe when wrong: it never breaks a rule of consensus. */
  reportPeerDead(id: number): void {
    reportDeath(this.#raft, id);
  }

  /** Asks for a linearizable read; `context` comes back in a ReadState. Lost if there is no leader: ask again. */
  readIndex(context: Uint8Array): void {
    step(this.#raft, readRequest(context));
  }

  status(): Status {
    return statusOf(this.#raft);
  }
}
