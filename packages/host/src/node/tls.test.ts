// TLS over real sockets: who is who it must be gets through, everybody else is refused for its own reason, and nobody
// else notices.

import assert from 'node:assert/strict';
import { connect as connectPlain, createServer as createPlainServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { Address } from '../address.ts';
import type { CloseReason } from '../close-reason.ts';
import type { Connection, Listener } from '../network.ts';
import { type TestCertificate, testPem } from '../testing/certificates.ts';
import { type ClientTls, type ServerTls, TlsMaterialError } from '../tls.ts';
import { NodeNetwork } from './index.ts';
import { dnsNames } from './tls-reason.ts';

const HOST = '127.0.0.1';
const CA = testPem('ca');
const network = new NodeNetwork();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function own(name: TestCertificate): { cert: string; key: string } {
  return { cert: testPem(name), key: testPem(name) };
}

/** A dial that checks for `venue.baton.test`, with the client certificate `name`. */
function clientTls(name?: TestCertificate, servername = 'venue.baton.test'): ClientTls {
  return { ca: CA, servername, ...(name === undefined ? {} : own(name)) };
}

/** A port that answers with what it hears, and what it heard of. */
class Port {
  readonly names: (readonly string[])[] = [];
  readonly accepted: Connection[] = [];
  readonly closed: CloseReason[] = [];
  readonly refusals: CloseReason[] = [];
  #refused: PromiseWithResolvers<CloseReason> = Promise.withResolvers();
  #ended: PromiseWithResolvers<CloseReason> = Promise.withResolvers();
  listener: Listener | undefined;

  static open(certificate: TestCertificate, more: Partial<ServerTls> = {}): Promise<Port> {
    const port = new Port();
    const onRefused = (remote: Address, reason: CloseReason): void => {
      assert.equal(remote.host, HOST);
      port.refusals.push(reason);
      port.#refused.resolve(reason);
      port.#refused = Promise.withResolvers();
    };
    return new Promise((resolve, reject) => {
      network.listen(
        { host: HOST, port: 0 },
        (connection) => port.#accept(connection),
        (outcome) => {
          if (!outcome.ok) return reject(outcome.error);
          port.listener = outcome.listener;
          ends.push(() => {
            outcome.listener.close();
            for (const connection of port.accepted) connection.resetAndDestroy();
          });
          resolve(port);
        },
        { ...own(certificate), onRefused, ...more },
      );
    });
  }

  get address(): Address {
    return this.listener?.address ?? assert.fail('not listening');
  }

  /** The next handshake that fails, and the next connection that ends. */
  nextRefusal(): Promise<CloseReason> {
    return this.#refused.promise;
  }

  nextEnd(): Promise<CloseReason> {
    return this.#ended.promise;
  }

  #accept(connection: Connection): { onData(bytes: Uint8Array): void; onClose(reason: CloseReason): void } {
    this.names.push(connection.peerNames);
    this.accepted.push(connection);
    return {
      onData: (bytes) => void connection.write(bytes),
      onClose: (reason) => {
        this.closed.push(reason);
        this.#ended.resolve(reason);
        this.#ended = Promise.withResolvers();
      },
    };
  }
}

interface Dialled {
  readonly connection: Connection;
  readonly heard: string;
  /** Whether bytes were taken before the connection was open. */
  readonly early: boolean;
  readonly closed: Promise<CloseReason>;
}

/** Dials and exchanges a word; or why that failed. */
function talk(address: Address, tls: ClientTls, timeoutMs = 5000): Promise<Dialled | CloseReason> {
  const closed = Promise.withResolvers<CloseReason>();
  return new Promise((resolve) => {
    const connection = network.connect(
      address,
      timeoutMs,
      {
        onOpen: () => void connection.write(Buffer.from('hello')),
        onData: (bytes) => resolve({ connection, heard: Buffer.from(bytes).toString(), early, closed: closed.promise }),
        onClose: (reason) => {
          closed.resolve(reason);
          resolve(reason);
        },
      },
      tls,
    );
    const early = connection.write(Buffer.from('secret'));
    ends.push(() => connection.resetAndDestroy());
  });
}

