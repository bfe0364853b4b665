// The gateway over real sockets with TLS: a venue hears us only when both sides are who they must be.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { encodeBody, Framer, parseMessage } from '@baton/fix';
import type { Address, ClientTls, CloseReason, Connection, ServerTls } from '@baton/host';
import { NodeClock, NodeNetwork } from '@baton/host/node';
import { type TestCertificate, testPem } from '@baton/host/testing';
import type { Command } from '@baton/ledger';
import { Gate } from '../gate/gate.ts';
import { Gateway } from './gateway.ts';

const TERM = 7;
const network = new NodeNetwork();
const clock = new NodeClock();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function own(name: TestCertificate): { cert: string; key: string } {
  return { cert: testPem(name), key: testPem(name) };
}

/** A venue that asks for certificates; `hear` gets each message. */
function openVenue(tls: ServerTls, hear: (text: string, from: Connection) => void): Promise<Address> {
  return new Promise((resolve, reject) => {
    network.listen(
      { host: '127.0.0.1', port: 0 },
      (connection) => {
        const framer = new Framer();
        ends.push(() => connection.resetAndDestroy());
        return {
          onData: (bytes) => {
            framer.push(bytes);
            for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
              if (frame.type === 'message') hear(parseMessage(frame.bytes).msgType, connection);
            }
          },
          onClose() {},
        };
      },
      (outcome) => {
        if (!outcome.ok) return reject(outcome.error);
        ends.push(() => outcome.listener.close());
        resolve(outcome.listener.address);
      },
      tls,
    );
  });
}

interface Hearing {
  readonly propose: (command: Command) => void;
  readonly closed: (reason: CloseReason) => void;
}

function lead(address: Address, tls: ClientTls, { propose, closed }: Hearing): Gateway {
  const gateway = new Gateway({
    venue: 'SIM',
    address,
    tls,
    header: { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' },
    network,
    clock,
    gate: new Gate({ leadingTerm: () => TERM, leaseRemainingUs: () => 1_000_000, openTerm: () => TERM }),
    propose: (command) => {
      propose(command);
      return true;
    },
    observe: {
      connected() {},
      closed: (_venue, _id, reason) => closed(reason),
      written() {},
      garbled() {},
      withheld() {},
    },
  });
  ends.push(() => gateway.retire());
  gateway.lead(TERM);
  gateway.announce();
  return gateway;
}

describe('gateway with TLS', () => {
  it('is connected when both show the right certificates, and what it writes arrives', async () => {
    const heard = Promise.withResolvers<readonly [text: string, names: readonly string[]]>();
    const address = await openVenue({ ...own('venue'), ca: testPem('ca') }, (text, from) =>
      heard.resolve([text, from.peerNames]),
    );
    const up = Promise.withResolvers<Command>();
    const tls = { ...own('desk'), ca: testPem('ca'), servername: 'venue.baton.test' };
    const gateway = lead(address, tls, { propose: up.resolve, closed: (reason) => up.reject(new Error(reason.code)) });
    assert.equal((await up.promise).type, 'TransportUp');
    gateway.send({
      type: 'SendFix',
      senderCompId: 'BATON',
      sentAtEntryTime: false,
      venue: 'SIM',
      connectionId: gateway.connectionId,
      msgSeqNum: 1,
      msgType: 'A',
      body: encodeBody([]),
      possDup: false,
      timeUs: clock.wallUs(),
      clOrdId: '',
    });
    assert.deepEqual(await heard.promise, ['A', ['desk.baton.test']]);
  });

  for (const [certificate, servername, code] of [
    ['venue', 'other.baton.test', 'wrong-name'],
    ['venue-foreign', 'venue.baton.test', 'unknown-ca'],
    ['venue-expired', 'venue.baton.test', 'certificate-expired'],
  ] as const) {
    it(`says nothing to a venue that is refused as ${code}, to the ledger that the line came to nothing, and why`, async () => {
      const address = await openVenue(own(certificate), () => assert.fail('the venue heard something'));
      const closed = Promise.withResolvers<CloseReason>();
      const kinds: string[] = [];
      const propose = ({ type }: Command): void => void kinds.push(type);
      lead(address, { ca: testPem('ca'), servername }, { propose, closed: closed.resolve });
      const reason = await closed.promise;
      assert.deepEqual(kinds, ['TransportUp', 'TransportDown']);
      assert.deepEqual([reason.kind, reason.code], ['tls', code]);
    });
  }
});
