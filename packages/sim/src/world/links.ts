/**
 * Links between the nodes' replicas, on virtual time: in place of `Wire`, which runs on WebSockets, with its real frames
 * (every message is encoded and decoded by wire's own codec). One ordered stream a direction, like TCP: what was sent
 * before the sender died still arrives, then the end of the stream does (`onPeerDown`), then the refused dial
 * (`onPeerDead`). A cut direction loses messages without a sign, as after a broken link that TCP has not noticed; a lost
 * frame is the whole of one turn's messages. A host that vanishes leaves no sign. A link to a process that is stopped for
 * longer than wire bears silence ends, and is made anew when the process runs again: nothing piles up for it meanwhile.
 */
import type { VirtualClock } from '@baton/host/testing';
import type { Message } from '@baton/raft';
import type { Links } from '@baton/replica';
import { DEFAULT_WIRE_LIMITS, type WireHandlers } from '@baton/wire';
import { decodeFrame, encodeMessages } from '@baton/wire/testing';
import type { MomentBoard } from './moments.ts';
import type { ProcessClock } from './process-clock.ts';

/** Well below wire's bound of a frame in bytes. */
const FRAME_MESSAGES_MAX = 2048;
const NO_MESSAGES: readonly Message[] = [];

export interface LinkTimes {
  /** One way, milliseconds. */
  readonly delayMs: () => number;
  /** From a process's death to the end of its streams at the peers. */
  readonly closeMs: () => number;
}

interface Member {
  readonly nodeId: number;
  readonly clock: ProcessClock;
  readonly handlers: WireHandlers;
  isAlive: boolean;
  peers: ReadonlySet<number> | undefined;
  /** Nodes that are not in its peer list and have links all the same. */
  readonly guests: Set<number>;
}

export class LinkNetwork {
  readonly #clock: VirtualClock;
  readonly #times: LinkTimes;
  readonly #moments: MomentBoard;
  readonly #members = new Map<number, Member>();
  /** Directions, as `wayOf` has them. */
  readonly #cut = new Set<number>();
  /** When the last delivery of a direction is due: later ones must not overtake it. */
  readonly #dueUs = new Map<number, number>();
  /** Directions of links that ended since their receiver was stopped for too long. */
  readonly #silent = new Set<number>();
  /** Says of a frame that it gets lost on its way. */
  loses: (from: number, to: number, messages: readonly Message[]) => boolean = () => false;
  /** More delay of a frame, milliseconds; asked once a frame. */
  extraMs: (from: number, to: number, messages: readonly Message[]) => number = () => 0;
  /** How the bytes of a frame are damaged on their way: a number up to 1; 0: not at all. */
  garbles: (from: number, to: number) => number = () => 0;
  /** Says of a frame that it arrives twice; no link of wire's does that, and raft is to bear it. */
  repeats: (from: number, to: number) => boolean = () => false;
  /** How much later than in its turn a frame arrives, so that others overtake it, milliseconds; raft is to bear that, too. */
  overtakenMs: (from: number, to: number, messages: readonly Message[]) => number = () => 0;
  /** Frames that were lost. */
  lostCount = 0;

  constructor(clock: VirtualClock, times: LinkTimes, moments: MomentBoard) {
    this.#clock = clock;
    this.#times = times;
    this.#moments = moments;
  }

