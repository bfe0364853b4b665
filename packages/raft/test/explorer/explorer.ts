/**
 * Breadth first through every state within the bounds, each visited once, with the laws checked on every step: one
 * leader a term, one vote a term, terms and votes that never go back (across crashes: what is durable), nothing granted
 * that is not durable, and every leader with every committed entry.
 */
import { type Message, MessageType } from '../../src/message.ts';
import { Role } from '../../src/raft.ts';
import {
  type Action,
  actionsOf,
  type Bounds,
  firstWorld,
  Messages,
  type ModelNode,
  type ModelOptions,
  type Transition,
  transition,
  type World,
  worldAfter,
} from './model.ts';
import { nodeKey, worldKey } from './state-key.ts';

export class LawBroken extends Error {}

export interface Exploration {
  readonly states: number;
  readonly steps: number;
  /** Steps from the first state to the last ones; smaller than the bound if everything reachable was seen. */
  readonly depth: number;
  readonly exhausted: boolean;
  readonly leaders: number;
}

interface Visit {
  readonly world: World;
  readonly parent: Visit | null;
  readonly action: Action | null;
}

function pathOf(visit: Visit, messages: Messages): string {
  const lines: string[] = [];
  for (let at: Visit | null = visit; at?.action; at = at.parent) {
    const { action } = at;
    const what = action.kind === 'deliver' ? JSON.stringify(messages.all[action.message]) : '';
    lines.unshift(`${JSON.stringify(action)} ${what}`);
  }
  return lines.join('\n');
}

function checkDurable(before: ModelNode, after: ModelNode): void {
  const a = before.storage.hardState;
  const b = after.storage.hardState;
  if (b.term < a.term) throw new LawBroken(`node ${after.id}: durable term went back from ${a.term} to ${b.term}`);
  if (b.term === a.term && a.vote !== 0 && b.vote !== a.vote) {
    throw new LawBroken(`node ${after.id}: durable vote of term ${a.term} changed from ${a.vote} to ${b.vote}`);
  }
}

function checkRunning(before: ModelNode, after: ModelNode): void {
  const [a, b] = [before.raft, after.raft];
  if (b.term < a.term) throw new LawBroken(`node ${after.id}: term went back from ${a.term} to ${b.term}`);
  if (b.log.committed < a.log.committed) throw new LawBroken(`node ${after.id}: commit index went back`);
  if (b.term === a.term && a.vote !== 0 && b.vote !== a.vote) {
    throw new LawBroken(`node ${after.id}: vote of term ${a.term} changed from ${a.vote} to ${b.vote}`);
  }
}

function noteVote(votes: Map<string, number>, message: Message, voter: number): void {
  if (message.type !== MessageType.VoteResp || message.reject) return;
  const key = `${message.term}:${voter}`;
  const other = votes.get(key) ?? message.to;
  if (other !== message.to)
    throw new LawBroken(`node ${voter} voted for ${other} and ${message.to} in ${message.term}`);
  votes.set(key, message.to);
}

/** A granted vote that is out must be on the voter's disk, in this term or a later one. */
function checkVoteDurable(message: Message, voter: ModelNode): void {
  if (message.type !== MessageType.VoteResp || message.reject) return;
  const { term, vote } = voter.storage.hardState;
  const durable = term > message.term || (term === message.term && vote === message.to);
  if (!durable) throw new LawBroken(`node ${voter.id} told of a vote that its disk does not have`);
}

/** The world with its history brought up to date after a node acted. Throws LawBroken. */
function withHistory(before: World, world: World, made: Transition, messages: Messages): World {
  const { node } = made;
  const old = before.nodes[node.id - 1]!;
  let { votes, leaders, committed } = world;
  if (made.sent.length > 0 || made.selfVotes.length > 0) {
    const next = new Map(votes);
    for (const number of made.sent) noteVote(next, messages.all[number]!, node.id);
    for (const message of made.selfVotes) noteVote(next, message, node.id);
    if (next.size > votes.size) votes = next;
  }
  const { raft } = node;
  if (raft.log.committed !== old.raft.log.committed) committed = noteCommits(committed, node);
  const wasLeader = old.raft.role === Role.Leader && old.raft.term === raft.term;
  if (raft.role === Role.Leader && !wasLeader) {
    const other = leaders.get(raft.term);
    if (other !== undefined) throw new LawBroken(`term ${raft.term} has leaders ${other} and ${node.id}`);
    leaders = new Map(leaders).set(raft.term, node.id);
    for (const [index, { term, knownIn }] of committed) {
      // A leader elected late, of a term before the commit, may lack the entry: it can commit nothing.
      if (knownIn < raft.term && raft.log.term(index) !== term) {
        throw new LawBroken(`leader ${node.id} lacks committed ${term}/${index}`);
      }
    }
  }
  return { ...world, votes, leaders, committed };
}

