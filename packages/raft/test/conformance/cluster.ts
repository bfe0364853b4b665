/**
 * The nodes, storages and network of one interaction script. The state machine appends each entry's data to a byte
 * string and keeps every state; a node asked for a snapshot gives the newest.
 */
import {
  APPEND_THREAD,
  APPLY_THREAD,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  isLocalThread,
  type Message,
  RaftNode,
  type RaftOptions,
  type Snapshot,
} from '../../src/index.ts';
import { MemoryStorage } from '../../src/testing/index.ts';

export type NodeOptions = Omit<RaftOptions, 'id' | 'storage' | 'random' | 'applied'>;

export interface ClusterNode {
  readonly id: number;
  node: RaftNode;
  readonly storage: MemoryStorage;
  readonly options: NodeOptions;
  history: Snapshot[];
  appendWork: Message[];
  applyWork: Message[];
}

export interface Recipient {
  readonly id: number;
  readonly drop: boolean;
}

function isLocal(message: Message): boolean {
  return message.from === message.to || isLocalThread(message.from) || isLocalThread(message.to);
}

/** The first draw of every election timeout is the shortest; scripts set what matters. */
const shortest = (): number => 0;

export class Cluster {
  readonly nodes: ClusterNode[] = [];
  network: Message[] = [];

  get(id: number): ClusterNode {
    const found = this.nodes[id - 1];
    if (found === undefined) throw new RangeError(`the script names node ${id}, there are ${this.nodes.length}`);
    return found;
  }

  add(snapshot: Snapshot | null, first: Snapshot, options: NodeOptions): void {
    const id = this.nodes.length + 1;
    const storage = new MemoryStorage();
    if (snapshot !== null) storage.applySnapshot(snapshot);
    const node = new RaftNode({ ...options, id, storage, random: shortest, applied: first.index });
    const entry: ClusterNode = { id, node, storage, options, history: [first], appendWork: [], applyWork: [] };
    storage.snapshotOverride = () => entry.history[entry.history.length - 1]!;
    this.nodes.push(entry);
  }

  /** A crash that keeps the disk: what was handed over and not written is gone, the network stays. */
  restart(id: number): void {
    const entry = this.get(id);
    const { commit } = entry.storage.hardState;
    while (entry.history.length > 1 && entry.history[entry.history.length - 1]!.index > commit) entry.history.pop();
    entry.appendWork = [];
    entry.applyWork = [];
    this.network = this.network.filter((message) => message.to !== id || !isLocal(message));
    const last = entry.history[entry.history.length - 1]!.index;
    const applied = Math.max(last, entry.storage.firstIndex() - 1);
    entry.node = new RaftNode({ ...entry.options, id, storage: entry.storage, random: shortest, applied });
  }

  write(entry: ClusterNode, state: HardState | null, entries: readonly Entry[], snapshot: Snapshot | null): void {
    if (state !== null) entry.storage.setHardState(state);
    if (snapshot !== null) entry.storage.applySnapshot(snapshot);
    else entry.storage.append(entries);
  }

  apply(entry: ClusterNode, entries: readonly Entry[]): void {
    for (const committed of entries) {
      const last = entry.history[entry.history.length - 1]!;
      let update: Uint8Array = committed.data;
      let confState: ConfState = last.confState;
      if (committed.type !== EntryType.Normal) {
        const change = decodeConfChange(committed);
        update = change.context ?? new Uint8Array(0);
        confState = entry.node.applyConfChange(change);
      }
      const data = Buffer.concat([last.data, update]);
      entry.history.push({ index: committed.index, term: committed.term, confState, data });
    }
  }

  /** Queues what a Ready sends: local work with its node, everything else on the network. */
  queue(entry: ClusterNode, messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.to === APPEND_THREAD) entry.appendWork.push(message);
      else if (message.to === APPLY_THREAD) entry.applyWork.push(message);
      else this.network.push(message);
    }
  }

  /** Takes the messages for a recipient off the network; dropping spares local ones. Type -1 is all. */
  take(recipient: Recipient, type: number): Message[] {
    const taken: Message[] = [];
    const rest: Message[] = [];
    for (const message of this.network) {
      const spared = recipient.drop && isLocal(message);
      const wanted = message.to === recipient.id && !spared && (type < 0 || message.type === type);
      (wanted ? taken : rest).push(message);
    }
    this.network = rest;
    return taken;
  }

  hasMessages(id: number): boolean {
    return this.network.some((message) => message.to === id);
  }
}
