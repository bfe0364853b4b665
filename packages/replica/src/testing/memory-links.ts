// Links between simulated nodes, on virtual time.
//
// Model: one ordered stream per direction, like TCP: what was sent before the sender died still arrives, then the end of
// the stream does (`onPeerDown`), then the refused dial (`onPeerDead`). A cut direction loses messages without a sign;
// a host that vanishes leaves no sign either. A message is a copy: no node sees what another changes later.

import type { VirtualClock } from '@baton/host/testing';
import type { Message } from '@baton/raft';
import type { WireHandlers } from '@baton/wire';
import type { Links } from '../links.ts';
import type { SimulatedProcessClock } from './simulated-process-clock.ts';

export interface LinkTimes {
  /** One way, milliseconds. */
  readonly delayMs: () => number;
  /** From a process's death to the end of its streams at the peers. */
  readonly closeMs: () => number;
}

interface Member {
  readonly nodeId: number;
  readonly clock: SimulatedProcessClock;
  readonly handlers: WireHandlers;
  isAlive: boolean;
  /** Whom it links with; null for all. */
  peers: ReadonlySet<number> | null;
  /** Nodes that are not in its peer list and have links all the same. */
  readonly guests: Set<number>;
  /** Whom it tells that they were removed, with the index of the entry. */
  removed: ReadonlyMap<number, number>;
}

export class MemoryLinkNetwork {
  readonly #clock: VirtualClock;
  readonly #times: LinkTimes;
  readonly #members = new Map<number, Member>();
  /** Directions that lose everything, as 'from>to'. */
  readonly #cut = new Set<string>();
  /** When a direction has carried what was given to it. */
  readonly #busyUntilUs = new Map<string, number>();
  /** When the last message of a direction arrives: later ones must not overtake it. */
  readonly #dueUs = new Map<string, number>();
  /** What a direction carries in a millisecond; messages wait behind the bytes before them (the worst case). */
  bytesPerMs = Number.POSITIVE_INFINITY;
  /** Bytes on a channel that get lost on their way. */
  losesBytes: (from: number, to: number, channel: number, bytes: Uint8Array) => boolean = () => false;
  /** Called when messages arrive. */
  onArrival: (from: number, to: number, messages: readonly Message[]) => void = () => {};

