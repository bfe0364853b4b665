// Who belongs to the cluster, and changing it while it runs (thesis §4).
//
// Rules decided here: one node changes at a time, each step is one committed entry. A node comes in as a learner, which
// has no vote, and the leader makes it a voter once it has nearly all of the log and the voters that can be reached would
// be a quorum with it. Being a learner is the whole state of that change: whoever leads next goes on from there, and an
// operator may repeat a command at any time without harm. A change that would leave no quorum of reachable voters is
// refused. Links follow the membership that is applied: a node that was removed has none from then on.

import type { Address } from '@baton/host';
import type { Journal } from '@baton/journal';
import {
  type ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  type ConfState,
  decodeConfChange,
  type Entry,
  ProgressState,
  type RaftNode,
} from '@baton/raft';
import type { Checkpointer } from './checkpointer.ts';
import { invariant } from './invariant.ts';
import type { Lease } from './lease.ts';
import type { Links } from './links.ts';
import { decodeChangeNote, encodeChangeNote, INFO_LENGTH_MAX, MemberBook, type MemberEntry } from './member-book.ts';
import type { ReplicaConfig } from './options.ts';
import type { Recovered } from './recovery.ts';
import type { Roll } from './roll.ts';
import { ReplicaOptionsError } from './timing.ts';

/** Why a change of membership was not made. After `leadership-lost` it may still be: repeat it at the next leader. */
export type MembershipRefusal =
  | 'not-leader'
  | 'stopped'
  /** Another change is not finished: an entry not yet applied, or a learner on its way to become a voter. */
  | 'change-under-way'
  /** The voters that can be reached would be no quorum afterwards. */
  | 'no-quorum'
  /** This leader is new: voters that have a link have not answered yet, so who can be reached is not known. */
  | 'too-early'
  /** The leader itself is to be removed: transfer leadership first. */
  | 'is-leader'
  /** The id belongs to a member with another address, or the address to another member. */
  | 'conflict'
  /** Leadership is being handed over, or too much is in flight. */
  | 'draining'
  | 'leadership-lost';

export type MembershipResult =
  /** `changed` is false when everything was as asked for already. */
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly reason: MembershipRefusal; readonly leader: number };

/** One member, as this node sees it. */
export interface Member {
  readonly nodeId: number;
  readonly address: Address;
  /** What was noted when it was added; '' for those that were there from the start. */
  readonly info: string;
  /** `learner`: added, catching up, without a vote. */
  readonly role: 'voter' | 'learner';
  readonly isLeader: boolean;
  /** A link to it is open; true for this node itself. */
  readonly linkUp: boolean;
  /** Entries it still lacks, as the leader knows; -1 elsewhere. */
  readonly lagEntries: number;
}

export interface MembershipParts {
  readonly config: ReplicaConfig;
  readonly raft: RaftNode;
  readonly links: Links;
  readonly journal: Journal;
  readonly lease: Lease;
  readonly checkpointer: Checkpointer;
  readonly roll: Roll;
  /** Members that others know of, and this node's log does not say yet. */
  readonly contacts: () => ReadonlyMap<number, MemberEntry>;
  readonly isRunning: () => boolean;
  readonly schedule: () => void;
}

interface Waiter {
  readonly index: number;
  readonly term: number;
  readonly resolve: (result: MembershipResult) => void;
}

/** A learner that lacks no more than this has caught up: a fraction of a second at full load. */
const CAUGHT_UP_ENTRIES = 1000;
/** A follower that has proved nothing for so long is out of reach; heartbeats are several to an election timeout. */
const REACHABLE_ELECTIONS = 2;

export class Membership {
  readonly #parts: MembershipParts;
  readonly #book: MemberBook;
  #confState: ConfState;
  /** Index of the last change applied, or of the checkpoint that says it; an older one may not name the newest member. */
  #changedAtIndex: number;
  #waiter: Waiter | null = null;

