// A follower's way to a snapshot of its leader: the Snap message waits here until its checkpoint has been pulled.
//
// Rules decided here: raft hears of a snapshot only when the checkpoint is durable here and its state is ready, so that all
// it does then is to name it. A transfer under way is finished even when a newer snapshot is announced meanwhile, or a busy cluster would
// make it start over for ever; it goes on from whoever announces the same one next, after an interruption or under a
// new leader, and one that an earlier process of this node began is finished first, as long as somebody has it. What fails
// is told to the leader, which announces again.

import type { Clock } from '@baton/host';
import type { Journal } from '@baton/journal';
import type { Message, Snapshot } from '@baton/raft';
import { CheckpointPull } from './checkpoint-pull.ts';
import type { Links } from './links.ts';
import type { ReplicaLog } from './replica-log.ts';
import { encodeSupply, SUPPLY_CHANNEL, type SupplyFrame } from './supply-message.ts';

export interface SnapshotFetchParts {
  readonly journal: Journal;
  readonly links: Pick<Links, 'sendBytes'>;
  readonly clock: Clock;
  readonly log: ReplicaLog;
  readonly commitIndex: () => number;
  /** Makes the state of a checkpoint ready, turn by turn. */
  readonly prepare: (index: number, onEnd: () => void) => void;
  /** The checkpoint of this Snap is here: raft's turn. */
  readonly release: (message: Message) => void;
}

export class SnapshotFetch {
  readonly #parts: SnapshotFetchParts;
  #pull: CheckpointPull | null = null;
  /** The Snap that the pull is for. */
  #held: Message | null = null;
  /** Its checkpoint is here, and its state is being made ready. */
  #preparing: Snapshot | null = null;
  #isClosed = false;

  constructor(parts: SnapshotFetchParts) {
    this.#parts = parts;
  }

  /** Keeps a Snap whose checkpoint is still to be pulled; false if raft may have it now. */
  hold(message: Message): boolean {
    const { snapshot } = message;
    if (snapshot === null || snapshot.data.length > 0 || this.#isClosed) return false;
    if (snapshot.index <= this.#parts.commitIndex()) return false;
    // Announced again, by whomever: what is being made ready is released first.
    if (this.#preparing !== null) return true;
    if (this.#isHere(snapshot)) return false;
    const held = this.#held?.snapshot;
    if (this.#pull === null || held === undefined || held === null) {
      this.#begin(message, snapshot);
    } else if (held.index === snapshot.index && held.term === snapshot.term) {
      this.#held = message;
      this.#pull.resumeFrom(message.from);
      this.#log('snapshot announced again: its checkpoint is pulled from where it stopped', this.#pull);
    } else if (this.#pull.source !== message.from) {
      this.#replaceBy(message, snapshot);
    }
    return true;
  }

  /** An answer of another node. */
  received(from: number, frame: SupplyFrame): void {
    this.#pull?.received(from, frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#pull?.suspend();
  }

  #isHere({ index, term }: Snapshot): boolean {
    return this.#parts.journal.checkpoints().some((info) => info.index === index && info.term === term);
  }

  /** Another leader announces another snapshot; its predecessor may be gone. */
  #replaceBy(message: Message, snapshot: Snapshot): void {
    const replaced = this.#pull;
    this.#held = null;
    replaced?.abort(() => {
      if (this.#pull === replaced && !this.#isClosed) this.#begin(message, snapshot);
    });
  }

  #begin(message: Message, snapshot: Snapshot): void {
    const { journal, commitIndex } = this.#parts;
    const begun = journal.unfinishedCheckpoint()?.index ?? 0;
    const index = begun > commitIndex() && begun < snapshot.index ? begun : snapshot.index;
    this.#pullFor(message, snapshot, index);
  }

  #pullFor(message: Message, snapshot: Snapshot, index: number): void {
    const { journal, links, clock } = this.#parts;
    this.#held = message;
    const hooks = {
      onDone: () => this.#done(),
      onGone: () => {
        if (index === snapshot.index) this.#failed(index, 'it is not there any more');
        else if (!this.#isClosed) this.#pullFor(this.#held ?? message, snapshot, snapshot.index);
      },
      onFailed: (error: Error) => this.#failed(index, error.message),
    };
    this.#pull = new CheckpointPull({ journal, links, clock, hooks }, message.from, index);
    this.#log('behind the log of the leader: its checkpoint is pulled', this.#pull);
  }

  #done(): void {
    const { prepare, release, log } = this.#parts;
    const message = this.#held;
    const offer = this.#pull?.offer;
    this.#held = null;
    this.#pull = null;
    if (message === null || offer === undefined || offer === null || this.#isClosed) return;
    log('info', 'checkpoint received', { index: offer.index, from: message.from });
    const { index, term, confState } = offer;
    const snapshot = { index, term, confState, data: new Uint8Array(0) };
    this.#preparing = snapshot;
    prepare(index, () => {
      this.#preparing = null;
      if (!this.#isClosed) release({ ...message, snapshot });
    });
  }

  #failed(index: number, reason: string): void {
    const message = this.#held;
    this.#held = null;
    this.#pull = null;
    if (message === null || this.#isClosed) return;
    this.#parts.log('error', 'checkpoint not received; the leader is told', { index, from: message.from, reason });
    this.#tellFailed(message.from, index, reason);
  }

  #tellFailed(to: number, index: number, reason: string): void {
    this.#parts.links.sendBytes(to, SUPPLY_CHANNEL, encodeSupply({ kind: 'not-received', index, reason }));
  }

  #log(text: string, { index, source, receivedBytes }: CheckpointPull): void {
    this.#parts.log('info', text, { index, from: source, receivedBytes });
  }
}
