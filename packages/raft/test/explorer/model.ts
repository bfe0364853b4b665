/**
 * The small world that is explored: three cores, their disks, and every message ever sent, any of which may arrive at
 * any time, once, often or never: that covers loss, duplication and reordering. Time is what it does: a timeout fires, a
 * lease runs out, a leader misses its quorum.
 */

import { restoreMembers } from '../../src/configuring.ts';
import { reportDeath } from '../../src/death.ts';
import { startCampaign, usualCampaign } from '../../src/election.ts';
import {
  APPEND_THREAD,
  APPLY_THREAD,
  isLocalThread,
  type Message,
  MessageType,
  NO_NODE,
  newMessage,
} from '../../src/message.ts';
import type { RaftOptions } from '../../src/options.ts';
import { Raft, Role } from '../../src/raft.ts';
import { ReadyQueue } from '../../src/ready.ts';
import { step } from '../../src/stepping.ts';
import { MemoryStorage } from '../../src/testing/index.ts';
import { releaseHeldPreVotes } from '../../src/ticking.ts';
import { cloneCore } from './clone.ts';

export type ModelOptions = Partial<Omit<RaftOptions, 'id' | 'storage' | 'random' | 'applied' | 'asyncStorageWrites'>>;

export const ELECTION_TICKS = 10;
const IDS = [1, 2, 3];

/** One node: what is in memory, what is on disk, and the writes between. A plain class, so that it can be copied. */
export class ModelNode {
  readonly id: number;
  readonly storage: MemoryStorage;
  raft: Raft;
  queue: ReadyQueue;
  writes: Message[] = [];

  constructor(id: number, storage: MemoryStorage, options: ModelOptions) {
    this.id = id;
    this.storage = storage;
    this.raft = ModelNode.boot(id, storage, options);
    this.queue = new ReadyQueue(this.raft);
  }

  private static boot(id: number, storage: MemoryStorage, options: ModelOptions): Raft {
    const raft = new Raft({
      electionTicks: ELECTION_TICKS,
      coalesceAppends: false,
      ...options,
      id,
      storage,
      random: () => 0,
      asyncStorageWrites: true,
    });
    const { hardState, confState } = storage.initialState();
    restoreMembers(raft, confState);
    raft.loadHardState(hardState);
    raft.becomeFollower(raft.term, NO_NODE);
    return raft;
  }

  crash(options: ModelOptions): void {
    this.writes = [];
    this.raft = ModelNode.boot(this.id, this.storage, options);
    this.queue = new ReadyQueue(this.raft);
  }

  /** Hands out all work; returns what goes to the network. */
  pump(instantDisk: boolean): Message[] {
    const out: Message[] = [];
    while (this.queue.hasReady()) {
      for (const message of this.queue.ready().messages) {
        if (message.to === APPEND_THREAD) this.writes.push(message);
        else if (message.to === APPLY_THREAD) for (const response of message.responses!) step(this.raft, response);
        else out.push(message);
      }
      if (instantDisk) while (this.writes.length > 0) out.push(...this.write());
    }
    return out;
  }

  /** The oldest write becomes durable. */
  write(): Message[] {
    const work = this.writes.shift()!;
    if (work.term !== 0) this.storage.setHardState({ term: work.term, vote: work.vote, commit: work.commit });
    if (work.snapshot !== null) this.storage.applySnapshot(work.snapshot);
    else this.storage.append(work.entries);
    const out: Message[] = [];
    for (const response of work.responses ?? []) {
      if (isLocalThread(response.from) || response.to === this.id) {
        step(this.raft, response);
        if (response.to === this.id && !isLocalThread(response.from)) this.selfVotes.push(response);
      } else out.push(response);
    }
    return out;
  }

  /** Votes for oneself, for the check of one vote a term. */
  selfVotes: Message[] = [];
}

/** How many of each event a run may have. */
export interface Bounds {
  readonly depth: number;
  readonly terms: number;
  readonly crashes: number;
  readonly forgets: number;
  readonly deaths: number;
  readonly transfers: number;
  readonly quorumLosses: number;
  /** Who may time out, and whose disk takes its time; others write at once. Fewer of them: seen to a greater depth. */
  readonly campaigners: readonly number[];
  readonly slowDisks: readonly number[];
  /** Leaves appends out, so that elections are seen to a greater depth. */
  readonly votesOnly: boolean;
}

const ELECTION_MESSAGES: ReadonlySet<MessageType> = new Set([
  MessageType.Vote,
  MessageType.VoteResp,
  MessageType.PreVote,
  MessageType.PreVoteResp,
  MessageType.TimeoutNow,
]);

export type Action =
  | { readonly kind: 'timeout' | 'lease-out' | 'write' | 'crash' | 'forget' | 'quorum-lost'; readonly node: number }
  | { readonly kind: 'death' | 'transfer'; readonly node: number; readonly other: number }
  | { readonly kind: 'deliver'; readonly node: number; readonly message: number };

export interface World {
  readonly nodes: readonly ModelNode[];
  /** Numbers of the messages ever sent, ascending. */
  readonly sent: readonly number[];
  readonly crashes: number;
  readonly forgets: number;
  readonly deaths: number;
  readonly transfers: number;
  readonly quorumLosses: number;
  /** History that the laws speak of: who led each term, who voted for whom, what was committed when. */
  readonly leaders: ReadonlyMap<number, number>;
  readonly votes: ReadonlyMap<string, number>;
  readonly committed: ReadonlyMap<number, { readonly term: number; readonly knownIn: number }>;
}