  constructor(
    parts: MembershipParts,
    { confState, members, index }: Pick<Recovered, 'confState' | 'members' | 'index'>,
  ) {
    this.#changedAtIndex = index;
    this.#parts = parts;
    this.#book = new MemberBook(parts.config.peers);
    this.#confState = confState;
    invariant(this.#book.restore(members), 'the checkpoint has a member book that cannot be read');
    parts.checkpointer.members = () => this.#book.encode();
  }

  get confState(): ConfState {
    return this.#confState;
  }

  /** Up to this index the membership here is that of the log. */
  get knownIndex(): number {
    return this.#changedAtIndex;
  }

  /** All members, with what is known of them. */
  entries(): ReadonlyMap<number, MemberEntry> {
    const found = idsOf(this.#confState).map((id) => [id, this.#book.get(id)] as const);
    return new Map(found.filter((row): row is [number, MemberEntry] => row[1] !== undefined));
  }

  /** Ids of all other members. */
  others(): number[] {
    return idsOf(this.#confState).filter((id) => id !== this.#parts.config.nodeId);
  }

  /** The disk with which a member has its vote; undefined if that is not known (yet). */
  identityOf(nodeId: number): string | undefined {
    const { config, roll } = this.#parts;
    if (nodeId === config.nodeId) return roll.own;
    return this.#book.identityOf(nodeId) ?? roll.founder(nodeId);
  }

  /** Applies a committed change. */
  apply(entry: Entry): ConfState {
    const { raft, config, roll } = this.#parts;
    const change = decodeConfChange(entry);
    const note = decodeChangeNote(change.context);
    invariant(note !== null, `the change of membership at ${entry.index} has a note that cannot be read`);
    for (const { type, nodeId } of change.changes) {
      if (type === ConfChangeType.RemoveNode) {
        this.#book.remove(nodeId, entry.index);
        roll.forget(nodeId);
      } else if (note.member !== null) this.#book.set(nodeId, note.member);
    }
    for (const [nodeId, identity] of note.identities) this.#book.identify(nodeId, identity);
    this.#confState = raft.applyConfChange(change);
    this.#changedAtIndex = entry.index;
    const { voters, learners } = this.#confState;
    config.log('info', 'membership changed', { index: entry.index, voters, learners });
    this.publish();
    this.#settle(entry);
    return this.#confState;
  }

  /** Whether entry `index`, which removed this node, is its present state; it may have been added again since. */
  isRemovedBy(index: number, appliedIndex: number): boolean {
    const { roll, config } = this.#parts;
    const isMember = idsOf(this.#confState).includes(config.nodeId);
    return roll.isAdmitted && (index > appliedIndex || !isMember);
  }

  /** A snapshot of the leader took the place of everything. */
  restore(confState: ConfState, book: Uint8Array, index: number): void {
    this.#changedAtIndex = index;
    invariant(this.#book.restore(book), 'the snapshot has a member book that cannot be read');
    this.#confState = confState;
    this.publish();
    this.fail('leadership-lost');
  }

  /** Tells the links who the members are. A node that is none yet keeps to those that its options name. */
  publish(): void {
    const { config, links } = this.#parts;
    const { nodeId } = config;
    const ids = new Set(idsOf(this.#confState));
    if (!ids.has(nodeId)) for (const id of this.#book.named) ids.add(id);
    const peers = new Map<number, Address>();
    for (const id of ids) {
      const entry = this.#book.get(id);
      if (entry === undefined) config.log('error', 'member without an address', { nodeId: id });
      else peers.set(id, entry.address);
    }
    for (const [id, { address }] of this.#parts.contacts()) if (!peers.has(id)) peers.set(id, address);
    links.setPeers?.(peers, this.#book.removed);
  }

  members(): readonly Member[] {
    const { config, raft, links } = this.#parts;
    const { nodeId } = config;
    const { leader, progress, lastIndex } = raft.status();
    return idsOf(this.#confState).map((id) => {
      const known = progress.find((peer) => peer.id === id);
      const entry = this.#book.get(id);
      return {
        nodeId: id,
        address: entry?.address ?? { host: '', port: 0 },
        info: entry?.info ?? '',
        role: this.#confState.learners.includes(id) ? 'learner' : 'voter',
        isLeader: leader === id,
        linkUp: id === nodeId || links.isUp(id),
        lagEntries: known === undefined ? -1 : Math.max(0, lastIndex - known.match),
      };
    });
  }

  /** Adds a node as a learner; resolves when that is applied. It becomes a voter by itself once it has caught up. */
  add(nodeId: number, address: Address, info: string): Promise<MembershipResult> {
    checkMember(nodeId, address, info);
    const refusal = this.#refusalOf();
    if (refusal !== null) return this.#refuse(refusal);
    const { voters, learners } = this.#confState;
    for (const id of idsOf(this.#confState)) {
      const entry = this.#book.get(id)?.address;
      const isSame = entry?.host === address.host && entry.port === address.port;
      if (id === nodeId && isSame) return Promise.resolve({ ok: true, changed: false });
      if (id === nodeId || isSame) return this.#refuse('conflict');
    }
    if (learners.length > 0) return this.#refuse('change-under-way');
    // As a learner it needs no quorum; as the voter that it is to become it does.
    const doubt = this.#quorumFault([...voters, nodeId], nodeId);
    if (doubt !== null) return this.#refuse(doubt);
    // Whoever joins has not met the founders: it learns their disks with its addition.
    const identities = voters.flatMap((id) => this.#identified(id));
    const context = encodeChangeNote({ member: { address, info }, identities });
    return this.#proposeAndWait({ ...simple(ConfChangeType.AddLearnerNode, nodeId), context });
  }

  /** Removes a voter or a learner; resolves when that is applied. */
  remove(nodeId: number): Promise<MembershipResult> {
    const refusal = this.#refusalOf();
    if (refusal !== null) return this.#refuse(refusal);
    const { voters, learners } = this.#confState;
    if (!idsOf(this.#confState).includes(nodeId)) return Promise.resolve({ ok: true, changed: false });
    if (nodeId === this.#parts.config.nodeId) return this.#refuse('is-leader');
    // Removing the learner itself is how a change that cannot end is given up.
    if (learners.length > 0 && !learners.includes(nodeId)) return this.#refuse('change-under-way');
    const rest = voters.filter((id) => id !== nodeId);
    const doubt = voters.includes(nodeId) ? this.#quorumFault(rest, 0) : null;
    if (doubt !== null) return this.#refuse(doubt);
    return this.#proposeAndWait(simple(ConfChangeType.RemoveNode, nodeId));
  }

  /** The leader's part, once a turn: makes a learner that has caught up a voter, and gives it what it needs for that. */
  advance(): void {
    const learner = this.#confState.learners[0];
    if (learner === undefined) return;
    const { raft, journal, checkpointer, isRunning, config, roll } = this.#parts;
    const { role, term, progress, lastIndex, committedInTerm, transferee } = raft.status();
    const known = progress.find((peer) => peer.id === learner);
    if (role !== 'leader' || known === undefined || !isRunning()) return;
    // Raft gives it no snapshot that is older than its addition.
    if (known.next < journal.firstIndex()) checkpointer.request(this.#changedAtIndex);
    if (known.state !== ProgressState.Replicate || lastIndex - known.match > CAUGHT_UP_ENTRIES) return;
    if (!committedInTerm || transferee !== 0 || !this.#isQuorum([...this.#confState.voters, learner], 0)) return;
    const identity = roll.learner(learner, term);
    if (identity === undefined) return;
    const context = encodeChangeNote({ member: null, identities: [[learner, identity]] });
    const outcome = raft.proposeConfChange({ ...simple(ConfChangeType.AddNode, learner), context });
    if (!outcome.ok) return;
    config.log('info', 'a learner has caught up and becomes a voter', { nodeId: learner, index: outcome.index });
    this.#parts.schedule();
  }

  /** Whoever waits is told; a change that is in the log may still be made. */
  fail(reason: 'leadership-lost' | 'stopped'): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.resolve({ ok: false, reason, leader: this.#parts.raft.status().leader });
  }

  #identified(nodeId: number): [number, string][] {
    const identity = this.identityOf(nodeId);
    return identity === undefined ? [] : [[nodeId, identity]];
  }

  #refusalOf(): MembershipRefusal | null {
    if (!this.#parts.isRunning()) return 'stopped';
    if (this.#parts.raft.status().role !== 'leader') return 'not-leader';
    return this.#waiter === null ? null : 'change-under-way';
  }

  #refuse(reason: MembershipRefusal): Promise<MembershipResult> {
    return Promise.resolve({ ok: false, reason, leader: this.#parts.raft.status().leader });
  }

  #quorumFault(voters: readonly number[], trusted: number): 'no-quorum' | 'too-early' | null {
    if (this.#isQuorum(voters, trusted)) return null;
    const { links, config } = this.#parts;
    const isOpen = (id: number): boolean => id !== config.nodeId && links.isUp(id) && this.#ackAgeUs(id) < 0;
    return voters.some(isOpen) ? 'too-early' : 'no-quorum';
  }

  /** Whether those of `voters` that can be reached are a majority of them; `trusted` counts as reachable. */
  #isQuorum(voters: readonly number[], trusted: number): boolean {
    const reached = voters.filter((id) => id === trusted || this.isReachable(id));
    return voters.length > 0 && reached.length > Math.floor(voters.length / 2);
  }

  /** It has a link, and proved lately that it follows this leader. */
  isReachable(id: number): boolean {
    const { config, links } = this.#parts;
    if (id === config.nodeId) return true;
    const ageUs = this.#ackAgeUs(id);
    return links.isUp(id) && ageUs >= 0 && ageUs <= REACHABLE_ELECTIONS * config.timing.electionMs * 1000;
  }

  /** Microseconds since a node proved that it follows this leader; -1 if it never did. */
  #ackAgeUs(id: number): number {
    return this.#parts.lease.ackAgeUs(id, this.#parts.config.clock.monotonicUs());
  }

  #proposeAndWait(change: ConfChange): Promise<MembershipResult> {
    const outcome = this.#parts.raft.proposeConfChange(change);
    if (!outcome.ok) {
      const { reason } = outcome;
      if (reason === 'transferring' || reason === 'overloaded') return this.#refuse('draining');
      if (reason === 'no-leader' || reason === 'not-leader' || reason === 'removed') return this.#refuse('not-leader');
      return this.#refuse('change-under-way');
    }
    this.#parts.schedule();
    return new Promise((resolve) => {
      this.#waiter = { index: outcome.index, term: outcome.term, resolve };
    });
  }

  #settle({ index, term }: Entry): void {
    const waiter = this.#waiter;
    if (waiter === null || index < waiter.index) return;
    if (index === waiter.index && term === waiter.term) {
      this.#waiter = null;
      waiter.resolve({ ok: true, changed: true });
    } else this.fail('leadership-lost');
  }
}

function simple(type: ConfChangeType, nodeId: number): ConfChange {
  return { transition: ConfChangeTransition.Auto, changes: [{ type, nodeId }] };
}

/** All members, ascending. */
function idsOf({ voters, learners, votersOutgoing, learnersNext }: ConfState): number[] {
  return [...new Set([...voters, ...learners, ...votersOutgoing, ...learnersNext])].sort((a, b) => a - b);
}

function checkMember(nodeId: number, { host, port }: Address, info: string): void {
  const problems: string[] = [];
  if (!Number.isSafeInteger(nodeId) || nodeId < 1)
    problems.push(`addNode got node id ${nodeId}: expected a positive integer that no node has`);
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
    problems.push(`addNode got address ${host}:${port}: expected where the node listens for links`);
  if (info.length > INFO_LENGTH_MAX)
    problems.push(`addNode got info of ${info.length} characters: expected at most ${INFO_LENGTH_MAX}`);
  if (problems.length > 0) throw new ReplicaOptionsError(problems);
}
