/**
 * One simulated machine: a core with asynchronous storage, a disk whose writes take effect one by one in order, and a
 * state machine that is a running hash. A crash loses every write that was not carried out, and a commit index that was
 * written without being synced; the state machine restarts from the snapshot on disk.
 */
import {
  APPEND_THREAD,
  APPLY_THREAD,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type Message,
  RaftNode,
  type RaftOptions,
  type ReadState,
  type Snapshot,
} from '../../src/index.ts';
import { MemoryStorage } from '../../src/testing/index.ts';

export type MachineOptions = Omit<RaftOptions, 'id' | 'storage' | 'applied'>;

/** FNV-1a over the entry's place and bytes, on top of the state before it. */
export function mixState(state: number, entry: Entry): number {
  let hash = (state ^ entry.index) >>> 0;
  for (const byte of [entry.term & 255, entry.type, ...entry.data]) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function encodeState(state: number): Uint8Array {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(state);
  return data;
}

export class Machine {
  readonly id: number;
  readonly storage: MemoryStorage;
  private readonly options: MachineOptions;
  node: RaftNode;
  up = true;
  appendWork: Message[] = [];
  applyWork: Message[] = [];
  reads: ReadState[] = [];
  /** The state machine. */
  appliedIndex = 0;
  appliedState = 0;
  confState: ConfState;
  private syncedCommit = 0;

  constructor(id: number, first: Snapshot | null, options: MachineOptions) {
    this.id = id;
    this.options = options;
    this.storage = new MemoryStorage();
    if (first !== null) this.storage.applySnapshot(first);
    this.confState = this.storage.initialState().confState;
    this.node = this.start();
  }

  private start(): RaftNode {
    this.restoreFromDisk();
    return new RaftNode({
      ...this.options,
      id: this.id,
      storage: this.storage,
      applied: this.appliedIndex,
      asyncStorageWrites: true,
    });
  }

  private restoreFromDisk(): void {
    const snapshot = this.storage.snapshot();
    if (typeof snapshot === 'string') throw new Error(snapshot);
    this.appliedIndex = snapshot.index;
    this.appliedState = snapshot.data.length === 4 ? Buffer.from(snapshot.data).readUInt32BE() : 0;
    this.confState = snapshot.confState;
  }

  /**
   * `commitToo`: the operating system had not yet written the commit index, which was not synced. Not across a
   * membership change: a voter that forgets that the others left may wait for their votes for ever, while they, with
   * longer logs, refuse them (a known limit of Raft with learnt-late commits, not of safety; see the README).
   */
  crash(commitToo: boolean): void {
    this.up = false;
    this.appendWork = [];
    this.applyWork = [];
    this.reads = [];
    if (commitToo && !this.changesSince(this.syncedCommit))
      this.storage.setHardState({ ...this.storage.hardState, commit: this.syncedCommit });
  }

  private changesSince(index: number): boolean {
    const from = Math.max(index + 1, this.storage.firstIndex());
    const entries = this.storage.entries(from, this.storage.lastIndex() + 1, Number.POSITIVE_INFINITY);
    return typeof entries !== 'string' && entries.some((entry) => entry.type !== EntryType.Normal);
  }

  restart(): void {
    this.up = true;
    this.node = this.start();
  }

  /** Takes work from the core; returns what goes to the network at once. */
  takeReady(): Message[] {
    if (!this.node.hasReady()) return [];
    const ready = this.node.ready();
    this.reads.push(...ready.readStates);
    const out: Message[] = [];
    for (const message of ready.messages) {
      if (message.to === APPEND_THREAD) this.appendWork.push(message);
      else if (message.to === APPLY_THREAD) this.applyWork.push(message);
      else out.push(message);
    }
    return out;
  }

  /** Carries out the oldest write; returns what may be sent now that it is durable. */
  write(): readonly Message[] {
    const work = this.appendWork.shift();
    if (work === undefined) return [];
    const before = this.storage.hardState;
    if (work.term !== 0) this.storage.setHardState({ term: work.term, vote: work.vote, commit: work.commit });
    if (work.snapshot !== null) {
      this.storage.applySnapshot(work.snapshot);
      this.restoreFromDisk();
    } else this.storage.append(work.entries);
    const now = this.storage.hardState;
    const synced =
      work.entries.length > 0 || work.snapshot !== null || now.term !== before.term || now.vote !== before.vote;
    if (synced) this.syncedCommit = now.commit;
    return work.responses ?? [];
  }

  /** Applies the oldest batch of committed entries. `onApplied` sees each entry and the state after it. */
  apply(onApplied: (entry: Entry, state: number) => void): readonly Message[] {
    const work = this.applyWork.shift();
    if (work === undefined) return [];
    for (const entry of work.entries) {
      if (entry.index <= this.appliedIndex) continue;
      if (entry.index !== this.appliedIndex + 1) throw new Error(`applied ${entry.index} after ${this.appliedIndex}`);
      if (entry.type !== EntryType.Normal) this.confState = this.node.applyConfChange(decodeConfChange(entry));
      this.appliedState = mixState(this.appliedState, entry);
      this.appliedIndex = entry.index;
      onApplied(entry, this.appliedState);
    }
    return work.responses ?? [];
  }

  /** Takes a snapshot of what is applied and forgets the log before it, but for `keep` entries. */
  compact(keep: number): void {
    const stored = this.storage.snapshot();
    if (typeof stored === 'string' || this.appliedIndex <= stored.index) return;
    if (this.appliedIndex > this.storage.lastIndex()) return;
    this.storage.createSnapshot(this.appliedIndex, this.confState, encodeState(this.appliedState));
    const upTo = this.appliedIndex - keep;
    if (upTo >= this.storage.firstIndex()) this.storage.compact(upTo);
  }
}
