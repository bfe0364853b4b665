/**
 * What must hold after every step, whatever happens (paper figure 3, thesis 3.6, reference raft.md 6.2): election
 * safety, one vote a term, monotone terms, commits and applies, log matching, leader completeness, state machine safety,
 * committed only by a quorum of disks, and nothing said that the own disk does not know.
 */
import { type Entry, type Message, MessageType, Role } from '../../src/index.ts';
import { stateOf } from '../../src/node.ts';
import type { Machine } from './machine.ts';

export class InvariantViolation extends Error {}

function violated(law: string, what: string): never {
  throw new InvariantViolation(`${law}: ${what}`);
}

interface Watermark {
  term: number;
  vote: number;
  commit: number;
  applied: number;
}

export class Invariants {
  /** The core, not only the node: a node that restarts must not lead the same term again. */
  private readonly leaders = new Map<number, { readonly id: number; readonly core: object }>();
  private readonly votes = new Map<string, number>();
  private readonly entries = new Map<string, string>();
  private readonly states = new Map<number, number>();
  private readonly marks = new Map<number, Watermark>();
  /** Term of each committed entry, the term in which that was first known, and the highest index. */
  readonly committed = new Map<number, number>();
  private readonly committedIn = new Map<number, number>();
  highestCommit = 0;

  get elections(): number {
    return this.leaders.size;
  }

  /** The machine was touched: by a message, a tick, its disk. `machines` are all, dead or alive. */
  check(machine: Machine, machines: readonly Machine[]): void {
    const raft = stateOf(machine.node);
    const status = { term: raft.term, vote: raft.vote, commit: raft.log.committed, applied: raft.log.applied };
    this.checkMonotone(machine.id, status);
    this.checkElectionSafety(machine.id, raft.role, raft.term, machine);
    if (status.commit > 0) this.checkCommits(machine, machines);
    if (raft.log.applied > raft.log.applying || raft.log.applying > raft.log.committed) {
      violated('order of indexes', `node ${machine.id}: applied, applying, committed out of order`);
    }
  }

  private checkMonotone(id: number, now: Watermark): void {
    const before = this.marks.get(id);
    this.marks.set(id, now);
    if (before === undefined) return;
    if (now.term < before.term) violated('terms never go back', `node ${id}: ${before.term} to ${now.term}`);
    if (now.commit < before.commit) violated('commits never go back', `node ${id}: ${before.commit} to ${now.commit}`);
    if (now.applied < before.applied) violated('applies never go back', `node ${id}`);
    if (now.term === before.term && before.vote !== 0 && now.vote !== before.vote) {
      violated('one vote a term', `node ${id}, term ${now.term}: ${before.vote}, then ${now.vote}`);
    }
  }

  /** After a restart only what was durable must hold on: commit and applied may be lower, a vote in the pipe is lost. */
  restarted(machine: Machine): void {
    const { term, vote, commit, applied } = machine.node.status();
    this.marks.set(machine.id, { term, vote, commit, applied });
  }

  private checkElectionSafety(id: number, role: Role, term: number, machine: Machine): void {
    if (role !== Role.Leader) return;
    const core = stateOf(machine.node);
    const other = this.leaders.get(term);
    if (other?.core === core) return;
    if (other !== undefined) violated('election safety', `term ${term} has leaders ${other.id} and ${id}`);
    this.leaders.set(term, { id, core });
    const { log } = core;
    for (let index = Math.max(1, log.firstIndex()); index <= this.highestCommit; index++) {
      const committedTerm = this.committed.get(index);
      // A leader elected late, of a term before the commit, may lack the entry: it can commit nothing.
      if (committedTerm === undefined || this.committedIn.get(index)! >= term) continue;
      if (log.term(index) !== committedTerm) {
        violated('leader completeness', `leader ${id} of term ${term} lacks committed entry ${committedTerm}/${index}`);
      }
    }
  }

