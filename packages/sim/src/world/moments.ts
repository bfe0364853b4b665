/**
 * Moments: the places in a run at which a test can look, stop or kill, exactly there and not some time later. They are
 * told synchronously, so a listener that kills a node does it in the middle of what the node does; everything the node
 * still does on that stack has no effect outside.
 */
import type { Command, LedgerEvent } from '@baton/ledger';
import type { Message } from '@baton/raft';
import type { AppliedEntry } from '@baton/replica';
import type { VenueEvent } from '@baton/venue';
import type { NodeFace } from './node-face.ts';

export interface Moments {
  started(node: NodeFace): void;
  /** The process is gone; `how` as in `World.kill`, or what it died of. */
  ended(node: NodeFace, how: string): void;
  leading(node: NodeFace, term: number): void;
  retired(node: NodeFace): void;
  /** A command was handed to the replica: nothing of it has left the process or reached its disk. */
  proposed(node: NodeFace, command: Command): void;
  /** An entry was applied and its effects are out; strategies have not heard of it. */
  applied(node: NodeFace, entry: AppliedEntry, events: readonly LedgerEvent[]): void;
  /** Raft messages were given to the operating system; they arrive even if the sender dies now. */
  sent(from: number, to: number, messages: readonly Message[]): void;
  /** Raft messages are at the receiver, which has not looked at them. */
  arrived(from: number, to: number, messages: readonly Message[]): void;
  /** A node is about to write to a venue: nothing is written yet. */
  writing(node: NodeFace, bytes: Uint8Array): void;
  /** It has written: the operating system has the bytes. */
  written(node: NodeFace, bytes: Uint8Array): void;
  /** Bytes of a venue are in the node's socket buffer, unread. */
  reading(node: NodeFace, bytes: Uint8Array): void;
  /** Something happened at the venue. */
  venue(event: VenueEvent): void;
  /** After every event of the world. */
  stepped(): void;
}

export type MomentName = keyof Moments;
type Listener = (...facts: never[]) => void;
const NOBODY: readonly Listener[] = [];

export class MomentBoard {
  readonly #listeners = new Map<MomentName, readonly Listener[]>();

  /** Listens until the returned function is called. */
  on<Name extends MomentName>(name: Name, listener: Moments[Name]): () => void {
    const stored = listener as Listener;
    this.#listeners.set(name, [...this.#of(name), stored]);
    return () => {
      this.#listeners.set(
        name,
        this.#of(name).filter((other) => other !== stored),
      );
    };
  }

  tell<Name extends MomentName>(name: Name, ...facts: Parameters<Moments[Name]>): void {
    // The list of now: a listener that adds or removes others does not disturb this round.
    for (const listener of this.#of(name)) (listener as (...facts: Parameters<Moments[Name]>) => void)(...facts);
  }

  #of(name: MomentName): readonly Listener[] {
    return this.#listeners.get(name) ?? NOBODY;
  }
}
