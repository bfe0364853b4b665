// WebSockets of the ws library, set up for links between nodes.
//
// Settings and their reasons: no deflate (latency), payload bound (memory), no fragments (we never send any), no client
// tracking (we track), a zero mask (our own links need no defence against proxies; a third of the cost of a large frame).
// HTTP and TLS modules are taken without their ES-module facades, which would load a second HTTP client (17 MB).

import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Address } from '@baton/host';
import { WebSocket, WebSocketServer } from 'ws';
import { WireError } from './errors.ts';
import type { WireLimits } from './limits.ts';
import type { WireTls } from './options.ts';

/** An open port. */
export interface Door {
  readonly address: Address;
  close(): Promise<void>;
}

/** Listens for links. Rejects with WireError when the address cannot be opened. */
export function openDoor(
  address: Address,
  tls: WireTls | undefined,
  limits: WireLimits,
  accept: (socket: WebSocket, raw: Socket, remote: Address) => void,
  onStranger: (remote: Address, detail: string) => void,
): Promise<Door> {
  const server = makeServer(tls, limits);
  const webSockets = new WebSocketServer({ server, ...settings(limits), clientTracking: false });
  // Errors of the server are answered below; ws repeats them and would throw where nobody listens.
  webSockets.on('error', () => {});
  webSockets.on('connection', (socket, request) => {
    const raw = request.socket;
    raw.setNoDelay(true);
    accept(socket, raw, { host: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 });
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    onStranger(remote, `no TLS with what dialled this port: ${error.message}`);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const text = `listening for links on ${address.host}:${address.port} failed (${cause.code}): free the port or give this node another address`;
      reject(new WireError('BATON_WIRE_LISTEN', text, cause));
    });
    server.listen(address.port, address.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        address: { host: address.host, port },
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function makeServer(tls: WireTls | undefined, limits: WireLimits): Server {
  const timeouts = { headersTimeout: limits.handshakeTimeoutMs, requestTimeout: limits.handshakeTimeoutMs };
  if (tls === undefined) return process.getBuiltinModule('node:http').createServer(timeouts, refuseRequest);
  const { ca, cert, key } = tls;
  return process.getBuiltinModule('node:https').createServer(
    // A bad certificate is judged in the handshake of the wire, which can say why (`certificateProblem`).
    { ...timeouts, ca, cert, key, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' },
    refuseRequest,
  );
}

/** Whoever speaks plain HTTP to this port is lost. */
function refuseRequest(_request: unknown, response: import('node:http').ServerResponse): void {
  response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' });
  response.end('This port is for links between nodes; the API has another one.\n');
}

/** What the owner of a dial hears: exactly one of the two. */
export interface DialHandlers {
  onOpen(socket: WebSocket, raw: Socket): void;
  onFail(code: string, detail: string): void;
}

/** Dials a peer. */
export function dialSocket(
  address: Address,
  tls: (WireTls & { readonly name: string }) | undefined,
  limits: WireLimits,
  handlers: DialHandlers,
): void {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${host}:${address.port}/`, {
    ...settings(limits),
    handshakeTimeout: limits.handshakeTimeoutMs,
    followRedirects: false,
    generateMask: (mask) => mask.fill(0),
    ...(tls === undefined ? {} : clientTls(tls)),
  });
  let raw: Socket | undefined;
  let settled = false;
  socket.once('upgrade', (response) => {
    raw = response.socket;
    raw.setNoDelay(true);
  });
  socket.once('open', () => {
    settled = true;
    if (raw !== undefined) handlers.onOpen(socket, raw);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (settled) return;
    settled = true;
    handlers.onFail(error.code ?? 'EHANDSHAKE', error.message);
  });
}

function clientTls(tls: WireTls & { readonly name: string }): object {
  const { ca, cert, key, name } = tls;
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  return {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.3',
    // Addresses are where a node is, the name is who it is: the certificate must carry the name.
    checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(name, certificate),
  };
}

/** Codes with which OpenSSL and Node refuse the certificate of whom was dialled. */
const CERTIFICATE_CODES = /^(CERT_|UNABLE_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_)/;

/** Whether a dial failed on the certificate, and not on the way there. */
export function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODES.test(code);
}

/** Why nobody vouches for the certificate at the other end of a TLS socket; '' when somebody does. */
export function certificateProblem(raw: Socket): string {
  const { authorized, authorizationError } = raw as TLSSocket;
  if (authorized) return '';
  return `the certificate is missing or not accepted (${authorizationError}): give the node one of the cluster's CA`;
}

/** Why the certificate at the other end of a TLS socket is not that of `name`; '' when it is. */
export function certificateNameProblem(raw: Socket, name: string): string {
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const certificate = (raw as TLSSocket).getPeerCertificate();
  const error = checkServerIdentity(name, certificate);
  return error === undefined ? '' : `the certificate is not that of ${name}: ${error.message}`;
}

function settings(limits: WireLimits): { perMessageDeflate: false; maxPayload: number; maxFragments: number } {
  return { perMessageDeflate: false, maxPayload: limits.maxFrameBytes, maxFragments: 1 };
}