  /** Opens the links of a node that starts. */
  join(nodeId: number, clock: ProcessClock, handlers: WireHandlers): Links {
    const member: Member = { nodeId, clock, handlers, isAlive: true, peers: undefined, guests: new Set() };
    this.#members.set(nodeId, member);
    return {
      start: () => Promise.resolve(),
      stop: () => {
        if (this.#members.get(nodeId) === member) this.leave(nodeId, true);
        return Promise.resolve();
      },
      send: (to, messages) => this.#sendMessages(member, to, messages),
      sendBytes: (to, channel, bytes) => {
        const copy = new Uint8Array(bytes);
        return this.#send(member, to, (peer) => peer.handlers.onBytes?.(nodeId, channel, copy));
      },
      flush: () => {},
      isUp: (id) => this.#isUp(member, id),
      setPeers: (peers, removed) => {
        member.peers = new Set(peers.keys());
        for (const id of [...peers.keys(), ...(removed?.keys() ?? [])]) member.guests.delete(id);
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
      if (peer === member || !peer.isAlive) continue;
      const tell = (run: () => void): void =>
        this.#deliver(nodeId, peer.nodeId, closeMs, () => {
          if (this.#cut.has(wayOf(nodeId, peer.nodeId))) return;
          if (this.#members.get(nodeId) === member && peer.isAlive) peer.clock.input(run);
        });
      tell(() => peer.handlers.onPeerDown?.(nodeId, 'closed'));
      tell(() => peer.handlers.onPeerDead?.(nodeId, 'refused'));
    }
  }

  cut(from: number, to: number): void {
    this.#cut.add(wayOf(from, to));
  }

  /** Cuts a node off from all others, both ways. */
  isolate(nodeId: number, others: Iterable<number>): void {
    for (const other of others) {
      if (other === nodeId) continue;
      this.cut(nodeId, other);
      this.cut(other, nodeId);
    }
  }

  heal(): void {
    this.#cut.clear();
  }

  get cuts(): number {
    return this.#cut.size;
  }

  #sendMessages(member: Member, to: number, messages: readonly Message[]): boolean {
    if (!member.isAlive || !member.clock.isAlive) return false;
    if (messages.length <= FRAME_MESSAGES_MAX) return this.#sendFrame(member, to, encodeMessages(messages), messages);
    let isSent = true;
    for (let at = 0; at < messages.length; at += FRAME_MESSAGES_MAX) {
      const part = messages.slice(at, at + FRAME_MESSAGES_MAX);
      // Encoded now: the sender goes on with the same messages.
      isSent = this.#sendFrame(member, to, encodeMessages(part), part) && isSent;
    }
    return isSent;
  }

  #sendFrame(member: Member, to: number, frame: Uint8Array, messages: readonly Message[]): boolean {
    const { nodeId } = member;
    if (member.clock.isPaused) {
      // Stopped in the middle of a turn: what it was about to send leaves when it wakes.
      member.clock.input(() => void this.#sendFrame(member, to, frame, messages));
      return true;
    }
    const isLost = this.loses(nodeId, to, messages);
    const damage = this.garbles(nodeId, to);
    const isSent = this.#send(
      member,
      to,
      (peer) => {
        const decoded = decodeFrame(damage > 0 ? garbled(frame, damage) : frame, DEFAULT_WIRE_LIMITS);
        if (damage > 0) {
          if (decoded.type === 'messages') throw new Error(`wire's codec read a damaged frame (${damage})`);
          this.#broken(member, peer);
          return;
        }
        if (decoded.type !== 'messages')
          throw new Error(`wire's codec made of its own messages: ${JSON.stringify(decoded)}`);
        peer.handlers.onMessages(nodeId, decoded.messages);
      },
      { messages, isLost },
    );
    if (isSent) this.#moments.tell('sent', nodeId, to, messages);
    return isSent;
  }

