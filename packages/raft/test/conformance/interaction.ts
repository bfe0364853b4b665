/** The commands of interaction scripts (reference raft.md 2.3 and 2.6), over one cluster. */
import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfState,
  type HardState,
  MessageType,
  NO_LIMIT,
  newMessage,
  type ProposeOutcome,
  type Snapshot,
  type StepRefusal,
} from '../../src/index.ts';
import { stateOf } from '../../src/node.ts';
import { Cluster, type ClusterNode, type Recipient } from './cluster.ts';
import { CommandError } from './command-error.ts';
import { describeEntries, describeMessage, describeProgress, describeReady, describeRole } from './describe.ts';
import { nodeOptions, optionOf, STUB } from './node-options.ts';
import { Output } from './output.ts';
import { parseCommandLine, type ScriptArgument, type ScriptCommand } from './script.ts';

const DROPPED = 'raft proposal dropped';

function refusalText(refusal: StepRefusal): string {
  if (refusal === 'peer-not-found') return 'raft: cannot step as peer not found';
  return refusal === 'local-message' ? 'raft: cannot step raft local message' : DROPPED;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'none'];

function ids(args: readonly ScriptArgument[]): number[] {
  return args.filter((arg) => arg.values.length === 0).map((arg) => Number(arg.key));
}

const CHANGES: Readonly<Record<string, ConfChangeType>> = {
  v: ConfChangeType.AddNode,
  l: ConfChangeType.AddLearnerNode,
  r: ConfChangeType.RemoveNode,
  u: ConfChangeType.UpdateNode,
};

/** Operations such as `v1 l2 r3 u4`. */
export function parseChanges(text: string): ConfChangeSingle[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const type = CHANGES[word[0]!];
    if (type === undefined) throw new CommandError(`unknown input: ${word}`);
    return { type, nodeId: Number(word.slice(1)) };
  });
}

const TRANSITIONS: Readonly<Record<string, ConfChangeTransition>> = {
  auto: ConfChangeTransition.Auto,
  implicit: ConfChangeTransition.JointImplicit,
  explicit: ConfChangeTransition.JointExplicit,
};

function mustAccept(outcome: ProposeOutcome): void {
  if (!outcome.ok) throw new CommandError(DROPPED);
}

export class InteractionEnvironment {
  readonly #cluster = new Cluster();
  readonly #out = new Output();

  /** Runs one command of a script and returns what it prints. */
  run(command: ScriptCommand): string {
    this.#out.take();
    try {
      if (command.name === 'propose-conf-change') this.#proposeConfChange(command.args, command.input);
      else this.#many(command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (this.#out.quiet) return error.message;
      this.#out.write(error.message);
    }
    const text = this.#out.take();
    return text === '' ? 'ok' : text;
  }

  /** The command itself, and further ones in its input lines. */
  #many(command: ScriptCommand): void {
    this.#single(command.name, command.args);
    for (const line of command.input.split('\n')) {
      if (line.trim() === '') continue;
      const { name, args } = parseCommandLine(line);
      try {
        this.#single(name, args);
      } catch (error) {
        if (!(error instanceof CommandError) || this.#out.quiet) throw error;
        this.#out.write(error.message);
      }
    }
  }

