// The links of one node to all others: one port, one link a pair, handshakes checked at both ends.
//
// Rule decided here: what is refused disturbs nothing else; every refusal is told to the other side, logged here, and
// handed to the owner. All messages of one turn of the event loop leave together (or at `flush`).

import type { Socket } from 'node:net';
import type { Address } from '@baton/host';
import type { Message } from '@baton/raft';
import type { WebSocket } from 'ws';
import { type DeathNotice, instanceOfSecret, NoticeDoor } from './death-notice.ts';
import { WireError } from './errors.ts';
import { decodeFrame, encodeHello, encodeRefused, type Hello } from './frame.ts';
import { frameProblem, isOversized } from './frame-problem.ts';
import { type HandshakeOutcome, judgeHello } from './handshake.ts';
import { DEFAULT_WIRE_LIMITS, type WireLimits } from './limits.ts';
import type { HandshakeRefusal, PeerInfo, WireHandlers, WireOptions } from './options.ts';
import { HandshakeRefusalReason } from './options.ts';
import { Peer, type PeerContext } from './peer.ts';
import { PROTOCOLS, type Protocol, rangeOf, type VersionRange } from './protocol.ts';
import {
  certificateNameProblem,
  certificateProblem,
  type Door,
  dialSocket,
  isCertificateCode,
  openDoor,
} from './transport.ts';

/** One peer, for status and metrics; counters since start. */
export interface PeerStatus {
  readonly id: number;
  readonly address: Address;
  readonly state: 'up' | 'dialling' | 'waiting' | 'awaited';
  readonly peer: PeerInfo | null;
  /** Bytes in our queue and in the socket. */
  readonly queuedBytes: number;
  readonly sentFrames: number;
  readonly sentBytes: number;
  readonly receivedFrames: number;
  readonly receivedBytes: number;
  /** Messages dropped because the link was down or its queue full. */
  readonly droppedMessages: number;
  readonly links: number;
}

/** Accepted sockets without a hello at one time: each may hold one frame in memory. */
const MAX_STRANGERS = 32;
/** Links to nodes that are not in the peer list: more than a cluster has members. */
const MAX_GUESTS = 16;

export class Wire {
  readonly #options: WireOptions;
  readonly #limits: WireLimits;
  readonly #protocols: readonly Protocol[];
  readonly #versions: VersionRange;
  readonly #instance: string;
  readonly #peers = new Map<number, Peer>();
  /** Those of the peers that are not in the peer list. */
  readonly #guests = new Set<number>();
  readonly #context: PeerContext;
  #door: Door | undefined;
  #noticeDoor: NoticeDoor | undefined;
  #flushDue = false;
  /** Accepted sockets that have not said who they are, and those that have. */
  #strangers = 0;
  readonly #known = new WeakSet<Socket>();
  #removed: ReadonlyMap<number, number> = new Map();
  #stopped = false;

