// TCP byte streams for those who speak a protocol of bytes (the FIX gateway, the venue, probes).
//
// Rules decided here: every connection ends with exactly one `onClose` that says why, a failed dial included, so that
// evidence of a peer's death is never lost. No-delay is always on. Nothing is called after `onClose`, nor in the call
// that caused it. Callbacks, not promises, so that a simulator can run it on virtual time. With TLS (`tls.ts`) a connection
// is open, or accepted, only after the handshake; before that nothing can be written, so nothing is told to an impostor.

import type { ClientTls, ServerTls } from './tls.ts';

/** Where to listen or to dial. Port 0 when listening: any free port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why a connection ended. */
export interface CloseReason {
  /**
   * `closed`: the other side ended it in order (FIN). `reset`: it vanished or reset it (RST, broken pipe).
   * `refused`: nobody listens there (dial only). `timeout`: no answer in time. `local`: this side ended it.
   * `tls`: the handshake failed, or TLS was broken later, see `code`. `error`: anything else, see `code`.
   */
  readonly kind: 'closed' | 'reset' | 'refused' | 'timeout' | 'local' | 'tls' | 'error';
  /** The system's code (ECONNREFUSED, ECONNRESET, …), for `tls` a `TlsFailure`, or '' when there was none. */
  readonly code: string;
  /** For `tls`: more about it, for people. May hold text that the other side chose, at most 300 characters. */
  readonly detail?: string;
}

/** What its owner hears of a connection. */
export interface ConnectionHandlers {
  /** Dialled connections only: it is open. Never for accepted ones, which are open from the start. */
  onOpen?(): void;
  /** Bytes arrived; the buffer is the handler's. */
  onData(bytes: Uint8Array): void;
  /** After `write` returned false: there is room again. */
  onDrain?(): void;
  /** The connection is gone; last call. */
  onClose(reason: CloseReason): void;
}

/** One TCP connection. */
export interface Connection {
  readonly remote: Address;
  /**
   * Accepted with TLS: the names in the client's verified certificate (DNS names, or else its common names), exactly as
   * they stand there. Empty when no certificate was asked for.
   */
  readonly peerNames: readonly string[];
  /** Sends or queues `bytes` (not copied: leave them unchanged). False: the queue is long, wait for `onDrain`. */
  write(bytes: Uint8Array): boolean;
  /** Bytes accepted by `write` and not yet by the operating system. */
  bufferedBytes(): number;
  /** Stops reading (the peer feels it through TCP's window) until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then FIN; what the peer still sends is dropped. Closed within a second at the latest. */
  end(): void;
  /** Ends it at once with RST: the peer frees its side without a wait. */
  resetAndDestroy(): void;
}

/** An open port. */
export interface Listener {
  /** With the port really used. */
  readonly address: Address;
  /** Stops accepting; connections stay. `done` when the port is free. */
  close(done?: () => void): void;
}

/** An error of the network at set-up; `code` is the system's (EADDRINUSE, …). */
export class NetworkError extends Error {
  readonly code: string;
  readonly address: Address;

  constructor(call: string, address: Address, code: string, cause?: unknown) {
    super(`${call} on ${address.host}:${address.port} failed: ${code}`, { cause });
    this.name = 'NetworkError';
    this.code = code;
    this.address = address;
  }
}

/** The outcome of `listen`. */
export type ListenOutcome =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly error: NetworkError };

/** A network of byte streams. */
export interface Network {
  /**
   * Opens a port; `accept` gives the handlers of each new connection.
   * @throws TlsMaterialError
   */
  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionHandlers,
    done: (outcome: ListenOutcome) => void,
    tls?: ServerTls,
  ): void;
  /**
   * Dials; `onOpen` or `onClose` follows. Not open (with TLS: handshake included) after `timeoutMs`: `onClose` with
   * `timeout`, or `tls` `handshake-timeout`. In TLS 1.3 a server judges our certificate after our `onOpen`.
   * @throws TlsMaterialError
   */
  connect(address: Address, timeoutMs: number, handlers: ConnectionHandlers, tls?: ClientTls): Connection;
  /**
   * Loads what a later `connect` with this very object needs, so that the dial itself need not wait for it: reading the
   * system's roots takes 100 ms and more.
   * @throws TlsMaterialError
   */
  prepareTls(tls: ClientTls): void;
}
