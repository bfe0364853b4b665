// FIX clients over real sockets with mutual TLS: each refusal has its own reason, nothing is told to who is refused, and
// a client that is served does not notice.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { encodeBody, encodeMessage } from '@baton/fix';
import type { ClientTls, Network } from '@baton/host';
import { NodeClock, NodeNetwork } from '@baton/host/node';
import { type TestCertificate, testPem } from '@baton/host/testing';
import type { ClientConfiguration, Command } from '@baton/ledger';
import { Gate } from '../gate/gate.ts';
import { ClientAcceptor } from './client-acceptor.ts';

const TERM = 7;
const clock = new NodeClock();
const network = new NodeNetwork();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function client(name: string, senderCompId: string): ClientConfiguration {
  const session = { beginString: 'FIX.4.4', targetCompId: 'BATON', account: '', heartBtIntS: 60, resetOnLogon: false };
  return { client: name, senderCompId, ...session };
}

/** A leader's acceptor on a free port, and the port. */
class Scene {
  readonly proposed: Command[] = [];
  readonly closed: string[] = [];
  readonly #served = Promise.withResolvers<void>();
  #refused: PromiseWithResolvers<string> = Promise.withResolvers();
  port = 0;

  static async open(): Promise<Scene> {
    const scene = new Scene();
    // The free port that was really opened is only known to the network.
    const listening: Network = {
      connect: (...dial) => network.connect(...dial),
      prepareDial: (address, tls) => network.prepareDial(address, tls),
      listen: (address, accept, done, tls) => {
        const opened: typeof done = (outcome) => {
          if (outcome.ok) scene.port = outcome.listener.address.port;
          done(outcome);
        };
        network.listen(address, accept, opened, tls);
      },
    };
    const acceptor = new ClientAcceptor({
      address: { host: '127.0.0.1', port: 0 },
      tls: { cert: testPem('venue'), key: testPem('venue'), ca: testPem('ca') },
      certificates: new Map([
        ['desk', 'desk.baton.test'],
        ['other', 'other.baton.test'],
      ]),
      clients: [client('desk', 'DESK'), client('other', 'OTHER')],
      network: listening,
      clock,
      gate: new Gate({ leadingTerm: () => TERM, leaseRemainingUs: () => 1_000_000, openTerm: () => TERM }),
      propose: (command) => {
        scene.proposed.push(command);
        if (command.type === 'ClientInbound') scene.#served.resolve();
        return true;
      },
      session: () => undefined,
      observe: {
        refused: (_remote, reason, text) => {
          scene.#refused.resolve(`${reason} ${text}`);
          scene.#refused = Promise.withResolvers();
        },
        turnedAway() {},
        connected() {},
        closed: (name) => void scene.closed.push(name),
        garbled() {},
        withheld() {},
      },
    });
    await acceptor.start();
    ends.push(() => acceptor.stop());
    acceptor.lead(TERM);
    acceptor.announce();
    return scene;
  }

  /** Resolves when the first client is served. */
  served(): Promise<void> {
    return this.#served.promise;
  }

  nextRefusal(): Promise<string> {
    return this.#refused.promise;
  }

  /** Dials and sends a Logon of `senderCompId`; resolves with what was heard when the line has ended. */
  logon(senderCompId: string, certificate: TestCertificate | undefined): Promise<string> {
    const own = certificate === undefined ? {} : { cert: testPem(certificate), key: testPem(certificate) };
    const tls: ClientTls = { ca: testPem('ca'), servername: 'venue.baton.test', ...own };
    const message = { beginString: 'FIX.4.4', senderCompId, targetCompId: 'BATON', msgType: 'A', msgSeqNum: 1 };
    return new Promise((resolve) => {
      let heard = '';
      const connection = network.connect(
        { host: '127.0.0.1', port: this.port },
        5000,
        {
          onOpen: () => {
            connection.write(encodeMessage({ ...message, sendingTimeUs: clock.wallUs() }, encodeBody([])));
          },
          onData: (bytes) => {
            heard += Buffer.from(bytes).toString('latin1');
          },
          onClose: () => resolve(heard),
        },
        tls,
      );
      ends.push(() => connection.resetAndDestroy());
    });
  }
}

describe('FIX clients with certificates', () => {
  for (const [what, senderCompId, certificate, reason] of [
    ['no certificate', 'DESK', undefined, /^tls tls certificate-missing/],
    ['a certificate of a foreign CA', 'DESK', 'desk-foreign', /^tls tls unknown-ca/],
    ['an expired certificate', 'DESK', 'desk-expired', /^tls tls certificate-expired/],
    ['the certificate of another CompID', 'DESK', 'other', /^wrong-certificate client desk .*is of other\.baton\.test/],
    ['a CompID that nobody has', 'NOBODY', 'desk', /^unknown-comp-id/],
  ] as const) {
    it(`refuse ${what} without a word, and leave who is served alone`, async () => {
      const scene = await Scene.open();
      void scene.logon('OTHER', 'other');
      await scene.served();
      const refused = scene.nextRefusal();
      const heard = scene.logon(senderCompId, certificate);
      assert.match(await refused, reason);
      assert.equal(await heard, '');
      const told = scene.proposed.map((command) => `${command.type} ${'client' in command ? command.client : ''}`);
      assert.deepEqual([told, scene.closed], [['ClientUp other', 'ClientInbound other'], []]);
    });
  }
});