  constructor(options: WireOptions) {
    if (!Number.isSafeInteger(options.nodeId) || options.nodeId < 1) {
      throw new WireError('BATON_WIRE_OPTION', `nodeId is ${options.nodeId}: expected a positive integer`);
    }
    this.#options = options;
    this.#limits = { ...DEFAULT_WIRE_LIMITS, ...options.limits };
    this.#protocols = options.protocols ?? PROTOCOLS;
    this.#versions = rangeOf(this.#protocols);
    this.#instance =
      options.deathSecret === undefined ? randomInstance(options.random) : instanceOfSecret(options.deathSecret);
    this.#context = {
      clock: options.clock,
      random: options.random,
      limits: this.#limits,
      handlers: options.handlers,
      dial: (peer) => this.#dial(peer),
    };
  }

  /** Listens, then dials. Resolves with the address listened on; rejects with WireError when the port is taken. */
  async start(): Promise<Address> {
    const { listen, tls } = this.#options;
    this.#door = await openDoor(
      listen,
      tls,
      this.#limits,
      (socket, raw, remote) => this.#accept(socket, raw, remote),
      (address, detail) => this.#certificateRefused(0, address, detail),
    );
    const { log } = this.#options;
    this.#noticeDoor = new NoticeDoor(
      this.#door.address,
      (notice) => this.#deathNoticed(notice),
      (reason) => log?.warn({ reason }, 'no notices of deaths: links and heartbeats tell alone'),
    );
    this.setPeers(this.#options.peers);
    return this.#door.address;
  }

  /**
   * Closes all links and the port. To be called last of all when a node stops: a refusing port is taken by the peers
   * as proof that this process does nothing any more.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const peer of this.#peers.values()) peer.close(true);
    this.#peers.clear();
    this.#noticeDoor?.close();
    await this.#door?.close();
  }

  /**
   * Queues messages for a peer; all of one turn leave as one frame. Heartbeats, votes and their answers go at once and
   * pass what is queued. False: nothing was queued, the link is down or its queue is full; report it unreachable.
   * `isFlushed`: the caller calls `flush` before the turn ends, so that no other turn is needed for the rest.
   */
  send(to: number, messages: readonly Message[], isFlushed = false): boolean {
    const peer = this.#peers.get(to);
    if (peer?.link?.send(messages) === true) {
      if (!isFlushed) this.#flushSoon();
      return true;
    }
    if (peer !== undefined) peer.droppedMessages += messages.length;
    return false;
  }

  /**
   * Queues opaque bytes on a channel (0-255) of the owner's; they leave, in order, when no message waits. They must not
   * change until then. False as `send`.
   */
  sendBytes(to: number, channel: number, bytes: Uint8Array): boolean {
    if (this.#peers.get(to)?.link?.sendBytes(channel, bytes) !== true) return false;
    this.#flushSoon();
    return true;
  }

  /** Hands what is queued to the sockets now, instead of at the end of the turn. */
  flush(): void {
    for (const peer of this.#peers.values()) peer.link?.flush();
  }

  /**
   * Replaces the peer list: links to others are closed, new ones dialled. `removed`: nodes that are to be told that they
   * are members no more, each with the index of the entry that says so.
   */
  setPeers(peers: ReadonlyMap<number, Address>, removed: ReadonlyMap<number, number> = new Map()): void {
    this.#removed = removed;
    for (const [id, peer] of this.#peers) {
      if (this.#guests.has(id) && !peers.has(id) && !removed.has(id)) continue;
      this.#guests.delete(id);
      const address = peers.get(id);
      if (address?.host === peer.address.host && address.port === peer.address.port) continue;
      this.#peers.delete(id);
      peer.close(false);
    }
    for (const [id, address] of peers) {
      if (id === this.#options.nodeId || this.#peers.has(id)) continue;
      const peer = new Peer(id, address, this.#options.nodeId > id, this.#context);
      this.#peers.set(id, peer);
      peer.start();
    }
  }

  isUp(id: number): boolean {
    return this.#peers.get(id)?.link !== undefined;
  }

  peers(): readonly PeerStatus[] {
    return [...this.#peers.values()].map((peer) => ({
      id: peer.id,
      address: peer.address,
      state: peer.link !== undefined ? 'up' : peer.dialling ? 'dialling' : peer.dials ? 'waiting' : 'awaited',
      peer: peer.info,
      queuedBytes: peer.link?.queuedBytes ?? 0,
      ...peer.counts,
      droppedMessages: peer.droppedMessages,
      links: peer.links,
    }));
  }

  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#options.clock.defer(() => {
      this.#flushDue = false;
      this.flush();
    });
  }

  #hello(target: number): Buffer {
    const { clusterId, nodeId } = this.#options;
    const { min, max } = this.#versions;
    const instance = this.#instance;
    return encodeHello({ clusterId, nodeId, target, versionMin: min, versionMax: max, instance });
  }

  #dial(peer: Peer): void {
    const { tls } = this.#options;
    dialSocket(peer.address, tls === undefined ? undefined : { ...tls, name: tls.nameOf(peer.id) }, this.#limits, {
      onOpen: (socket, raw) => {
        socket.send(this.#hello(peer.id), { binary: true });
        this.#awaitHello(socket, raw, peer.address, peer.id);
      },
      onFail: (code, detail) => {
        if (this.#peers.get(peer.id) !== peer) return;
        if (isCertificateCode(code)) this.#certificateRefused(peer.id, peer.address, `${detail} (${code})`);
        peer.dialFailed(code);
      },
    });
  }

  #accept(socket: WebSocket, raw: Socket, remote: Address): void {
    if (this.#stopped || this.#strangers >= MAX_STRANGERS) {
      socket.terminate();
      return;
    }
    this.#strangers += 1;
    raw.once('close', () => {
      if (!this.#known.has(raw)) this.#strangers -= 1;
    });
    this.#awaitHello(socket, raw, remote, 0);
  }

  /** Waits for the first frame of a fresh socket; `dialled` is the peer we dialled, 0 when they did. */
  #awaitHello(socket: WebSocket, raw: Socket, remote: Address, dialled: number): void {
    let done = false;
    const fail = (code: string): void => {
      if (done) return;
      done = true;
      timer.cancel();
      socket.terminate();
      this.#peers.get(dialled)?.dialFailed(code);
    };
    const timer = this.#options.clock.setTimer(this.#limits.handshakeTimeoutMs, () => fail('ETIMEDOUT'));
    const onGone = (): void => fail('ECONNRESET');
    raw.once('close', onGone);
    socket.on('error', (error) => {
      if (!done && isOversized(error)) {
        const detail = frameProblem(error, this.#limits);
        const reason = HandshakeRefusalReason.Oversized;
        this.#refused({ reason, by: 'us', peer: dialled, address: remote, detail, index: 0 });
      }
      fail('ECONNRESET');
    });
    socket.once('message', (data, isBinary) => {
      if (done || this.#stopped) return;
      const frame = isBinary ? decodeFrame(data as Buffer, this.#limits) : undefined;
      if (frame?.type === 'refused') {
        this.#refused({
          reason: reasonFromText(frame.reason),
          by: 'them',
          peer: dialled,
          address: remote,
          detail: frame.detail,
          index: frame.index,
        });
        fail('EREFUSED');
        return;
      }
      const verdict = this.#judge(frame?.type === 'hello' ? frame.hello : undefined, raw, dialled);
      if (!verdict.ok || frame?.type !== 'hello') {
        if (!verdict.ok) this.#refuse(socket, remote, verdict, frame?.type === 'hello' ? frame.hello.nodeId : dialled);
        done = true;
        timer.cancel();
        this.#peers.get(dialled)?.dialFailed('EREFUSED');
        return;
      }
      done = true;
      timer.cancel();
      raw.off('close', onGone);
      this.#established(socket, raw, remote, frame.hello, verdict.version, dialled);
    });
  }

  #deathNoticed({ nodeId, secret }: DeathNotice): void {
    if (!this.#stopped) this.#peers.get(nodeId)?.noticed(instanceOfSecret(secret));
  }

  #certificateRefused(peer: number, address: Address, detail: string): void {
    this.#refused({ reason: HandshakeRefusalReason.Certificate, by: 'us', peer, address, detail, index: 0 });
  }

  #judge(hello: Hello | undefined, raw: Socket, dialled: number): HandshakeOutcome {
    const { clusterId, nodeId, tls } = this.#options;
    const untrusted = tls === undefined ? '' : certificateProblem(raw);
    if (untrusted !== '') return { ok: false, reason: HandshakeRefusalReason.Certificate, detail: untrusted, index: 0 };
    if (hello === undefined) {
      return { ok: false, reason: HandshakeRefusalReason.Malformed, detail: 'the first frame is no hello', index: 0 };
    }
    const isPeer = (id: number): boolean => this.#peers.has(id) || this.#isWelcome(id, dialled);
    const removedAt = (id: number): number => this.#removed.get(id) ?? 0;
    const verdict = judgeHello({ clusterId, nodeId, versions: this.#versions, isPeer, removedAt, dialled }, hello);
    if (!verdict.ok || tls === undefined) return verdict;
    const problem = certificateNameProblem(raw, tls.nameOf(hello.nodeId));
    if (problem === '') return verdict;
    return { ok: false, reason: HandshakeRefusalReason.WrongNode, detail: problem, index: 0 };
  }

  #established(socket: WebSocket, raw: Socket, remote: Address, hello: Hello, version: number, dialled: number): void {
    const peer = this.#peers.get(hello.nodeId) ?? this.#guest(hello.nodeId, remote);
    if (peer === undefined) {
      socket.terminate();
      return;
    }
    if (dialled === 0) {
      this.#known.add(raw);
      this.#strangers -= 1;
      socket.send(this.#hello(hello.nodeId), { binary: true });
    }
    const protocol = this.#protocols.find((known) => known.version === version)!;
    peer.established(socket, raw, { address: remote, version, instance: hello.instance }, protocol);
  }

  /** Whoever has a lower id is dialled, and for that known. */
  #isWelcome(id: number, dialled: number): boolean {
    if (dialled !== 0 || id <= this.#options.nodeId || this.#guests.size >= MAX_GUESTS) return false;
    return this.#options.handlers.welcomesStranger?.(id) === true;
  }

  /** A link to a node that is not in the peer list; undefined: that has changed since its hello was judged. */
  #guest(id: number, remote: Address): Peer | undefined {
    if (!this.#isWelcome(id, 0)) return undefined;
    const { handlers } = this.#context;
    const onPeerDown: WireHandlers['onPeerDown'] = (...told) => {
      handlers.onPeerDown?.(...told);
      if (this.#peers.get(id) !== guest) return;
      this.#guests.delete(id);
      this.#peers.delete(id);
      guest.close(false);
    };
    // What it dialled from is no address to dial, or to look for proof of its death at.
    const guest = new Peer(id, remote, false, { ...this.#context, handlers: { ...handlers, onPeerDown } });
    this.#guests.add(id);
    this.#peers.set(id, guest);
    return guest;
  }

  #refuse(socket: WebSocket, address: Address, verdict: HandshakeOutcome & { ok: false }, peer: number): void {
    const { reason, detail, index } = verdict;
    this.#refused({ reason, by: 'us', peer, address, detail, index });
    // Told before the socket goes: an operator at the other end must see why.
    socket.send(encodeRefused(reason, detail, index), { binary: true }, () => socket.close());
    this.#options.clock.setTimer(this.#limits.handshakeTimeoutMs, () => socket.terminate());
  }

  #refused(refusal: HandshakeRefusal): void {
    this.#options.log?.warn(refusal, 'handshake refused');
    this.#options.handlers.onRefused?.(refusal);
  }
}

function randomInstance(random: WireOptions['random']): string {
  return [random.uint32(), random.uint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
}

const REASONS: readonly string[] = Object.values(HandshakeRefusalReason);

function reasonFromText(text: string): HandshakeRefusalReason {
  return REASONS.includes(text) ? (text as HandshakeRefusalReason) : HandshakeRefusalReason.Malformed;
}