  private readonly checkedCommit = new WeakMap<object, number>();

  private checkCommits(machine: Machine, machines: readonly Machine[]): void {
    const raft = stateOf(machine.node);
    const from = this.checkedCommit.get(raft) ?? 0;
    const { log } = raft;
    if (log.committed <= from) return;
    this.checkedCommit.set(raft, log.committed);
    for (let index = Math.max(from + 1, log.firstIndex()); index <= log.committed; index++) {
      const term = log.term(index);
      const known = this.committed.get(index);
      if (known === undefined) this.commit(machine, machines, index, term);
      else if (known !== term) violated('committed entries stay', `entry ${index}: ${known}, on ${machine.id} ${term}`);
    }
  }

  /** First heard of as committed: then a quorum of disks has it, by the configuration of its leader. */
  private commit(machine: Machine, machines: readonly Machine[], index: number, term: number): void {
    this.committed.set(index, term);
    this.committedIn.set(index, stateOf(machine.node).term);
    this.highestCommit = Math.max(this.highestCommit, index);
    const raft = stateOf(machine.node);
    if (raft.role !== Role.Leader) return;
    const has = (id: number): boolean => {
      const disk = machines.find((other) => other.id === id)!.storage;
      return disk.term(index) === term || disk.firstIndex() > index;
    };
    const { incoming, outgoing } = raft.tracker.configuration;
    for (const half of [incoming, outgoing]) {
      if (half.length > 0 && half.filter(has).length * 2 <= half.length) {
        violated('commit by a quorum of disks', `entry ${term}/${index} by leader ${machine.id}, voters ${half}`);
      }
    }
  }

  /** New entries in a node's log: an index and a term name one entry and all before it. */
  appended(entries: readonly Entry[], previousTerm: (index: number) => number): void {
    for (const [i, entry] of entries.entries()) {
      const before = i > 0 ? entries[i - 1]!.term : previousTerm(entry.index - 1);
      const key = `${entry.index}/${entry.term}`;
      const content = `${before} ${entry.type} ${Buffer.from(entry.data).toString('hex')}`;
      const known = this.entries.get(key);
      if (known === undefined) this.entries.set(key, content);
      else if (known !== content && before >= 0) violated('log matching', `entry ${key}: ${known} and ${content}`);
    }
  }

  applied(id: number, entry: Entry, state: number): void {
    const known = this.states.get(entry.index);
    if (known === undefined) this.states.set(entry.index, state);
    else if (known !== state) violated('state machine safety', `node ${id} differs after entry ${entry.index}`);
    if (this.committed.get(entry.index) !== entry.term)
      violated('only committed entries are applied', `${entry.index}`);
  }

  /** A vote or acknowledgement leaves a node: its disk must know what it rests on. */
  sent(machine: Machine, message: Message): void {
    const disk = machine.storage;
    if (message.type === MessageType.VoteResp && !message.reject) {
      const { term, vote } = disk.hardState;
      if (term < message.term || (term === message.term && vote !== message.to)) {
        violated('votes are durable', `node ${machine.id} votes for ${message.to} in ${message.term}, disk ${term}`);
      }
      const key = `${message.term}:${machine.id}`;
      const before = this.votes.get(key) ?? message.to;
      if (before !== message.to)
        violated('one vote a term', `node ${machine.id} voted for ${before} and ${message.to}`);
      this.votes.set(key, message.to);
    }
    if (message.type === MessageType.AppResp && !message.reject && disk.lastIndex() < message.index) {
      violated(
        'acknowledgements are durable',
        `node ${machine.id} acknowledges ${message.index}, has ${disk.lastIndex()}`,
      );
    }
  }

  /** A confirmed read must not miss what was committed when it was asked for. */
  readConfirmed(id: number, index: number, committedAtRequest: number): void {
    if (index < committedAtRequest) violated('linearizable reads', `node ${id}: ${index} < ${committedAtRequest}`);
  }
}
