// What is ready before a dial: addresses of names, sessions of TLS.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, test } from 'node:test';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { testPem } from '../testing/certificates.ts';
import type { ClientTls } from '../tls.ts';
import { NodeNetwork } from './index.ts';
import { KnownNames } from './known-names.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test('a name that was announced is dialled by its last known address, whatever its resolver does then', async () => {
  const asked: string[] = [];
  let answer = [{ address: '127.0.0.1', family: 4 }];
  const names = new KnownNames((host) => {
    asked.push(host);
    return answer.length === 0 ? Promise.reject(new Error('no resolver')) : Promise.resolve(answer);
  }, 1);
  assert.equal(names.lookupOf('venue.test'), undefined);
  await names.keep('venue.test');
  await names.keep('127.0.0.1');
  assert.deepEqual([...new Set(asked)], ['venue.test'], 'an address needs no look-up');
  answer = [];
  const failures = asked.length + 3;
  while (asked.length < failures) await new Promise((resolve) => setImmediate(resolve));
  const server = createServer().listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const { connect } = await import('node:net');
  const lookup = names.lookupOf('venue.test') ?? assert.fail('forgotten');
  const socket = connect({ host: 'venue.test', port: (server.address() as AddressInfo).port, lookup });
  ends.push(() => socket.destroy());
  await once(socket, 'connect');
  lookup('venue.test', { all: false }, (error, address, family) =>
    assert.deepEqual([error, address, family], [null, '127.0.0.1', 4]),
  );
});

/** A TLS server that tells of each connection whether it resumed a session. */
async function tlsServer() {
  const pem = testPem('venue');
  const accepted: boolean[] = [];
  let heard = (): void => {};
  const server = createTlsServer({ cert: pem, key: pem }, (socket: TLSSocket) => {
    accepted.push(socket.isSessionReused());
    socket.on('error', () => {});
    socket.resume();
    heard();
  }).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  const until = async (count: number): Promise<void> => {
    while (accepted.length < count) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  return { accepted, until, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

function dial(network: NodeNetwork, address: { host: string; port: number }, tls: ClientTls): Promise<void> {
  return new Promise((resolve) => {
    const connection = network.connect(
      address,
      5000,
      { onOpen: () => connection.end(), onData: () => {}, onClose: () => resolve() },
      tls,
    );
  });
}

const CLIENT: ClientTls = { ca: testPem('ca'), servername: 'venue.baton.test' };

test('a dial resumes the session that was fetched ahead', async () => {
  const { accepted, address } = await tlsServer();
  const network = new NodeNetwork();
  const tls = { ...CLIENT, ticketsAhead: true };
  network.prepareDial(address, tls);
  network.prepareDial(address, tls);
  // The fetch is over when its ticket is there: the first dial that resumes shows it.
  while (!accepted.includes(true)) await dial(network, address, tls);
  assert.equal(accepted[0], false);
});

test('nothing is dialled ahead where that is not allowed; a dial resumes what the one before it got', async () => {
  const { accepted, address, until } = await tlsServer();
  const network = new NodeNetwork();
  network.prepareDial(address, CLIENT);
  await dial(network, address, CLIENT);
  await until(1);
  assert.deepEqual(accepted, [false]);
  while (!accepted.includes(true)) await dial(network, address, CLIENT);
});

test('a session belongs to the certificates it was got with', async () => {
  const { accepted, address } = await tlsServer();
  const network = new NodeNetwork();
  while (!accepted.includes(true)) await dial(network, address, CLIENT);
  const before = accepted.length;
  await dial(network, address, { ...CLIENT });
  assert.deepEqual(accepted.slice(before), [false]);
});
