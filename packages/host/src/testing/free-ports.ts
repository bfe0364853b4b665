// Ports of this machine that nobody listens on now.
//
// Rule decided here: all are held open together before any is given back, so that they differ. Another process may take
// one before it is used; what is started on one machine rarely meets that.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Different free ports on loopback. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
