// TCP in memory, on virtual time: delays, cuts, resets, crashed and vanished hosts.
//
// Model: hosts by name, byte streams between them with one delay a direction, always in order (TCP). A *cut* direction
// holds what is sent until it is healed (TCP would retransmit). A *killed* host's peers see its streams end and its
// ports refuse; a *vanished* one answers nothing any more. Nothing is called inside the call that caused it. TLS is not
// played, only noted: who asked for it, and which names the certificates would have.

import type { Address } from '../address.ts';
import type { Clock } from '../clock.ts';
import type { CloseReason } from '../close-reason.ts';
import type { Connection, ConnectionHandlers, ListenOutcome, Network } from '../network.ts';
import { NetworkError } from '../network.ts';
import type { ClientTls, ServerTls } from '../tls.ts';

/** Bytes in flight beyond which `write` answers false. */
const WINDOW_BYTES = 64 * 1024;
/** How long an end that was told to close waits for its peer. */
const LINGER_MS = 1000;

interface Port {
  readonly accept: (connection: Connection) => ConnectionHandlers;
  readonly tls: ServerTls | undefined;
}

interface HostState {
  alive: boolean;
  vanished: boolean;
  /** Its ports take no new connection. */
  refuses: boolean;
  readonly ports: Map<number, Port>;
  readonly ends: Set<End>;
}

/** A network of named hosts. */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, HostState>();
  readonly #cuts = new Set<string>();
  readonly #waiting: { key: string; run: () => void }[] = [];
  #nextPort = 40_000;
  /** Delay of one direction, milliseconds; may be a random draw. Order within a stream is kept whatever it gives. */
  delayMs: (from: string, to: string) => number = () => 0.05;
  /** Names in the certificate of a host that dials a port with TLS. */
  certificateNames: (host: string) => readonly string[] = () => [];
  /** The last TLS options of `connect FROM HOST:PORT`, `listen FROM HOST:PORT` and `prepare FROM SERVERNAME`. */
  readonly tls = new Map<string, ClientTls | ServerTls>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The network as seen from a host; makes the host, or starts a killed one again. */
  host(name: string): Network {
    const state = this.#state(name);
    state.alive = true;
    state.vanished = false;
    return {
      listen: (address, accept, done, tls) => {
        if (tls !== undefined) this.tls.set(`listen ${name} ${address.host}:${address.port}`, tls);
        this.#listen(name, address, { accept, tls }, done);
      },
      connect: (address, timeoutMs, handlers, tls) => {
        if (tls !== undefined) this.tls.set(`connect ${name} ${address.host}:${address.port}`, tls);
        return this.#connect(name, address, timeoutMs, handlers);
      },
      prepareDial: (_address, tls) => {
        if (tls !== undefined) this.tls.set(`prepare ${name} ${tls.servername}`, tls);
      },
    };
  }

  /** What is sent from one host to the other is held back until `heal`. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`);
  }

  heal(from: string, to: string): void {
    const key = `${from}>${to}`;
    this.#cuts.delete(key);
    const ready = this.#waiting.filter((item) => item.key === key);
    for (const item of ready) {
      this.#waiting.splice(this.#waiting.indexOf(item), 1);
      this.#clock.defer(item.run);
    }
  }

  /** Both ends of every stream between two hosts see a reset. */
  reset(one: string, other: string): void {
    for (const end of [...this.#state(one).ends]) {
      if (end.peer.host !== other) continue;
      end.finish({ kind: 'reset', code: 'ECONNRESET' });
      end.peer.finish({ kind: 'reset', code: 'ECONNRESET' });
    }
  }

  /** Every stream between two hosts dies without a sign: both ends stay open, and nothing passes any more. */
  silence(one: string, other: string): void {
    for (const end of this.#state(one).ends) if (end.peer.host === other) end.isDead = end.peer.isDead = true;
  }

  /** The ports of a host refuse every new connection, until they do not; streams that are open stay so. */
  refuse(name: string, refuses: boolean): void {
    this.#state(name).refuses = refuses;
  }

  /** Whether a stream that `one` dialled has died without a sign, and `one` has not given it up. */
  isSilenced(one: string, { host, port }: Address): boolean {
    for (const { isDead, remote } of this.#state(one).ends) {
      if (isDead && remote.host === host && remote.port === port) return true;
    }
    return false;
  }

  /** The process of a host dies: its streams end at the peers, its ports refuse, its own handlers hear nothing. */
  kill(name: string): void {
    const state = this.#state(name);
    state.alive = false;
    state.ports.clear();
    for (const end of [...state.ends]) {
      end.abandon();
      this.deliver(end, () => end.peer.finish({ kind: 'closed', code: '' }));
    }
  }

  /** A host loses power or its cable: nobody hears anything. */
  vanish(name: string): void {
    const state = this.#state(name);
    state.vanished = true;
    state.alive = false;
    state.ports.clear();
    for (const end of [...state.ends]) end.abandon();
  }

  /** Runs `run` at the far end of a stream, after its delay, in order, unless cut. */
  deliver(end: End, run: () => void): void {
    if (end.isDead) return;
    const key = `${end.host}>${end.peer.host}`;
    const arrive = (): void => {
      // Behind a cut, and behind what already waits there: order is kept.
      if (this.#cuts.has(key) || this.#waiting.some((item) => item.key === key)) this.#waiting.push({ key, run });
      else run();
    };
    const nowUs = this.#clock.monotonicUs();
    end.dueUs = Math.max(end.dueUs, nowUs + Math.round(this.delayMs(end.host, end.peer.host) * 1000));
    this.#clock.setTimer((end.dueUs - nowUs) / 1000, arrive);
  }

  forget(end: End): void {
    this.#hosts.get(end.host)?.ends.delete(end);
  }

  later(run: () => void): void {
    this.#clock.defer(run);
  }

  lingered(run: () => void): void {
    this.#clock.setTimer(LINGER_MS, run);
  }

  #state(name: string): HostState {
    let state = this.#hosts.get(name);
    if (state === undefined) {
      state = { alive: true, vanished: false, refuses: false, ports: new Map(), ends: new Set() };
      this.#hosts.set(name, state);
    }
    return state;
  }

  #listen(host: string, address: Address, open: Port, done: (outcome: ListenOutcome) => void): void {
    const ports = this.#state(host).ports;
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    this.#clock.defer(() => {
      if (ports.has(port)) return done({ ok: false, error: new NetworkError('listen', address, 'EADDRINUSE') });
      ports.set(port, open);
      const close = (closed?: () => void): void => {
        ports.delete(port);
        if (closed !== undefined) this.#clock.defer(closed);
      };
      done({ ok: true, listener: { address: { host: address.host, port }, close } });
    });
  }

  #connect(from: string, address: Address, timeoutMs: number, handlers: ConnectionHandlers): Connection {
    const near = new End(this, from, address);
    const far = new End(this, address.host, { host: from, port: this.#nextPort++ });
    near.peer = far;
    far.peer = near;
    near.attach(handlers);
    this.#state(from).ends.add(near);
    const timer = this.#clock.setTimer(timeoutMs, () => {
      if (!near.open) near.finish({ kind: 'timeout', code: 'ETIMEDOUT' });
    });
    this.deliver(near, () => {
      const state = this.#state(address.host);
      const port = state.ports.get(address.port);
      if (state.vanished) return;
      if (port === undefined || !state.alive || state.refuses) {
        this.deliver(far, () => near.finish({ kind: 'refused', code: 'ECONNREFUSED' }));
        return;
      }
      state.ends.add(far);
      far.open = true;
      if (port.tls?.ca !== undefined) far.peerNames = this.certificateNames(from);
      far.attach(port.accept(far));
      this.deliver(far, () => {
        timer.cancel();
        near.established();
      });
    });
    return near;
  }
}

