/**
 * A cluster of simulated machines and a network that loses, duplicates, delays and reorders, cuts single directions,
 * with crashes, membership changes, transfers, reads, compaction and reports of death, right and wrong. Everything is
 * drawn from one seed; the invariants are checked after every step. Ends by healing: then the cluster must come to rest.
 */
import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  isLocalThread,
  type Message,
  ProgressState,
  Role,
  type Snapshot,
} from '../../src/index.ts';
import { stateOf } from '../../src/node.ts';
import { Invariants } from './invariants.ts';
import { Machine, type MachineOptions } from './machine.ts';
import { SeededRandom } from './random.ts';

const POOL = 5;
const FIRST_VOTERS = [1, 2, 3];

export interface WorldResult {
  readonly steps: number;
  readonly commits: number;
  readonly elections: number;
  readonly crashes: number;
  readonly changes: number;
  readonly reads: number;
  readonly stranded: number;
}

interface Flight {
  readonly message: Message;
  readonly due: number;
}

export class World {
  readonly random: SeededRandom;
  readonly invariants = new Invariants();
  readonly machines: Machine[] = [];
  private network: Flight[] = [];
  private readonly cut = new Set<string>();
  private step = 0;
  private nextData = 0;
  private readonly askedReads = new Map<string, number>();
  private loss: number;
  private readonly duplication: number;
  private readonly delay: number;
  private readonly faults: boolean;
  private crashes = 0;
  private changes = 0;
  private reads = 0;
  private stranded = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.loss = this.random.pick([0, 0.02, 0.1, 0.3]);
    this.duplication = this.random.pick([0, 0.05, 0.2]);
    this.delay = this.random.pick([1, 4, 20]);
    this.faults = this.random.chance(0.85);
    const confState = { voters: FIRST_VOTERS, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    const first: Snapshot = { index: 2, term: 1, confState, data: Buffer.alloc(4) };
    const options = this.drawOptions();
    for (let id = 1; id <= POOL; id++) {
      this.machines.push(new Machine(id, FIRST_VOTERS.includes(id) ? first : null, options));
    }
  }

  /** One set for the whole cluster: every combination must be safe. */
  private drawOptions(): MachineOptions {
    const { random } = this;
    const preVote = random.chance(0.7);
    const checkQuorum = random.chance(0.7);
    return {
      random: () => random.next(),
      electionTicks: 6,
      heartbeatTicks: 1,
      preVote,
      checkQuorum,
      maxMessageBytes: random.pick([0, 40, 1 << 20]),
      maxInflightMessages: random.pick([1, 3, 64]),
      maxApplyingBytes: random.pick([1, 1 << 20]),
      stepDownOnRemoval: random.chance(0.8),
      coalesceAppends: random.chance(0.6),
      successionOrder: random.chance(0.5) ? [2, 1, 3] : [],
      ...(preVote && random.chance(0.3)
        ? { successionOrder: [1, 2, 3], timeoutBands: true, transferToPreferred: true }
        : {}),
      holdPreVotes: preVote && random.chance(0.6),
      resignAfterTicks: random.pick([0, 0, 8]),
    };
  }

  run(steps: number): WorldResult {
    for (let i = 0; i < steps; i++) this.oneStep();
    this.healAndSettle();
    return {
      steps: this.step,
      commits: this.invariants.committed.size,
      elections: this.invariants.elections,
      crashes: this.crashes,
      changes: this.changes,
      reads: this.reads,
      stranded: this.stranded,
    };
  }

  private oneStep(): void {
    this.step++;
    const { random } = this;
    const roll = random.next();
    const machine = random.pick(this.machines);
    if (!machine.up) {
      if (random.chance(0.08)) this.restart(machine);
      return;
    }
    if (roll < 0.2) machine.node.tick();
    else if (roll < 0.55) this.deliverSome();
    else if (roll < 0.73) this.send(machine, machine.write());
    else if (roll < 0.83) this.applySome(machine);
    else if (roll < 0.93) this.propose(machine);
    else if (roll < 0.96) this.readSome(machine);
    else if (roll < 0.99 || !this.faults) this.operate(machine);
    else this.fail(machine);
    this.pump(machine);
  }

