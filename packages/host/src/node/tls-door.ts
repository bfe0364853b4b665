// The handshakes of one listening port: bounded in number and time, so that strangers cost little before they have shown
// a certificate. A client's certificate is judged here rather than by Node, which would not say why it was refused.

import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import type { Address } from '../address.ts';
import { type CloseReason, TlsFailure } from '../close-reason.ts';
import { type ServerTls, TlsMaterialError } from '../tls.ts';
import { codeOf } from './system-error.ts';
import { certificateNames, isTlsCode, tlsReason } from './tls-reason.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** Enough for all clients to come back at once, little enough to keep the event loop free. */
const HANDSHAKES_MAX = 64;
const HANDSHAKES_PER_ADDRESS_MAX = 16;

export class TlsDoor {
  readonly #tls: ServerTls;
  readonly #accepted: (socket: TLSSocket, raw: Socket, peerNames: readonly string[]) => void;
  readonly #server: Server;
  /** Under way, by address and port of the client. */
  readonly #handshakes = new Map<string, { readonly raw: Socket; readonly host: string }>();
  /** Node does not always say whose handshake failed; the end of that very connection follows and takes this. */
  #unclaimed: CloseReason | undefined;

  /** @throws TlsMaterialError */
  constructor(tls: ServerTls, accepted: (socket: TLSSocket, raw: Socket, peerNames: readonly string[]) => void) {
    this.#tls = tls;
    this.#accepted = accepted;
    this.#server = makeServer(tls);
    this.#server.on('secureConnection', (socket) => this.#judge(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
  }

  /** Begins the handshake of a connection that was just accepted. */
  admit(raw: Socket): void {
    const remote = remoteOf(raw);
    const key = keyOf(remote);
    raw.on('error', () => {});
    if (this.#isFull(remote.host)) {
      raw.resetAndDestroy();
      this.#tls.onRefused?.(remote, { kind: 'tls', code: TlsFailure.TooManyHandshakes });
      return;
    }
    this.#handshakes.set(key, { raw, host: remote.host });
    raw.once('close', () =>
      setImmediate(() => {
        if (this.#handshakes.get(key)?.raw !== raw) return;
        const reason = this.#unclaimed ?? { kind: 'reset', code: 'ECONNRESET' };
        this.#unclaimed = undefined;
        this.#refuse(remote, reason);
      }),
    );
    this.#server.emit('connection', raw);
  }

  #isFull(host: string): boolean {
    if (this.#handshakes.size >= HANDSHAKES_MAX) return true;
    let fromHost = 0;
    for (const handshake of this.#handshakes.values()) if (handshake.host === host) fromHost += 1;
    return fromHost >= HANDSHAKES_PER_ADDRESS_MAX;
  }

  #judge(socket: TLSSocket): void {
    const remote = remoteOf(socket);
    const raw = this.#handshakes.get(keyOf(remote))?.raw;
    if (raw === undefined) {
      socket.destroy();
      return;
    }
    const problem = this.#tls.ca === undefined ? undefined : certificateProblem(socket);
    if (problem !== undefined) {
      socket.on('error', () => {});
      this.#refuse(remote, problem);
      return;
    }
    this.#handshakes.delete(keyOf(remote));
    this.#accepted(socket, raw, this.#tls.ca === undefined ? [] : certificateNames(socket.getPeerCertificate()));
  }

  #failed(error: Error, socket: TLSSocket): void {
    const code = codeOf(error);
    const reason: CloseReason = isTlsCode(code) ? tlsReason(code, error.message) : { kind: 'reset', code };
    const remote = remoteOf(socket);
    if (this.#handshakes.has(keyOf(remote))) this.#refuse(remote, reason);
    else if (reason.kind === 'tls') this.#unclaimed = reason;
  }

  #refuse(remote: Address, reason: CloseReason): void {
    const key = keyOf(remote);
    this.#handshakes.get(key)?.raw.destroy();
    this.#handshakes.delete(key);
    this.#tls.onRefused?.(remote, reason);
  }
}

function makeServer(tls: ServerTls): Server {
  const { cert, key, ca, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = tls;
  const mutual = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false };
  try {
    return process
      .getBuiltinModule('node:tls')
      .createServer({ cert, key, ...mutual, minVersion: 'TLSv1.2', handshakeTimeout: handshakeTimeoutMs });
  } catch (cause) {
    throw new TlsMaterialError('of a listening port', cause);
  }
}

/** Why nobody vouches for the client's certificate; undefined when the CA does. */
function certificateProblem(socket: TLSSocket): CloseReason | undefined {
  if (socket.getPeerX509Certificate() === undefined) return { kind: 'tls', code: TlsFailure.CertificateMissing };
  if (socket.authorized) return undefined;
  // Typed as an error, and a code since long.
  return tlsReason(String(socket.authorizationError), '');
}

function remoteOf(socket: Socket): Address {
  return { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
}

function keyOf(remote: Address): string {
  return `${remote.host} ${remote.port}`;
}