function noteCommits(committed: World['committed'], node: ModelNode): World['committed'] {
  const { log, term: knownIn } = node.raft;
  const next = new Map(committed);
  for (let index = log.firstIndex(); index <= log.committed; index++) {
    const term = log.term(index);
    const known = next.get(index);
    if (known === undefined) next.set(index, { term, knownIn });
    else if (known.term !== term) throw new LawBroken(`committed entry ${index} is of ${known.term} and ${term}`);
  }
  return next;
}

export class Explorer {
  private readonly messages = new Messages();
  private readonly options: ModelOptions;
  private readonly bounds: Bounds;
  private readonly keys = new WeakMap<ModelNode, number>();
  private readonly numbers = new Map<string, number>();
  private readonly transitions = new Map<string, Transition>();

  constructor(options: ModelOptions, bounds: Bounds) {
    this.options = options;
    this.bounds = bounds;
  }

  /** Equal states of a node have equal numbers. */
  private readonly keyOf = (node: ModelNode): number => {
    let key = this.keys.get(node);
    if (key === undefined) {
      const text = `${node.id}:${nodeKey(node, this.messages)}`;
      key = this.numbers.get(text) ?? this.numbers.size;
      this.numbers.set(text, key);
      this.keys.set(node, key);
    }
    return key;
  };

  /** What a node does depends on nothing but its own state: worked out once. */
  private transition(from: ModelNode, action: Action): Transition {
    const what = action.kind === 'deliver' ? action.message : `${action.kind}${'other' in action ? action.other : ''}`;
    const key = `${this.keyOf(from)} ${what}`;
    let made = this.transitions.get(key);
    if (made === undefined) {
      made = transition(from, action, this.messages, this.options, this.bounds);
      checkDurable(from, made.node);
      if (action.kind !== 'crash') checkRunning(from, made.node);
      for (const number of made.sent) checkVoteDurable(this.messages.all[number]!, made.node);
      this.transitions.set(key, made);
    }
    return made;
  }

  /** Visits at most `maxStates` states. Throws LawBroken with the path that leads there. */
  run(maxStates: number): Exploration {
    const first = firstWorld(this.options);
    const seen = new Set([worldKey(first, this.keyOf)]);
    let frontier: Visit[] = [{ world: first, parent: null, action: null }];
    let [depth, steps, leaders] = [0, 0, 0];
    while (frontier.length > 0 && depth < this.bounds.depth && seen.size < maxStates) {
      const next: Visit[] = [];
      for (const visit of frontier) {
        for (const action of actionsOf(visit.world, this.bounds, this.messages)) {
          steps++;
          const world = this.step(visit, action);
          const key = worldKey(world, this.keyOf);
          if (seen.has(key)) continue;
          seen.add(key);
          if (world.leaders.size > visit.world.leaders.size) leaders++;
          next.push({ world, parent: visit, action });
        }
        if (seen.size >= maxStates) break;
      }
      frontier = next;
      depth++;
    }
    return { states: seen.size, steps, depth, exhausted: frontier.length === 0, leaders };
  }

  private step(visit: Visit, action: Action): World {
    try {
      const made = this.transition(visit.world.nodes[action.node - 1]!, action);
      return withHistory(visit.world, worldAfter(visit.world, action, made), made, this.messages);
    } catch (error) {
      throw new LawBroken(`${String(error)}\n${pathOf({ world: visit.world, parent: visit, action }, this.messages)}`);
    }
  }
}
