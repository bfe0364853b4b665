// TCP on this machine.
//
// Rules decided here: the peer's FIN ends a connection for both directions at once and is told at once (we never use
// half-closed connections, and a death must not wait for our own unsent bytes); exactly one `onClose` per connection.

import { connect, createServer, type Socket } from 'node:net';
import type { Address, CloseReason, Connection, ConnectionHandlers, ListenOutcome, Network } from '../network.ts';
import { NetworkError } from '../network.ts';
import { codeOf } from './system-error.ts';

/** After `end`, how long the peer may take to close its side. */
const LINGER_MS = 1000;
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function reasonFrom(error: unknown): CloseReason {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return { kind: 'refused', code };
  if (code === 'ETIMEDOUT') return { kind: 'timeout', code };
  return { kind: RESET_CODES.has(code) ? 'reset' : 'error', code };
}

class NodeConnection implements Connection {
  readonly remote: Address;
  readonly #socket: Socket;
  #handlers: ConnectionHandlers | null = null;
  #isOver = false;
  #local = false;
  #linger: NodeJS.Timeout | null = null;

  constructor(socket: Socket, remote: Address) {
    this.#socket = socket;
    this.remote = remote;
    socket.setNoDelay(true);
  }

  attach(handlers: ConnectionHandlers): void {
    const socket = this.#socket;
    this.#handlers = handlers;
    socket.on('data', (bytes: Uint8Array) => {
      if (!this.#local) this.#handlers?.onData(bytes);
    });
    socket.on('drain', () => this.#handlers?.onDrain?.());
    socket.on('end', () => this.#finish({ kind: 'closed', code: '' }));
    socket.on('error', (error) => this.#finish(reasonFrom(error)));
    socket.on('close', () => this.#finish({ kind: 'closed', code: '' }));
  }

  opened(): void {
    this.#handlers?.onOpen?.();
  }

  timedOut(): void {
    this.#finish({ kind: 'timeout', code: 'ETIMEDOUT' });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#local || this.#isOver) return false;
    return this.#socket.write(bytes);
  }

  bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#local) return;
    this.#local = true;
    this.#socket.end();
    // A paused socket would never see the peer's FIN.
    this.#socket.resume();
    this.#linger = setTimeout(() => this.#socket.destroy(), LINGER_MS);
  }

  resetAndDestroy(): void {
    this.#local = true;
    // While dialling there is nothing to reset, and Node would report an error of its own.
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #finish(reason: CloseReason): void {
    const handlers = this.#handlers;
    if (handlers === null) return;
    this.#handlers = null;
    this.#isOver = true;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#socket.destroy();
    handlers.onClose(this.#local ? { kind: 'local', code: '' } : reason);
  }
}

/** TCP of this machine. */
export class NodeNetwork implements Network {
  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionHandlers,
    done: (outcome: ListenOutcome) => void,
  ): void {
    const server = createServer({ noDelay: true }, (socket) => {
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      const connection = new NodeConnection(socket, remote);
      connection.attach(accept(connection));
    });
    const fail = (error: unknown): void => {
      done({ ok: false, error: new NetworkError('listen', address, codeOf(error), error) });
    };
    server.once('error', fail);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off('error', fail);
      // From here on only accept(2) can fail (too many files): the port stays open and the next attempt may work.
      server.on('error', () => {});
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
      done({
        ok: true,
        listener: { address: { host: address.host, port }, close: (closed) => void server.close(() => closed?.()) },
      });
    });
  }

  connect(address: Address, timeoutMs: number, handlers: ConnectionHandlers): Connection {
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    const connection = new NodeConnection(socket, address);
    const timer = setTimeout(() => connection.timedOut(), timeoutMs);
    connection.attach({
      onOpen: () => handlers.onOpen?.(),
      onData: (bytes) => handlers.onData(bytes),
      onDrain: () => handlers.onDrain?.(),
      onClose: (reason) => {
        clearTimeout(timer);
        handlers.onClose(reason);
      },
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      connection.opened();
    });
    return connection;
  }
}