async function mustTalk(port: Port, tls: ClientTls): Promise<Dialled> {
  const outcome = await talk(port.address, tls);
  assert.ok('heard' in outcome, JSON.stringify(outcome));
  assert.deepEqual([outcome.heard, outcome.early], ['hello', false]);
  return outcome;
}

async function mustFail(address: Address, tls: ClientTls, timeoutMs = 5000): Promise<CloseReason> {
  const outcome = await talk(address, tls, timeoutMs);
  assert.ok('kind' in outcome, 'it was let in');
  return outcome;
}

describe('TLS for who dials', () => {
  it('bytes flow, and only after the handshake, when chain and name are good', async () => {
    const port = await Port.open('venue');
    await mustTalk(port, clientTls());
    assert.deepEqual(port.names, [[]]);
  });

  it('an address can stand in for a name', async () => {
    const port = await Port.open('loopback');
    await mustTalk(port, clientTls(undefined, HOST));
    assert.equal((await mustFail(port.address, clientTls(undefined, '127.0.0.2'))).code, 'wrong-name');
  });

  for (const [certificate, servername, code, detail] of [
    ['venue', 'other.baton.test', 'wrong-name', /venue\.baton\.test/],
    ['venue-foreign', 'venue.baton.test', 'unknown-ca', /./],
    ['venue-expired', 'venue.baton.test', 'certificate-expired', /expired/],
  ] as const) {
    it(`a server is refused as ${code}, and what is told is the reason`, async () => {
      const port = await Port.open(certificate);
      const reason = await mustFail(port.address, clientTls(undefined, servername));
      assert.deepEqual([reason.kind, reason.code], ['tls', code]);
      assert.match(reason.detail ?? '', detail);
      assert.equal(port.closed.length, port.accepted.length);
    });
  }

  it("the system's roots do not vouch for a test", async () => {
    const port = await Port.open('venue');
    const reason = await mustFail(port.address, { servername: 'venue.baton.test' });
    assert.deepEqual([reason.kind, reason.code], ['tls', 'unknown-ca']);
  });

  it('a server that speaks no TLS, or nothing at all, is told apart from one that is not there', async () => {
    const sockets: Socket[] = [];
    const server = createPlainServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      if (sockets.length === 1) socket.write('8=FIX.4.4\u00019=5\u000135=0\u0001');
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    ends.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const bound = server.address();
    assert.ok(typeof bound === 'object' && bound !== null);
    const address = { host: HOST, port: bound.port };
    assert.equal((await mustFail(address, clientTls())).code, 'not-tls');
    assert.deepEqual(await mustFail(address, clientTls(), 200), { kind: 'tls', code: 'handshake-timeout' });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    assert.equal((await mustFail(address, clientTls())).kind, 'refused');
  });

  it('certificates that cannot be used are an error of the caller, with no key in it', () => {
    const mixed = { ...clientTls(), cert: testPem('desk'), key: testPem('venue') };
    assert.throws(
      () => network.prepareDial({ host: HOST, port: 1 }, mixed),
      (error) => error instanceof TlsMaterialError && !error.message.includes('PRIVATE'),
    );
  });
});

