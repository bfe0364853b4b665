// TCP byte streams for those who speak a protocol of bytes (the FIX gateway, the venue, probes).
//
// Rules decided here: every connection ends with exactly one `onClose` that says why, a failed dial included, so that
// evidence of a peer's death is never lost. No-delay is always on. Nothing is called after `onClose`, nor in the call
// that caused it. Callbacks, not promises, so that a simulator can run it on virtual time.

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
   * `error`: anything else, see `code`.
   */
  readonly kind: 'closed' | 'reset' | 'refused' | 'timeout' | 'local' | 'error';
  /** The system's code (ECONNREFUSED, ECONNRESET, …) or '' when there was none. */
  readonly code: string;
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
  /** Opens a port; `accept` gives the handlers of each new connection. */
  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionHandlers,
    done: (outcome: ListenOutcome) => void,
  ): void;
  /** Dials; `onOpen` or `onClose` follows. Without an answer for `timeoutMs`: `onClose` with `timeout`. */
  connect(address: Address, timeoutMs: number, handlers: ConnectionHandlers): Connection;
}