  /** Lets a machine hand out work, and checks it. */
  private pump(machine: Machine): void {
    if (!machine.up) return;
    this.invariants.check(machine, this.machines);
    const before = machine.appendWork.length;
    this.send(machine, machine.takeReady());
    const raft = stateOf(machine.node);
    for (let i = before; i < machine.appendWork.length; i++) {
      this.invariants.appended(machine.appendWork[i]!.entries, (index) => raft.log.term(index));
    }
    for (const read of machine.reads.splice(0)) {
      const key = Buffer.from(read.context).toString();
      const asked = this.askedReads.get(`${machine.id} ${key}`);
      if (asked !== undefined) this.invariants.readConfirmed(machine.id, read.index, asked);
      this.reads++;
    }
  }

  private send(machine: Machine, messages: readonly Message[]): void {
    for (const message of messages) {
      this.invariants.sent(machine, message);
      if (isLocalThread(message.from) || message.to === machine.id) {
        machine.node.step(message);
        this.invariants.check(machine, this.machines);
        continue;
      }
      if (this.cut.has(`${message.from}>${message.to}`) || this.random.chance(this.loss)) {
        if (this.random.chance(0.3)) machine.node.reportUnreachable(message.to);
        continue;
      }
      this.network.push({ message, due: this.step + this.random.below(this.delay) });
      if (this.random.chance(this.duplication)) {
        this.network.push({ message, due: this.step + this.random.below(this.delay * 8) });
      }
    }
  }

  private deliverSome(): void {
    for (let count = 1 + this.random.below(3); count > 0 && this.network.length > 0; count--) {
      // Mostly the oldest that is due, sometimes any: links are FIFO until they reconnect.
      const at = this.random.chance(0.8)
        ? this.network.findIndex((flight) => flight.due <= this.step)
        : this.random.below(this.network.length);
      if (at < 0) return;
      const [flight] = this.network.splice(at, 1);
      this.deliver(flight!.message);
    }
  }

  private deliver(message: Message): void {
    const target = this.machines[message.to - 1]!;
    if (!target.up || this.cut.has(`${message.from}>${message.to}`)) return;
    target.node.step(message);
    this.pump(target);
  }

  private applySome(machine: Machine): void {
    this.send(
      machine,
      machine.apply((entry, state) => this.invariants.applied(machine.id, entry, state)),
    );
  }

  private propose(machine: Machine): void {
    const data = (): Uint8Array => Buffer.from(`d${this.nextData++}`);
    if (this.random.chance(0.3)) machine.node.proposeBatch([data(), data(), data()]);
    else machine.node.propose(data());
  }

  private readSome(machine: Machine): void {
    const context = `r${this.nextData++}`;
    this.askedReads.set(`${machine.id} ${context}`, this.invariants.highestCommit);
    machine.node.readIndex(Buffer.from(context));
  }

  /** What an operator or the shell does. */
  private operate(machine: Machine): void {
    const { random } = this;
    const other = 1 + random.below(POOL);
    const roll = random.next();
    if (roll < 0.35) this.changeMembers(machine);
    else if (roll < 0.5) machine.node.transferLeadership(other);
    else if (roll < 0.65) machine.compact(random.below(4));
    else if (roll < 0.72) machine.node.campaign();
    else if (roll < 0.8) machine.node.forgetLeader();
    else if (roll < 0.95) machine.node.reportPeerDead(other);
    else machine.node.reportSnapshot(other, random.chance(0.5));
  }

  private changeMembers(machine: Machine): void {
    const { random } = this;
    const changes: ConfChangeSingle[] = [];
    const count = random.pick([0, 1, 1, 1, 2, 3]);
    const types = [
      ConfChangeType.AddNode,
      ConfChangeType.AddNode,
      ConfChangeType.RemoveNode,
      ConfChangeType.AddLearnerNode,
    ];
    for (let i = 0; i < count; i++) changes.push({ type: random.pick(types), nodeId: 1 + random.below(POOL) });
    const transition = random.pick(Object.values(ConfChangeTransition));
    if (machine.node.proposeConfChange({ transition, changes }).ok) this.changes++;
  }

  private fail(machine: Machine): void {
    const { random } = this;
    const roll = random.next();
    if (roll < 0.5) {
      machine.crash(random.chance(0.5));
      this.crashes++;
    } else if (roll < 0.8) {
      const other = 1 + random.below(POOL);
      this.cut.add(`${machine.id}>${other}`);
      if (random.chance(0.4)) this.cut.add(`${other}>${machine.id}`);
    } else this.cut.clear();
  }