describe('TLS for a port', () => {
  it('shows the names of the certificate that its CA vouches for', async () => {
    const port = await Port.open('venue', { ca: CA });
    await mustTalk(port, clientTls('desk'));
    await mustTalk(port, clientTls('common-name'));
    assert.deepEqual(port.names, [['desk.baton.test'], ['DESK']]);
  });

  for (const [certificate, code] of [
    [undefined, 'certificate-missing'],
    ['desk-foreign', 'unknown-ca'],
    ['desk-expired', 'certificate-expired'],
  ] as const) {
    it(`a client is refused as ${code}, and others go on undisturbed`, async () => {
      const port = await Port.open('venue', { ca: CA });
      const good = await mustTalk(port, clientTls('desk'));
      const refused = port.nextRefusal();
      await mustFail(port.address, clientTls(certificate));
      const reason = await refused;
      assert.deepEqual([reason.kind, reason.code], ['tls', code]);
      assert.equal(port.accepted.length, 1);
      assert.deepEqual(port.closed, []);
      const ended = port.nextEnd();
      good.connection.end();
      assert.deepEqual(await ended, { kind: 'closed', code: '' });
    });
  }

  it('strangers without TLS, silent ones, old ones and those who leave are refused, each for its own reason', async () => {
    const port = await Port.open('venue', { ca: CA, handshakeTimeoutMs: 300 });
    const dial = (act: (socket: Socket) => void): void => {
      const socket = connectPlain(port.address.port, HOST, () => act(socket));
      socket.on('error', () => {});
      ends.push(() => socket.destroy());
    };
    const refusalOf = async (act: (socket: Socket) => void): Promise<string> => {
      const refused = port.nextRefusal();
      dial(act);
      const { kind, code } = await refused;
      return `${kind} ${code}`;
    };
    assert.equal(await refusalOf((socket) => socket.write('8=FIX.4.4\u00019=5\u0001')), 'tls not-tls');
    assert.equal(await refusalOf(() => {}), 'tls handshake-timeout');
    assert.equal(await refusalOf((socket) => socket.end()), 'reset ECONNRESET');
    assert.equal(await refusalOf((socket) => socket.resetAndDestroy()), 'reset ECONNRESET');
    const old = port.nextRefusal();
    connectTls({ port: port.address.port, host: HOST, ca: CA, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }).on(
      'error',
      () => {},
    );
    assert.equal((await old).kind, 'tls');
    await mustTalk(port, clientTls('desk'));
    assert.equal(port.refusals.length, 5);
  });

  it('bounds the handshakes of one address, and takes more when they are done', async () => {
    const port = await Port.open('venue', { ca: CA });
    const refused = port.nextRefusal();
    const sockets = Array.from({ length: 17 }, () => connectPlain(port.address.port, HOST).on('error', () => {}));
    ends.push(() => sockets.forEach((socket) => void socket.destroy()));
    assert.deepEqual(await refused, { kind: 'tls', code: 'too-many-handshakes' });
    for (const socket of sockets) socket.destroy();
    while (port.refusals.length < 17) await port.nextRefusal();
    await mustTalk(port, clientTls('desk'));
  });

  it('a reset is a reset under TLS, from either side, and an end is an end', async () => {
    const port = await Port.open('venue');
    const first = await mustTalk(port, clientTls());
    const ended = port.nextEnd();
    first.connection.resetAndDestroy();
    assert.equal((await ended).kind, 'reset');
    assert.deepEqual(await first.closed, { kind: 'local', code: '' });
    const second = await mustTalk(port, clientTls());
    port.accepted.at(-1)?.resetAndDestroy();
    assert.equal((await second.closed).kind, 'reset');
    const third = await mustTalk(port, clientTls());
    port.accepted.at(-1)?.end();
    assert.deepEqual(await third.closed, { kind: 'closed', code: '' });
  });
});

describe('names in a certificate', () => {
  it('cannot be forged by putting separators into one of them', () => {
    assert.deepEqual(dnsNames('DNS:a.test, IP Address:127.0.0.1, DNS:b.test'), ['a.test', 'b.test']);
    assert.deepEqual(dnsNames('DNS:"a, DNS:desk.test, b", DNS:c.test'), ['c.test']);
    assert.deepEqual(dnsNames('URI:"x\\", DNS:desk.test"'), []);
    assert.equal(dnsNames('DNS:"a'), null);
    assert.equal(dnsNames('DNS:a,DNS:desk.test'), null);
  });
});
