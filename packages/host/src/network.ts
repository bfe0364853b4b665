// TCP byte streams for those who speak a protocol of bytes (the FIX gateway, the venue, probes).
//
// Rules decided here: every connection ends with exactly one `onClose` that says why, a failed dial included, so that
// evidence of a peer's death is never lost. No-delay is always on. Nothing is called after `onClose`, nor in the call
// that caused it. Callbacks, not promises, so that a simulator can run it on virtual time. With TLS (`tls.ts`) a connection
// is open, or accepted, only after the handshake; before that nothing can be written, so nothing is told to an impostor.

import type { Address } from './address.ts';
import type { CloseReason } from './close-reason.ts';
import type { ClientTls, ServerTls } from './tls.ts';

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
   * Gets ready what a later `connect` needs, so that the dial itself need not wait for it: the host's addresses, and with
   * this very `tls` its roots (100 ms and more for the system's) and, with `ticketsAhead`, a session to resume. Kept fresh.
   * @throws TlsMaterialError
   */
  prepareDial(address: Address, tls?: ClientTls): void;
}