  private restart(machine: Machine): void {
    machine.restart();
    this.invariants.restarted(machine);
    this.pump(machine);
  }

  /** No more faults: members of the newest configuration must agree and serve again. */
  private healAndSettle(): void {
    this.cut.clear();
    this.loss = 0;
    for (const machine of this.machines) if (!machine.up) this.restart(machine);
    let members = this.newestMembers();
    for (let round = 0; round < 400; round++) {
      if (round % 10 === 0) members = this.newestMembers();
      for (const machine of this.machines) {
        if (!machine.up || !members.has(machine.id)) continue;
        machine.node.tick();
        if (round % 20 === 0) this.lookAfter(machine);
        this.pump(machine);
      }
      this.quiesce(members);
      if (round > 40 && this.isSettled(members)) return;
    }
    if (this.isStranded()) {
      this.stranded = 1;
      return;
    }
    const picture = this.machines.map((machine) => JSON.stringify(machine.node.status()));
    throw new Error(`the cluster did not come to rest: members ${[...members]}\n${picture.join('\n')}`);
  }

  /** A shell's duties: checkpoints, the news that a snapshot did not arrive, the end of a leader that was removed. */
  private lookAfter(machine: Machine): void {
    machine.compact(3);
    const { progress, configuration, role } = machine.node.status();
    const voters = [...configuration.incoming, ...configuration.outgoing];
    if (role === Role.Leader && !voters.includes(machine.id)) {
      machine.crash(false);
      this.restart(machine);
    }
    for (const { id, state } of progress) {
      if (state === ProgressState.Snapshot) machine.node.reportSnapshot(id, false);
    }
  }

  /**
   * Who applied most knows the newest configuration; its members must run, and whoever they in turn still believe in: a
   * member that has not applied the newest change may need the votes of those who left with it.
   */
  private newestMembers(): Set<number> {
    let best = this.machines[0]!;
    for (const machine of this.machines) if (machine.node.status().applied > best.node.status().applied) best = machine;
    const members = new Set([best.id]);
    for (const id of members) {
      const { incoming, outgoing, learners } = this.machines[id - 1]!.node.status().configuration;
      for (const other of [...incoming, ...outgoing, ...learners]) members.add(other);
    }
    return members;
  }

  /**
   * A known limit, of liveness only: the voters of the newest configuration were down when they should have learnt that
   * it is in force, and those who left, with longer logs, refuse them the votes that they think they need.
   */
  private isStranded(): boolean {
    let best = this.machines[0]!.node.status();
    for (const machine of this.machines) if (machine.node.status().applied > best.applied) best = machine.node.status();
    const { incoming, outgoing } = best.configuration;
    const newest = `${incoming}/${outgoing}`;
    const unaware = incoming.filter((id) => {
      const { configuration } = this.machines[id - 1]!.node.status();
      return `${configuration.incoming}/${configuration.outgoing}` !== newest;
    });
    return unaware.length * 2 > incoming.length;
  }

  private quiesce(members: ReadonlySet<number>): void {
    for (let i = 0; i < 200; i++) {
      const flights = this.network.filter((flight) => members.has(flight.message.to));
      this.network = [];
      for (const { message } of flights) this.deliver(message);
      let busy = flights.length > 0;
      for (const machine of this.machines) {
        if (!members.has(machine.id)) continue;
        this.pump(machine);
        while (machine.appendWork.length > 0 || machine.applyWork.length > 0) {
          this.send(machine, machine.write());
          this.applySome(machine);
          this.pump(machine);
          busy = true;
        }
      }
      if (!busy) return;
    }
  }

  private isSettled(members: ReadonlySet<number>): boolean {
    const leader = this.machines.find(
      (machine) => members.has(machine.id) && stateOf(machine.node).role === Role.Leader,
    );
    if (leader === undefined) return false;
    const { commit, lastIndex, configuration } = leader.node.status();
    for (const id of [...configuration.incoming, ...configuration.outgoing, ...configuration.learners]) {
      const machine = this.machines[id - 1]!;
      if (machine.node.status().commit !== commit || machine.appliedIndex !== commit) return false;
    }
    return commit === lastIndex && leader.node.propose(Buffer.from('after')).ok;
  }
}