  #single(name: string, args: readonly ScriptArgument[]): void {
    const command = this.#commands[name];
    if (command === undefined) throw new CommandError('unknown command');
    command(args);
  }

  readonly #commands: Readonly<Record<string, (args: readonly ScriptArgument[]) => void>> = {
    _breakpoint: () => {},
    'add-nodes': (args) => this.#addNodes(args),
    campaign: (args) => this.#first(args).node.campaign(),
    compact: (args) => this.#compact(args),
    'deliver-msgs': (args) => this.#deliverMessages(args),
    'process-ready': (args) => this.#each(args, 'handling Ready', (entry) => this.#processReady(entry)),
    'process-append-thread': (args) =>
      this.#each(args, 'processing append thread', (entry) => this.#processAppendThread(entry)),
    'process-apply-thread': (args) =>
      this.#each(args, 'processing apply thread', (entry) => this.#processApplyThread(entry)),
    'log-level': (args) => this.#logLevel(args[0]!.key),
    'raft-log': (args) => this.#raftLog(this.#first(args)),
    'raft-state': () => this.#raftState(),
    'set-randomized-election-timeout': (args) => {
      stateOf(this.#first(args).node).randomizedElectionTicks = Number(optionOf(args, 'timeout'));
    },
    stabilize: (args) => this.#stabilize(args),
    status: (args) => {
      for (const progress of this.#first(args).node.status().progress) this.#out.write(describeProgress(progress));
    },
    'tick-election': (args) => this.#tick(this.#first(args), STUB.electionTicks!),
    'tick-heartbeat': (args) => this.#tick(this.#first(args), STUB.heartbeatTicks!),
    'transfer-leadership': (args) =>
      this.#cluster.get(Number(optionOf(args, 'from'))).node.transferLeadership(Number(optionOf(args, 'to'))),
    'forget-leader': (args) => this.#first(args).node.forgetLeader(),
    'send-snapshot': (args) => this.#sendSnapshot(args),
    propose: (args) => mustAccept(this.#first(args).node.propose(Buffer.from(args[1]?.key ?? ''))),
    'report-unreachable': (args) => this.#first(args).node.reportUnreachable(Number(args[1]!.key)),
    'read-index': (args) => this.#first(args).node.readIndex(Buffer.from(args[1]?.key ?? '')),
    restart: (args) => this.#cluster.restart(Number(args[0]!.key)),
  };

  #first(args: readonly ScriptArgument[]): ClusterNode {
    return this.#cluster.get(Number(args[0]!.key));
  }

  #tick(entry: ClusterNode, count: number): void {
    for (let i = 0; i < count; i++) entry.node.tick();
  }

  /** One node: the bare output. Several: each under a heading, indented. */
  #each(args: readonly ScriptArgument[], heading: string, body: (entry: ClusterNode) => void): void {
    const entries = ids(args).map((id) => this.#cluster.get(id));
    for (const entry of entries) {
      if (entries.length === 1) {
        body(entry);
        continue;
      }
      this.#out.write(`> ${entry.id} ${heading}\n`);
      this.#out.indented(() => body(entry));
    }
  }

  #addNodes(args: readonly ScriptArgument[]): void {
    const listOf = (key: string): number[] =>
      args.filter((arg) => arg.key === key).flatMap((arg) => arg.values.map(Number));
    const voters = listOf('voters');
    const learners = listOf('learners');
    const index = Number(optionOf(args, 'index') ?? 0);
    const content = optionOf(args, 'content');
    const bootstrap = voters.length > 0 || learners.length > 0 || index > 0 || content !== undefined;
    if (bootstrap && index <= 1) throw new CommandError('index must be specified as > 1 due to bootstrap');
    const confState: ConfState = { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
    const term = bootstrap ? 1 : 0;
    const snapshot: Snapshot = { index, term, confState, data: Buffer.from(content ?? '') };
    const options = nodeOptions(args);
    for (let i = Number(args[0]!.key); i > 0; i--) this.#cluster.add(bootstrap ? snapshot : null, snapshot, options);
  }

  #proposeConfChange(args: readonly ScriptArgument[], input: string): void {
    const { node } = this.#first(args);
    const changes = parseChanges(input);
    if (optionOf(args, 'v1') === 'true') {
      if (changes.length > 1) throw new CommandError('only one conf change allowed in v1');
      mustAccept(node.proposeConfChangeV1(changes[0]!));
      return;
    }
    const transition = TRANSITIONS[optionOf(args, 'transition') ?? 'auto'];
    if (transition === undefined) throw new CommandError('unknown transition');
    mustAccept(node.proposeConfChange({ transition, changes }));
  }

  #processReady(entry: ClusterNode): void {
    const ready = entry.node.ready();
    this.#out.write(describeReady(ready));
    if (!entry.options.asyncStorageWrites) {
      this.#cluster.write(entry, ready.hardState, ready.entries, ready.snapshot);
      this.#cluster.apply(entry, ready.committedEntries);
    }
    this.#cluster.queue(entry, ready.messages);
    if (!entry.options.asyncStorageWrites) entry.node.advance();
  }

  #processAppendThread(entry: ClusterNode): void {
    const work = entry.appendWork.shift();
    if (work === undefined) {
      this.#out.write('no append work to perform');
      return;
    }
    this.#out.write(`Processing:\n${describeMessage({ ...work, responses: null })}\n`);
    const { term, vote, commit } = work;
    const state: HardState | null = term === 0 && vote === 0 && commit === 0 ? null : { term, vote, commit };
    this.#cluster.write(entry, state, work.entries, work.snapshot);
    this.#respond(entry, work.responses ?? []);
  }

  #processApplyThread(entry: ClusterNode): void {
    const work = entry.applyWork.shift();
    if (work === undefined) {
      this.#out.write('no apply work to perform');
      return;
    }
    this.#out.write(`Processing:\n${describeMessage({ ...work, responses: null })}\n`);
    this.#cluster.apply(entry, work.entries);
    this.#respond(entry, work.responses ?? []);
  }

  #respond(_entry: ClusterNode, responses: readonly ReturnType<typeof newMessage>[]): void {
    this.#out.write('Responses:\n');
    for (const response of responses) this.#out.write(`${describeMessage(response)}\n`);
    this.#cluster.network.push(...responses);
  }

  #deliverMessages(args: readonly ScriptArgument[]): void {
    const recipients: Recipient[] = [];
    let type = -1;
    for (const arg of args) {
      if (arg.values.length === 0) recipients.push({ id: Number(arg.key), drop: false });
      if (arg.key === 'drop') recipients.push(...arg.values.map((value) => ({ id: Number(value), drop: true })));
      if (arg.key === 'type') type = MessageType[arg.values[0]!.replace(/^Msg/, '') as keyof typeof MessageType];
    }
    if (this.#deliver(recipients, type) === 0) this.#out.write('no messages\n');
  }

  #deliver(recipients: readonly Recipient[], type: number): number {
    let count = 0;
    for (const recipient of recipients) {
      for (const message of this.#cluster.take(recipient, type)) {
        count++;
        this.#out.write(`${recipient.drop ? 'dropped: ' : ''}${describeMessage(message)}\n`);
        if (recipient.drop) continue;
        const refusal = this.#cluster.get(message.to).node.step(message);
        if (refusal !== null) this.#out.write(`${refusalText(refusal)}\n`);
      }
    }
    return count;
  }

  #stabilize(args: readonly ScriptArgument[]): void {
    const quiet = this.#out.quiet;
    const level = optionOf(args, 'log-level');
    if (level !== undefined) this.#logLevel(level);
    const listed = ids(args);
    const entries = listed.length > 0 ? listed.map((id) => this.#cluster.get(id)) : this.#cluster.nodes;
    while (this.#stabilizeRound(entries));
    this.#out.quiet = quiet;
  }

  #stabilizeRound(entries: readonly ClusterNode[]): boolean {
    let busy = false;
    const section = (entry: ClusterNode, heading: string, body: () => void): void => {
      this.#out.write(`> ${entry.id} ${heading}\n`);
      body();
      busy = true;
    };
    for (const entry of entries) {
      if (!entry.node.hasReady()) continue;
      section(entry, 'handling Ready', () => this.#out.indented(() => this.#processReady(entry)));
    }
    for (const entry of entries) {
      if (!this.#cluster.hasMessages(entry.id)) continue;
      section(entry, 'receiving messages', () =>
        this.#out.indented(() => this.#deliver([{ id: entry.id, drop: false }], -1)),
      );
    }
    for (const entry of entries) {
      if (entry.appendWork.length === 0) continue;
      section(entry, 'processing append thread', () => {
        while (entry.appendWork.length > 0) this.#out.indented(() => this.#processAppendThread(entry));
      });
    }
    for (const entry of entries) {
      if (entry.applyWork.length === 0) continue;
      section(entry, 'processing apply thread', () => {
        while (entry.applyWork.length > 0) this.#out.indented(() => this.#processApplyThread(entry));
      });
    }
    return busy;
  }

  #compact(args: readonly ScriptArgument[]): void {
    const entry = this.#first(args);
    if (entry.storage.compact(Number(args[1]!.key)) !== null) {
      throw new CommandError('requested index is unavailable due to compaction');
    }
    this.#raftLog(entry);
  }

  #raftLog(entry: ClusterNode): void {
    const first = entry.storage.firstIndex();
    const last = entry.storage.lastIndex();
    if (last < first) {
      this.#out.write(`log is empty: first index=${first}, last index=${last}`);
      return;
    }
    const entries = entry.storage.entries(first, last + 1, NO_LIMIT);
    if (typeof entries !== 'string') this.#out.write(describeEntries(entries));
  }

  #raftState(): void {
    for (const entry of this.#cluster.nodes) {
      const { role, term, leader, configuration } = entry.node.status();
      const voter = configuration.incoming.includes(entry.id) || configuration.outgoing.includes(entry.id);
      const kind = voter ? '(Voter)' : '(Non-Voter)';
      this.#out.write(`${entry.id}: ${describeRole(role)} ${kind} Term:${term} Lead:${leader}\n`);
    }
  }

  #sendSnapshot(args: readonly ScriptArgument[]): void {
    const from = this.#first(args);
    const message = newMessage(MessageType.Snap, Number(args[1]!.key), from.id, from.node.status().term);
    const snapshot = from.storage.snapshot();
    if (typeof snapshot === 'string') throw new CommandError(snapshot);
    message.snapshot = snapshot;
    this.#cluster.network.push(message);
    this.#out.write(describeMessage(message));
  }

  #logLevel(level: string): void {
    const name = level.toLowerCase();
    if (!LEVELS.includes(name)) throw new CommandError(`log levels must be either of [${LEVELS.join(' ')}]`);
    this.#out.quiet = name === 'none';
  }
}