/** One end of a stream. */
class End implements Connection {
  readonly remote: Address;
  readonly host: string;
  open = false;
  peerNames: readonly string[] = [];
  /** When the last delivery from this end is due, so that a later one cannot overtake it. */
  dueUs = 0;
  peer: End = this;
  /** The line is gone, and neither end knows. */
  isDead = false;
  readonly #network: MemoryNetwork;
  #handlers: ConnectionHandlers | null = null;
  #isOver = false;
  #local = false;
  #inFlightBytes = 0;
  #blocked = false;
  #paused = false;
  readonly #held: Uint8Array[] = [];

  constructor(network: MemoryNetwork, host: string, remote: Address) {
    this.#network = network;
    this.host = host;
    this.remote = remote;
  }

  attach(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  established(): void {
    if (this.#handlers === null) return;
    this.open = true;
    this.#handlers.onOpen?.();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#local || this.#isOver) return false;
    const copy = new Uint8Array(bytes);
    this.#inFlightBytes += copy.length;
    this.#network.deliver(this, () => this.peer.receive(copy));
    this.#blocked = this.#inFlightBytes > WINDOW_BYTES;
    return !this.#blocked;
  }

  bufferedBytes(): number {
    return Math.max(0, this.#inFlightBytes - WINDOW_BYTES);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#network.later(() => {
      while (!this.#paused && this.#held.length > 0) this.#consume(this.#held.shift() as Uint8Array);
    });
  }

  end(): void {
    if (this.#local) return;
    this.#local = true;
    this.#network.deliver(this, () => this.peer.finish({ kind: 'closed', code: '' }));
    // As `Connection.end` promises: what the peer does not answer is over all the same.
    this.#network.lingered(() => this.finish({ kind: 'local', code: '' }));
  }

  resetAndDestroy(): void {
    if (this.#handlers === null) return;
    this.#local = true;
    this.#network.deliver(this, () => this.peer.finish({ kind: 'reset', code: 'ECONNRESET' }));
    this.#network.later(() => this.finish({ kind: 'local', code: '' }));
  }

  receive(bytes: Uint8Array): void {
    if (this.#handlers === null) return;
    if (this.#paused) this.#held.push(bytes);
    else this.#consume(bytes);
  }

  /** The other end took bytes in. */
  taken(count: number): void {
    this.#inFlightBytes -= count;
    if (!this.#blocked || this.#inFlightBytes > WINDOW_BYTES / 2) return;
    this.#blocked = false;
    this.#handlers?.onDrain?.();
  }

  finish(reason: CloseReason): void {
    const handlers = this.#handlers;
    if (handlers === null) return;
    this.abandon();
    // What TCP had delivered before the end is read first.
    if (!this.#local) for (const bytes of this.#held.splice(0)) handlers.onData(bytes);
    // The peer of an end that was told to close hears of it as of a FIN.
    if (reason.kind === 'closed' && !this.#local) this.#network.deliver(this, () => this.peer.finish(reason));
    handlers.onClose(this.#local ? { kind: 'local', code: '' } : reason);
  }

  abandon(): void {
    this.#isOver = true;
    this.#handlers = null;
    this.#network.forget(this);
  }

  #consume(bytes: Uint8Array): void {
    if (!this.#local) this.#handlers?.onData(bytes);
    this.#network.deliver(this, () => this.peer.taken(bytes.length));
  }
}
