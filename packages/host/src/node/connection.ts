// One TCP connection of this machine, with or without TLS on it.
//
// Rules decided here: the peer's FIN ends a connection for both directions at once and is told at once (we never use
// half-closed connections, and a death must not wait for our own unsent bytes); exactly one `onClose` per connection; a
// reset is one of TCP, under TLS too; nothing is written in clear, or before the server was verified, where TLS is wanted.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Address } from '../address.ts';
import { type CloseReason, TlsFailure } from '../close-reason.ts';
import type { Connection, ConnectionHandlers } from '../network.ts';
import { codeOf } from './system-error.ts';
import { isTlsCode, tlsReason } from './tls-reason.ts';

/** After `end`, how long the peer may take to close its side. */
const LINGER_MS = 1000;
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

function reasonFrom(error: Error): CloseReason {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return { kind: 'refused', code };
  if (code === 'ETIMEDOUT') return { kind: 'timeout', code };
  if (RESET_CODES.has(code)) return { kind: 'reset', code };
  return isTlsCode(code) ? tlsReason(code, error.message) : { kind: 'error', code };
}

export class NodeConnection implements Connection {
  readonly remote: Address;
  readonly peerNames: readonly string[];
  readonly #raw: Socket;
  /** What is read and written: the socket itself, or TLS on it; undefined until TLS begins. */
  #stream: Socket | undefined;
  #handlers: ConnectionHandlers | null = null;
  #mayWrite: boolean;
  #isOver = false;
  #local = false;
  #linger: NodeJS.Timeout | null = null;

  private constructor(
    raw: Socket,
    stream: Socket | undefined,
    remote: Address,
    peerNames: readonly string[],
    mayWrite: boolean,
  ) {
    this.#raw = raw;
    this.#stream = stream;
    this.remote = remote;
    this.peerNames = peerNames;
    this.#mayWrite = mayWrite;
    raw.setNoDelay(true);
  }

  /** Open from the start; `stream` is `raw`, or TLS on it with its handshake done. */
  static accepted(raw: Socket, stream: Socket, peerNames: readonly string[]): NodeConnection {
    const remote = { host: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 };
    return new NodeConnection(raw, stream, remote, peerNames, true);
  }

  /** Being dialled; with TLS, `secure` follows once it is connected. */
  static dialled(raw: Socket, remote: Address, withTls: boolean): NodeConnection {
    return new NodeConnection(raw, withTls ? undefined : raw, remote, [], !withTls);
  }

  /** This side has ended it, or it is over. */
  get isEnding(): boolean {
    return this.#local || this.#isOver;
  }

  attach(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    const raw = this.#raw;
    raw.on('error', (error) => this.#finish(reasonFrom(error)));
    raw.on('close', () => {
      if (this.#stream === undefined) this.#finish({ kind: 'closed', code: '' });
    });
    if (this.#stream !== undefined) this.#listen(this.#stream);
  }

  /** The handshake has begun on the socket. */
  secure(stream: TLSSocket): void {
    this.#stream = stream;
    this.#listen(stream);
    stream.once('secureConnect', () => {
      if (this.isEnding) return;
      this.#mayWrite = true;
      this.opened();
    });
  }

  opened(): void {
    this.#handlers?.onOpen?.();
  }

  timedOut(): void {
    if (this.#stream === undefined || this.#stream === this.#raw) this.#finish({ kind: 'timeout', code: 'ETIMEDOUT' });
    else this.#finish({ kind: 'tls', code: TlsFailure.HandshakeTimeout });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#local || this.#isOver || !this.#mayWrite || this.#stream === undefined) return false;
    return this.#stream.write(bytes);
  }

  bufferedBytes(): number {
    return this.#stream?.writableLength ?? 0;
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  end(): void {
    if (this.#local) return;
    this.#local = true;
    const stream = this.#stream ?? this.#raw;
    stream.end();
    // A paused socket would never see the peer's FIN.
    stream.resume();
    this.#linger = setTimeout(() => this.#destroy(), LINGER_MS);
  }

  resetAndDestroy(): void {
    this.#local = true;
    // While dialling there is nothing to reset, and Node would report an error of its own.
    if (this.#raw.connecting) this.#raw.destroy();
    else this.#raw.resetAndDestroy();
  }

  #listen(stream: Socket): void {
    stream.on('data', (bytes: Uint8Array) => {
      if (!this.#local) this.#handlers?.onData(bytes);
    });
    stream.on('drain', () => this.#handlers?.onDrain?.());
    stream.on('end', () => this.#finish({ kind: 'closed', code: '' }));
    if (stream !== this.#raw) stream.on('error', (error) => this.#finish(reasonFrom(error)));
    stream.on('close', () => this.#finish({ kind: 'closed', code: '' }));
  }

  #destroy(): void {
    this.#stream?.destroy();
    this.#raw.destroy();
  }

  #finish(reason: CloseReason): void {
    const handlers = this.#handlers;
    if (handlers === null) return;
    this.#handlers = null;
    this.#isOver = true;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#destroy();
    handlers.onClose(this.#local ? { kind: 'local', code: '' } : reason);
  }
}
