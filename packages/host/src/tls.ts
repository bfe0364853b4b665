// TLS of byte streams: what each side shows and checks.
//
// Rules decided here: TLS 1.2 at least, 1.3 with whoever can; the name dialled is always sent (SNI) and always checked;
// a server that names a CA takes no client without a certificate of that CA. Source: FIXS (FIX over TLS) 1.1, RFC 6125.

import type { Address } from './address.ts';
import type { CloseReason } from './close-reason.ts';

/** What who dials needs. Texts are PEM. */
export interface ClientTls {
  /** Who must the server's certificate come from; left out: the roots that this system trusts. */
  readonly ca?: string;
  /** The name that the certificate must carry; a host name is also sent, so that the server can choose (SNI). */
  readonly servername: string;
  /** Own certificate (with its chain) and key, for servers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** `prepareDial` may open connections of its own, every few minutes, for a session that the real dial resumes. */
  readonly ticketsAhead?: boolean;
}

/** What a port needs. Texts are PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Given: every client must show a certificate that comes from here. */
  readonly ca?: string;
  /** How long a client may take for its handshake, milliseconds; 5000 when left out. */
  readonly handshakeTimeoutMs?: number;
  /** A handshake failed; the connection was never given to `accept`. */
  readonly onRefused?: (remote: Address, reason: CloseReason) => void;
}

/** Thrown when PEM texts cannot be used: no certificate, no key, or a key that belongs to another certificate. */
export class TlsMaterialError extends Error {
  readonly code = 'BATON_HOST_TLS';

  constructor(what: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`TLS ${what}: certificate, key or CA cannot be used (${why}); give PEM texts that belong together`, {
      cause,
    });
    this.name = 'TlsMaterialError';
  }
}