/** Messages by content: the same message sent twice is one. */
export class Messages {
  private readonly numbers = new Map<string, number>();
  readonly all: Message[] = [];

  number(message: Message): number {
    const { type, to, from, term, logTerm, index, entries, commit, reject, rejectHint, context } = message;
    const log = entries.map((entry) => `${entry.term}`).join(',');
    const key = `${type} ${to} ${from} ${term} ${logTerm} ${index} ${commit} ${reject} ${rejectHint} ${context === null ? 0 : context.length} ${log}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.all.length;
      this.numbers.set(key, number);
      this.all.push(message);
    }
    return number;
  }
}

export function firstWorld(options: ModelOptions): World {
  const nodes = IDS.map((id) => {
    const storage = new MemoryStorage();
    const confState = { voters: IDS, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    storage.applySnapshot({ index: 1, term: 1, confState, data: new Uint8Array(0) });
    storage.setHardState({ term: 1, vote: 0, commit: 1 });
    return new ModelNode(id, storage, options);
  });
  const none = { crashes: 0, forgets: 0, deaths: 0, transfers: 0, quorumLosses: 0 };
  return { nodes, sent: [], ...none, leaders: new Map(), votes: new Map(), committed: new Map() };
}

/** Everything that may happen next within the bounds. */
export function actionsOf(world: World, bounds: Bounds, messages: Messages): Action[] {
  const actions: Action[] = [];
  for (const { raft, id, writes } of world.nodes) {
    const leads = raft.role === Role.Leader;
    if (!leads && raft.term < bounds.terms && bounds.campaigners.includes(id))
      actions.push({ kind: 'timeout', node: id });
    if (!leads && raft.leader !== NO_NODE) {
      if (raft.electionElapsed < ELECTION_TICKS) actions.push({ kind: 'lease-out', node: id });
      if (world.forgets < bounds.forgets) actions.push({ kind: 'forget', node: id });
      if (world.deaths < bounds.deaths) actions.push({ kind: 'death', node: id, other: raft.leader });
    }
    if (leads && world.quorumLosses < bounds.quorumLosses) actions.push({ kind: 'quorum-lost', node: id });
    if (leads && world.transfers < bounds.transfers) {
      for (const other of IDS) if (other !== id) actions.push({ kind: 'transfer', node: id, other });
    }
    if (writes.length > 0) actions.push({ kind: 'write', node: id });
    if (world.crashes < bounds.crashes) actions.push({ kind: 'crash', node: id });
  }
  for (const number of world.sent) {
    const message = messages.all[number]!;
    if (bounds.votesOnly && !ELECTION_MESSAGES.has(message.type)) continue;
    // A node within the bounds of terms is not led out of them.
    if (message.term <= bounds.terms) actions.push({ kind: 'deliver', node: message.to, message: number });
  }
  return actions;
}

/** What one node makes of an action. Shared by all worlds in which the node is in the same state: never changed. */
export interface Transition {
  readonly node: ModelNode;
  readonly sent: readonly number[];
  /** Votes for itself that became durable, which no message shows. */
  readonly selfVotes: readonly Message[];
}

function perform(node: ModelNode, action: Action, messages: Messages, options: ModelOptions): Message[] {
  const { raft } = node;
  switch (action.kind) {
    case 'timeout':
      raft.electionElapsed = 0;
      startCampaign(raft, usualCampaign(raft));
      releaseHeldPreVotes(raft);
      return [];
    case 'lease-out':
      raft.electionElapsed = ELECTION_TICKS;
      releaseHeldPreVotes(raft);
      return [];
    case 'forget':
      step(raft, newMessage(MessageType.ForgetLeader, raft.id, raft.id, 0));
      releaseHeldPreVotes(raft);
      return [];
    case 'death':
      reportDeath(raft, action.other);
      return [];
    case 'transfer':
      step(raft, newMessage(MessageType.TransferLeader, raft.id, action.other, 0));
      return [];
    case 'quorum-lost':
      raft.becomeFollower(raft.term, NO_NODE);
      return [];
    case 'write':
      return node.write();
    case 'crash':
      node.crash(options);
      return [];
    case 'deliver':
      step(raft, messages.all[action.message]!);
      return [];
  }
}

/** What `from` makes of `action`. */
export function transition(
  from: ModelNode,
  action: Action,
  messages: Messages,
  options: ModelOptions,
  bounds: Bounds,
): Transition {
  const node = cloneCore(from);
  const out = perform(node, action, messages, options);
  out.push(...node.pump(!bounds.slowDisks.includes(node.id)));
  const selfVotes = node.selfVotes;
  node.selfVotes = [];
  return { node, sent: out.map((message) => messages.number(message)), selfVotes };
}

/** The world in which one node has made its transition. Its history is the caller's to bring up to date. */
export function worldAfter(world: World, action: Action, { node, sent }: Transition): World {
  const nodes = world.nodes.slice();
  nodes[action.node - 1] = node;
  const count = (kind: Action['kind']): number => (action.kind === kind ? 1 : 0);
  return {
    nodes,
    sent: merge(world.sent, sent),
    crashes: world.crashes + count('crash'),
    forgets: world.forgets + count('forget'),
    deaths: world.deaths + count('death'),
    transfers: world.transfers + count('transfer'),
    quorumLosses: world.quorumLosses + count('quorum-lost'),
    leaders: world.leaders,
    votes: world.votes,
    committed: world.committed,
  };
}

function merge(before: readonly number[], sent: readonly number[]): readonly number[] {
  if (sent.every((number) => before.includes(number))) return before;
  return [...new Set([...before, ...sent])].sort((a, b) => a - b);
}
