// TLS on a connection that was dialled. Node's TLS is loaded when first used: a core without TLS stays small.

import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { type ClientTls, TlsMaterialError } from '../tls.ts';

/** The certificates of a dial, ready to use. */
export function clientContext(tls: ClientTls): SecureContext {
  const { createSecureContext, getCACertificates } = process.getBuiltinModule('node:tls');
  const { cert, key } = tls;
  try {
    return createSecureContext({
      ca: tls.ca ?? getCACertificates('system'),
      minVersion: 'TLSv1.2',
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (cause) {
    throw new TlsMaterialError(`to ${tls.servername}`, cause);
  }
}

/** Begins the handshake on an open connection; `secureConnect` follows when the server is who it must be. */
export function beginTls(raw: Socket, tls: ClientTls, secureContext: SecureContext, session?: Buffer): TLSSocket {
  const { checkServerIdentity, connect } = process.getBuiltinModule('node:tls');
  const { isIP } = process.getBuiltinModule('node:net');
  return connect({
    socket: raw,
    secureContext,
    ...(session === undefined ? {} : { session }),
    // SNI carries host names only (RFC 6066); an address is checked all the same.
    ...(isIP(tls.servername) === 0 ? { servername: tls.servername } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(tls.servername, certificate),
  });
}
