// Everything between this node and others beside raft's own messages: giving entries and checkpoints, pulling the
// checkpoint of a snapshot, and knowing at the leader when an announced one will not arrive.
//
// Rules decided here: a Snap carries no data (supplier.ts gives it in pieces). The leader announces again when the link
// went down, when the follower says that it failed, or when it has asked for nothing during a second; after a failure
// of the content no snapshot is announced for a while (snapshot-gate.ts).

import { crc32 } from 'node:zlib';
import type { Journal } from '@baton/journal';
import { type Message, ProgressState, type RaftNode, Role, type Snapshot, StorageRefusal } from '@baton/raft';
import { decodeCheckpointState } from './checkpoint-state.ts';
import type { Checkpointer } from './checkpointer.ts';
import { invariant } from './invariant.ts';
import type { Links } from './links.ts';
import type { ReplicaConfig } from './options.ts';
import { SnapshotFetch } from './snapshot-fetch.ts';
import type { SnapshotGate } from './snapshot-gate.ts';
import type { StateMachine } from './state-machine.ts';
import { StatePreparation } from './state-preparation.ts';
import { Supplier } from './supplier.ts';
import { decodeSupply, type SupplyMessage } from './supply-message.ts';
import type { Waiters } from './waiters.ts';

/** Longer than any pause between two questions of a follower that lives; short beside the transfer itself. */
const SILENCE_MS = 1000;

export interface SupplyParts {
  readonly config: ReplicaConfig;
  readonly journal: Journal;
  readonly links: Links;
  readonly raft: RaftNode;
  readonly waiters: Waiters;
  readonly gate: SnapshotGate;
  readonly checkpointer: Checkpointer;
  /** Runs work unless the replica stopped, and a turn after it. */
  readonly work: (work: () => void) => void;
  /** A Snap whose checkpoint is here. */
  readonly release: (message: Message) => void;
  readonly appliedIndex: () => number;
}

/** The newest checkpoint as raft announces it: what it is, without its bytes. */
export function announcedSnapshot(journal: Journal): Snapshot | StorageRefusal {
  const newest = journal.checkpoints()[0];
  const reader = newest === undefined ? null : journal.readCheckpoint(newest.index);
  if (reader === null) return StorageRefusal.SnapshotTemporarilyUnavailable;
  const { index, term, confState } = reader.offer;
  reader.close();
  return { index, term, confState, data: new Uint8Array(0) };
}

/** What a snapshot puts in the place of the state in use. */
export interface SnapshotState {
  readonly lastTimeUs: number;
  readonly members: Uint8Array;
  readonly place: (stateMachine: StateMachine) => void;
}

export class Supply {
  readonly #parts: SupplyParts;
  /** The state of a checkpoint that was pulled, ready before raft hears of it. */
  readonly #preparation: StatePreparation;
  readonly #supplier: Supplier;
  readonly #fetch: SnapshotFetch;
  /** When each follower last asked for something, or was told of a snapshot. */
  readonly #heardUs = new Map<number, number>();

  constructor(parts: SupplyParts) {
    const { journal, links, raft, config, work, release } = parts;
    const { clock, log } = config;
    this.#parts = parts;
    this.#supplier = new Supplier({
      journal,
      links,
      clock,
      confirmLeader: () => this.#confirmLeader(),
      onGone: (peer) => this.#snapshotFailed(peer),
      onWanted: (minIndex) => parts.checkpointer.request(minIndex),
    });
    this.#preparation = new StatePreparation({ journal, clock, log, stateMachine: config.stateMachine });
    this.#fetch = new SnapshotFetch({
      journal,
      prepare: (index, onEnd) => this.#preparation.prepare(index, onEnd),
      links,
      clock,
      log,
      commitIndex: () => raft.status().commit,
      release: (message) => work(() => release(message)),
    });
  }

  /** Bytes of another node on the channel of these messages. */
  received(from: number, bytes: Uint8Array): void {
    const frame = decodeSupply(bytes);
    if (frame === null) return;
    const { message } = frame;
    this.#heardUs.set(from, this.#parts.config.clock.monotonicUs());
    if (message.kind === 'not-received') this.#notReceived(from, message);
    else this.#supplier.received(from, message);
    this.#fetch.received(from, frame);
  }

  /** Keeps a Snap whose checkpoint is not here yet; false if raft may have it. */
  hold(message: Message): boolean {
    return this.#fetch.hold(message);
  }

  /** The link to a node went down: what was announced to it may be lost. */
  peerDown(peer: number): void {
    this.#heardUs.delete(peer);
    this.#parts.raft.reportSnapshot(peer, false);
  }

  /** Once a tick: who was told of a snapshot and does not ask for it is told again. */
  tick(): void {
    const { raft, config, appliedIndex } = this.#parts;
    this.#preparation.dropUpTo(appliedIndex());
    if (raft.role !== Role.Leader) return;
    const { progress } = raft.status();
    const nowUs = config.clock.monotonicUs();
    for (const { id, state } of progress) {
      if (state !== ProgressState.Snapshot) {
        this.#heardUs.delete(id);
        continue;
      }
      const heardUs = this.#heardUs.get(id);
      if (heardUs === undefined) this.#heardUs.set(id, nowUs);
      else if (nowUs - heardUs >= SILENCE_MS * 1000) {
        this.#heardUs.delete(id);
        raft.reportSnapshot(id, false);
      }
    }
  }

  /** The state of a snapshot that is in the log now: ready beforehand, but for one that came with its bytes. */
  stateOf(snapshot: Snapshot): SnapshotState {
    const prepared = this.#preparation.take(snapshot.index, snapshot.term);
    if (prepared !== null) return prepared;
    const { lastTimeUs, members, state } = decodeCheckpointState(snapshotBytes(this.#parts.journal, snapshot));
    return { lastTimeUs, members, place: (stateMachine) => stateMachine.restore(state) };
  }

  close(): void {
    this.#supplier.close();
    this.#fetch.close();
    this.#preparation.drop();
  }

  #notReceived(peer: number, { index, reason }: Extract<SupplyMessage, { kind: 'not-received' }>): void {
    const { config, raft, work } = this.#parts;
    if (raft.status().role !== Role.Leader) return;
    config.log('warn', 'a follower did not take the snapshot that was announced to it', { peer, index, reason });
    work(() => this.#snapshotFailed(peer));
  }

  #snapshotFailed(peer: number): void {
    this.#parts.gate.close();
    this.#parts.raft.reportSnapshot(peer, false);
  }

  /** The term that a quorum confirms now, if the journal holds all of this leader's log. */
  async #confirmLeader(): Promise<number> {
    const { raft, journal, waiters, work } = this.#parts;
    const { role, term } = raft.status();
    if (role !== Role.Leader) return 0;
    const confirmed = await waiters.addRead((context) => work(() => raft.readIndex(context)));
    const now = raft.status();
    const isSame = confirmed.ok && now.role === Role.Leader && now.term === term;
    return isSame && now.lastIndex === journal.lastIndex() ? term : 0;
  }
}

/** The bytes of a snapshot: those it carries, or of its checkpoint that was pulled before. */
function snapshotBytes(journal: Journal, { index, data }: Snapshot): Uint8Array {
  if (data.length > 0) return data;
  const reader = journal.readCheckpoint(index);
  invariant(reader !== null, `checkpoint ${index} was received and is not there`);
  const bytes = reader.read(0, reader.offer.sizeBytes);
  reader.close();
  invariant(
    crc32(bytes) === reader.offer.crc,
    `checkpoint ${index} was received and does not match its CRC-32 any more`,
  );
  return bytes;
}
