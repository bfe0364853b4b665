/**
 * A cluster of nodes in memory, for tests and examples: storage is written at once, messages wait on a network that can
 * be cut, filtered and inspected. Deterministic: nodes in order of ids, messages in order of sending.
 */
import { decodeConfChange, isConfChangeEntry } from '../conf-change.ts';
import type { ConfState, Entry, Snapshot } from '../entry.ts';
import type { Message } from '../message.ts';
import { RaftNode } from '../node.ts';
import type { RaftOptions } from '../options.ts';
import { Role } from '../raft.ts';
import type { ReadState } from '../read-queue.ts';
import { MemoryStorage } from './memory-storage.ts';

/** Options for the nodes of a test cluster; without coalescing unless asked for, so that each proposal shows. */
export type ClusterOptions = Partial<Omit<RaftOptions, 'id' | 'storage' | 'applied'>>;

/** One node with its disk and what it applied. */
export class TestPeer {
  readonly id: number;
  readonly storage: MemoryStorage;
  private readonly options: ClusterOptions;
  node: RaftNode;
  up = true;
  applied: Entry[] = [];
  reads: ReadState[] = [];
  confState: ConfState;

  constructor(id: number, storage: MemoryStorage, options: ClusterOptions) {
    this.id = id;
    this.storage = storage;
    this.options = options;
    this.confState = storage.initialState().confState;
    this.node = this.boot();
  }

  private boot(): RaftNode {
    const applied = this.storage.firstIndex() - 1;
    return new RaftNode({
      random: () => 0,
      coalesceAppends: false,
      ...this.options,
      id: this.id,
      storage: this.storage,
      applied,
    });
  }

  /** Starts anew from what is on disk. */
  restart(): void {
    this.up = true;
    this.applied = [];
    this.confState = this.storage.initialState().confState;
    this.node = this.boot();
  }

  /** Does everything that the node asks for; returns what it sends. */
  work(): readonly Message[] {
    const sent: Message[] = [];
    while (this.node.hasReady()) {
      const ready = this.node.ready();
      if (ready.hardState !== null) this.storage.setHardState(ready.hardState);
      if (ready.snapshot !== null) {
        this.storage.applySnapshot(ready.snapshot);
        this.confState = ready.snapshot.confState;
      }
      this.storage.append(ready.entries);
      for (const entry of ready.committedEntries) {
        if (isConfChangeEntry(entry)) this.confState = this.node.applyConfChange(decodeConfChange(entry));
        this.applied.push(entry);
      }
      this.reads.push(...ready.readStates);
      sent.push(...ready.messages);
      this.node.advance();
    }
    return sent;
  }

  /** Text of what was applied, without empty entries. */
  texts(): string[] {
    return this.applied.filter((entry) => entry.data.length > 0).map((entry) => Buffer.from(entry.data).toString());
  }
}

/** Bounds a settling that never ends, which would be a bug of the core. */
const MAX_ROUNDS = 10_000;

export class TestCluster {
  readonly peers: TestPeer[] = [];
  network: Message[] = [];
  private readonly cut = new Set<string>();

  /** Nodes 1 to `size`, all voters, with an empty log that begins at index 2. */
  constructor(size: number, options: ClusterOptions = {}) {
    const voters = Array.from({ length: size }, (_, i) => i + 1);
    for (const id of voters) this.add(id, voters, options);
  }

  /** Adds a node; without voters it is empty and waits for a snapshot. */
  add(id: number, voters: readonly number[] = [], options: ClusterOptions = {}): TestPeer {
    const storage = new MemoryStorage();
    const confState: ConfState = { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    const first: Snapshot = { index: 1, term: 1, confState, data: new Uint8Array(0) };
    if (voters.length > 0) storage.applySnapshot(first);
    const peer = new TestPeer(id, storage, options);
    this.peers.push(peer);
    return peer;
  }

  peer(id: number): TestPeer {
    const peer = this.peers.find((candidate) => candidate.id === id);
    if (peer === undefined) throw new RangeError(`there is no node ${id}`);
    return peer;
  }

  node(id: number): RaftNode {
    return this.peer(id).node;
  }

  /** Stops messages from one node to another, or to all others. */
  disconnect(from: number, to?: number): void {
    for (const { id } of this.peers) if (to === undefined || id === to) this.cut.add(`${from}>${id}`);
  }

  isolate(id: number): void {
    for (const other of this.peers) {
      this.cut.add(`${id}>${other.id}`);
      this.cut.add(`${other.id}>${id}`);
    }
  }

  heal(): void {
    this.cut.clear();
  }

  crash(id: number): void {
    this.peer(id).up = false;
  }

  /** Lets every node do its work, and puts what they send on the network. */
  collect(): void {
    for (const peer of this.peers) if (peer.up) this.network.push(...peer.work());
  }

  /** Works and delivers until all is quiet. `keep` decides which messages arrive. */
  settle(keep: (message: Message) => boolean = () => true): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.collect();
      if (this.network.length === 0) return;
      const messages = this.network;
      this.network = [];
      for (const message of messages) {
        const target = this.peers.find((peer) => peer.id === message.to);
        const passes = target?.up && !this.cut.has(`${message.from}>${message.to}`) && keep(message);
        if (passes) target.node.step(message);
      }
    }
    throw new RangeError(`the cluster was not quiet after ${MAX_ROUNDS} rounds`);
  }

  /** Ticks all running nodes, or one, and settles after each tick. */
  tick(count: number, id?: number): void {
    for (let i = 0; i < count; i++) {
      for (const peer of this.peers) if (peer.up && (id === undefined || peer.id === id)) peer.node.tick();
      this.settle();
    }
  }

  /** Makes `id` campaign and settles. */
  elect(id: number): void {
    this.node(id).campaign();
    this.settle();
  }

  propose(id: number, text: string): ReturnType<RaftNode['propose']> {
    const outcome = this.node(id).propose(Buffer.from(text));
    this.settle();
    return outcome;
  }

  /** Ids of running nodes that believe to lead. */
  leaders(): number[] {
    return this.peers.filter((peer) => peer.up && peer.node.status().role === Role.Leader).map((peer) => peer.id);
  }
}