  constructor(clock: VirtualClock, times: LinkTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  /** Opens the links of a node that starts. */
  join(nodeId: number, clock: SimulatedProcessClock, handlers: WireHandlers): Links {
    const member: Member = {
      nodeId,
      clock,
      handlers,
      isAlive: true,
      peers: null,
      guests: new Set(),
      removed: new Map(),
    };
    this.#members.set(nodeId, member);
    this.#tellRemoved();
    return {
      start: () => Promise.resolve(),
      stop: () => {
        if (member.isAlive) this.leave(nodeId, true);
        return Promise.resolve();
      },
      send: (to, messages) =>
        this.#send(member, to, 0, (peer) => {
          this.onArrival(nodeId, to, messages);
          peer.handlers.onMessages(nodeId, messages.map(copyOf));
        }),
      sendBytes: (to, channel, bytes) =>
        this.#send(member, to, bytes.length, (peer) => {
          if (!this.losesBytes(nodeId, to, channel, bytes)) peer.handlers.onBytes?.(nodeId, channel, bytes);
        }),
      flush: () => {},
      isUp: (id) => member.isAlive && this.#members.get(id)?.isAlive === true && this.#areLinked(member, id),
      setPeers: (peers, removed) => {
        member.peers = new Set(peers.keys());
        for (const id of [...peers.keys(), ...removed.keys()]) member.guests.delete(id);
        member.removed = new Map(removed);
        this.#tellRemoved();
      },
    };
  }

  /** The process is gone; `hasEvidence`: its host lives and ends its streams. */
  leave(nodeId: number, hasEvidence: boolean): void {
    const member = this.#members.get(nodeId);
    if (member === undefined || !member.isAlive) return;
    member.isAlive = false;
    if (!hasEvidence) return;
    const closeMs = this.#times.closeMs();
    for (const peer of this.#members.values()) {
      if (peer.nodeId === nodeId || !peer.isAlive) continue;
      const isSame = (): boolean => this.#members.get(nodeId) === member && peer.isAlive;
      this.#deliver(nodeId, peer.nodeId, closeMs, () => {
        if (isSame()) peer.clock.run(() => peer.handlers.onPeerDown?.(nodeId, 'closed'));
      });
      this.#deliver(nodeId, peer.nodeId, closeMs, () => {
        if (isSame()) peer.clock.run(() => peer.handlers.onPeerDead?.(nodeId, 'refused'));
      });
    }
  }

  cut(from: number, to: number): void {
    this.#cut.add(`${from}>${to}`);
  }

  /** Cuts a node off, both ways. */
  isolate(nodeId: number): void {
    for (const other of this.#members.keys()) {
      if (other === nodeId) continue;
      this.cut(nodeId, other);
      this.cut(other, nodeId);
    }
  }

  heal(): void {
    this.#cut.clear();
    this.#tellRemoved();
  }

  /** Who dials a node that knows of its removal is told. */
  #tellRemoved(): void {
    for (const { nodeId: by, isAlive, removed } of this.#members.values()) {
      for (const [id, index] of removed) {
        const gone = this.#members.get(id);
        if (!isAlive || gone === undefined || !gone.isAlive || this.#cut.has(`${by}>${id}`)) continue;
        this.#deliver(by, id, 0, () => {
          if (!gone.isAlive || this.#members.get(id) !== gone) return;
          const refusal = {
            reason: 'removed',
            by: 'them',
            peer: by,
            address: { host: '', port: 0 },
            detail: '',
            index,
          } as const;
          gone.clock.run(() => gone.handlers.onRefused?.(refusal));
        });
      }
    }
  }

  #send(from: Member, to: number, sizeBytes: number, arrive: (peer: Member) => void): boolean {
    const peer = this.#members.get(to);
    if (!from.isAlive || peer === undefined || !peer.isAlive || !this.#areLinked(from, to)) return false;
    if (this.#cut.has(`${from.nodeId}>${to}`)) return true;
    const key = `${from.nodeId}>${to}`;
    const nowUs = this.#clock.monotonicUs();
    const sentUs = Math.max(nowUs, this.#busyUntilUs.get(key) ?? 0) + (sizeBytes / this.bytesPerMs) * 1000;
    this.#busyUntilUs.set(key, sentUs);
    this.#deliver(from.nodeId, to, (sentUs - nowUs) / 1000, () => {
      // A process that started since does not get what was sent to its predecessor.
      if (peer.isAlive && this.#members.get(to) === peer) peer.clock.run(() => arrive(peer));
    });
    return true;
  }

  /** A link needs both ends to know each other. */
  #areLinked(member: Member, other: number): boolean {
    return knows(member, other) && knows(this.#members.get(other), member.nodeId);
  }

  #deliver(from: number, to: number, extraMs: number, arrive: () => void): void {
    const key = `${from}>${to}`;
    const nowUs = this.#clock.monotonicUs();
    const dueUs = Math.max(nowUs + (this.#times.delayMs() + extraMs) * 1000, this.#dueUs.get(key) ?? 0);
    this.#dueUs.set(key, dueUs);
    this.#clock.setTimer((dueUs - nowUs) / 1000, arrive);
  }
}

function copyOf(message: Message): Message {
  return { ...message, entries: [...message.entries] };
}

/** Who is not in the peer list of a lower id dials it, and may be welcome, as wire has it. */
function knows(one: Member | undefined, id: number): boolean {
  if (one?.peers == null || one.peers.has(id) || one.guests.has(id)) return true;
  if (id <= one.nodeId || !one.isAlive || one.handlers.welcomesStranger?.(id) !== true) return false;
  one.guests.add(id);
  return true;
}