  /** What wire does on a frame that it cannot read: the link ends at both ends, and is made anew. */
  #broken(from: Member, to: Member): void {
    this.lostCount += 1;
    to.handlers.onPeerDown?.(from.nodeId, 'error', 'malformed frame');
    from.clock.input(() => from.handlers.onPeerDown?.(to.nodeId, 'closed'));
  }

  #send(
    from: Member,
    to: number,
    arrive: (peer: Member) => void,
    frame: { readonly messages: readonly Message[]; readonly isLost: boolean } | undefined = undefined,
  ): boolean {
    const peer = this.#members.get(to);
    if (!from.isAlive || peer === undefined || !peer.isAlive || !this.#areLinked(from, to)) return false;
    if (this.#endsForSilence(from, peer)) return false;
    if (frame?.isLost === true || this.#cut.has(wayOf(from.nodeId, to))) {
      this.lostCount += 1;
      return true;
    }
    const come = (): void => {
      // A process that started since does not get what was sent to its predecessor.
      if (!peer.isAlive || this.#members.get(to) !== peer) return;
      if (frame !== undefined) this.#moments.tell('arrived', from.nodeId, to, frame.messages);
      peer.clock.input(() => arrive(peer));
    };
    const overtakenMs = frame === undefined ? 0 : this.overtakenMs(from.nodeId, to, frame.messages);
    if (overtakenMs > 0) this.#clock.setTimer(this.#times.delayMs() + overtakenMs, come);
    else this.#deliver(from.nodeId, to, this.extraMs(from.nodeId, to, frame?.messages ?? NO_MESSAGES), come);
    if (frame !== undefined && this.repeats(from.nodeId, to)) this.#deliver(from.nodeId, to, 0, come);
    return true;
  }

  #isUp(member: Member, to: number): boolean {
    const peer = this.#members.get(to);
    if (!member.isAlive || peer === undefined || !peer.isAlive) return false;
    return this.#areLinked(member, to) && !isSilent(peer);
  }

  /** Whether the link is gone for the silence of a receiver that is stopped; both ends are told when it goes. */
  #endsForSilence(from: Member, to: Member): boolean {
    const way = wayOf(from.nodeId, to.nodeId);
    if (!isSilent(to)) {
      this.#silent.delete(way);
      return false;
    }
    if (!this.#silent.has(way)) {
      this.#silent.add(way);
      from.clock.defer(() => from.handlers.onPeerDown?.(to.nodeId, 'timeout'));
      to.clock.input(() => to.handlers.onPeerDown?.(from.nodeId, 'closed'));
    }
    return true;
  }

  /** A link needs both ends to know each other. */
  #areLinked(member: Member, other: number): boolean {
    return knows(member, other) && knows(this.#members.get(other), member.nodeId);
  }

  #deliver(from: number, to: number, extraMs: number, arrive: () => void): void {
    const key = wayOf(from, to);
    const nowUs = this.#clock.monotonicUs();
    const dueUs = Math.max(nowUs + Math.round((this.#times.delayMs() + extraMs) * 1000), this.#dueUs.get(key) ?? 0);
    this.#dueUs.set(key, dueUs);
    this.#clock.setTimer((dueUs - nowUs) / 1000, arrive);
  }
}

function isSilent(member: Member): boolean {
  return member.clock.pausedMs() >= DEFAULT_WIRE_LIMITS.idleTimeoutMs;
}

/** One direction between two nodes. */
function wayOf(from: number, to: number): number {
  return from * 65_536 + to;
}

/** Who is not in the peer list of a lower id dials it, and may be welcome, as wire has it. */
function knows(one: Member | undefined, id: number): boolean {
  if (one?.peers === undefined || one.peers.has(id) || one.guests.has(id)) return true;
  if (id <= one.nodeId || !one.isAlive || one.clock.isPaused || one.handlers.welcomesStranger?.(id) !== true)
    return false;
  one.guests.add(id);
  return true;
}

/** Cut off somewhere, or cut in the middle with its beginning turned over, or turned over from one end to the other. */
function garbled(frame: Uint8Array, damage: number): Uint8Array {
  if (damage < 0.4) return frame.subarray(0, Math.floor((frame.length * damage) / 0.4));
  // A copy: a Buffer's own slice would turn the frame itself over, and its repetition would turn it back.
  const part = new Uint8Array(damage < 0.7 ? frame.subarray(0, frame.length >> 1) : frame);
  const turned = damage < 0.7 ? Math.min(8, part.length) : part.length;
  for (let at = 0; at < turned; at++) part[at] = (part[at] ?? 0) ^ 0xff;
  return part;
}
