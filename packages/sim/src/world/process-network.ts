/**
 * The network as one process sees it: what arrives goes through the process's clock (a paused process reads nothing, a
 * killed one never again), and every write passes a watch that may let only a part of it out before the process dies.
 */
import type {
  Address,
  ClientTls,
  CloseReason,
  Connection,
  ConnectionHandlers,
  ListenOutcome,
  Network,
  ServerTls,
} from '@baton/host';
import type { ProcessClock } from './process-clock.ts';

export interface NetworkWatch {
  /** Before a write: how many of the bytes leave before the process dies in the call (`died`); undefined: all. */
  writing(remote: Address, bytes: Uint8Array): number | undefined;
  died(): void;
  written(remote: Address, bytes: Uint8Array): void;
  /** A connection that this process dialled is open; `closed` follows once, whoever ends it. */
  opened(remote: Address): void;
  closed(remote: Address): void;
  /** Bytes are in the socket's buffer, unread. */
  reading(remote: Address, bytes: Uint8Array): void;
}

export class ProcessNetwork implements Network {
  readonly #network: Network;
  readonly #process: ProcessClock;
  readonly #watch: NetworkWatch;

  constructor(network: Network, process: ProcessClock, watch: NetworkWatch) {
    this.#network = network;
    this.#process = process;
    this.#watch = watch;
  }

  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionHandlers,
    done: (outcome: ListenOutcome) => void,
    tls?: ServerTls,
  ): void {
    if (!this.#process.isAlive) return;
    const acceptLater = (inner: Connection): ConnectionHandlers => {
      const relay = new Relay(this.#process, this.#watch, inner.remote);
      this.#process.input(() => relay.attach(accept(this.#watched(inner))));
      return relay;
    };
    this.#network.listen(address, acceptLater, (outcome) => this.#process.input(() => done(outcome)), tls);
  }

  connect(address: Address, timeoutMs: number, handlers: ConnectionHandlers, tls?: ClientTls): Connection {
    // No throw: what goes on in a promise of a dead process has nobody above it who would catch.
    if (!this.#process.isAlive) return nowhere(address);
    const relay = new Relay(this.#process, this.#watch, address, true);
    relay.attach(handlers);
    return this.#watched(this.#network.connect(address, timeoutMs, relay, tls));
  }

  prepareDial(address: Address, tls?: ClientTls): void {
    this.#network.prepareDial(address, tls);
  }

  #watched(inner: Connection): Connection {
    return new WatchedConnection(inner, this.#process, this.#watch);
  }
}

/** The connection that a dead process asks for. */
function nowhere(remote: Address): Connection {
  const nothing = (): void => {};
  const inert = { pause: nothing, resume: nothing, end: nothing, resetAndDestroy: nothing };
  return { remote, peerNames: [], write: () => false, bufferedBytes: () => 0, ...inert };
}

/** From the wire to the handlers, by way of the process's clock. */
class Relay implements ConnectionHandlers {
  readonly #process: ProcessClock;
  readonly #watch: NetworkWatch;
  readonly #remote: Address;
  readonly #isDialled: boolean;
  #isOpen = false;
  #handlers: ConnectionHandlers | undefined;

  constructor(process: ProcessClock, watch: NetworkWatch, remote: Address, isDialled = false) {
    this.#isDialled = isDialled;
    this.#process = process;
    this.#watch = watch;
    this.#remote = remote;
  }

  attach(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
  }

  onOpen(): void {
    this.#isOpen = this.#isDialled;
    if (this.#isOpen) this.#watch.opened(this.#remote);
    this.#process.input(() => this.#handlers?.onOpen?.());
  }

  onData(bytes: Uint8Array): void {
    if (this.#process.isAlive) this.#watch.reading(this.#remote, bytes);
    this.#process.input(() => this.#handlers?.onData(bytes));
  }

  onDrain(): void {
    this.#process.input(() => this.#handlers?.onDrain?.());
  }

  onClose(reason: CloseReason): void {
    if (this.#isOpen) this.#watch.closed(this.#remote);
    this.#isOpen = false;
    this.#process.input(() => this.#handlers?.onClose(reason));
  }
}

/** A connection whose writes are watched, and which does nothing for a dead process. */
class WatchedConnection implements Connection {
  readonly #inner: Connection;
  readonly #process: ProcessClock;
  readonly #watch: NetworkWatch;

  constructor(inner: Connection, process: ProcessClock, watch: NetworkWatch) {
    this.#inner = inner;
    this.#process = process;
    this.#watch = watch;
  }

  get remote(): Address {
    return this.#inner.remote;
  }

  get peerNames(): readonly string[] {
    return this.#inner.peerNames;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#process.isAlive) return false;
    const part = this.#watch.writing(this.remote, bytes);
    if (!this.#process.isAlive) return false;
    if (this.#process.isPaused) {
      // Stopped between the gate's answer and the write: the bytes leave when it wakes.
      this.#process.input(() => void this.#inner.write(bytes));
      return true;
    }
    if (part !== undefined) {
      if (part > 0) this.#inner.write(bytes.subarray(0, part));
      this.#watch.died();
      return false;
    }
    const hasRoom = this.#inner.write(bytes);
    this.#watch.written(this.remote, bytes);
    return hasRoom;
  }

  bufferedBytes(): number {
    return this.#inner.bufferedBytes();
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  end(): void {
    if (this.#process.isAlive) this.#inner.end();
  }

  resetAndDestroy(): void {
    if (this.#process.isAlive) this.#inner.resetAndDestroy();
  }
}
