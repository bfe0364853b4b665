// Links with mutual TLS: who has no certificate of the cluster's CA with its own name on it gets no link, for a reason
// that is told, and nobody else is disturbed.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { NodeClock, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import type { HandshakeRefusal, WireTls } from './options.ts';
import { Wire } from './wire.ts';

const HOST = '127.0.0.1';

function pem(name: string): string {
  return readFileSync(new URL(`./testing/certificates/${name}.pem`, import.meta.url), 'latin1');
}

function tlsOf(name: string): WireTls {
  return { ca: pem('ca'), cert: pem(name), key: pem(name), nameOf: (id) => `n${id}.baton.test` };
}

interface Heard {
  up: [id: number];
  refused: [refusal: HandshakeRefusal];
}

describe('links with TLS', () => {
  const open: Wire[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((wire) => wire.stop()));
  });

  const start = async (
    nodeId: number,
    ports: readonly number[],
    certificate: string | null,
  ): Promise<EventEmitter<Heard>> => {
    const heard = new EventEmitter<Heard>();
    const peers = new Map(ports.map((port, at) => [at + 1, { host: HOST, port }]));
    const wire = new Wire({
      clusterId: 'test',
      nodeId,
      listen: { host: HOST, port: ports[nodeId - 1] ?? 0 },
      peers,
      clock: new NodeClock(),
      random: new NodeRandom(),
      limits: { redialMinMs: 20, redialMaxMs: 50 },
      ...(certificate === null ? {} : { tls: tlsOf(certificate) }),
      handlers: {
        onMessages: () => {},
        onPeerUp: (id) => heard.emit('up', id),
        onRefused: (refusal) => heard.emit('refused', refusal),
      },
    });
    open.push(wire);
    await wire.start();
    return heard;
  };

  it('nodes with certificates of one CA in their own names are linked', async () => {
    const ports = await freePorts(2);
    const one = await start(1, ports, 'n1');
    const up = once(one, 'up');
    const two = await start(2, ports, 'n2');
    await Promise.all([up, once(two, 'up')]);
  });

  for (const [certificate, why] of [
    ['n2-foreign', 'of a foreign CA'],
    ['n2-expired', 'that has expired'],
    ['n3', 'in the name of another node'],
    [null, 'missing'],
  ] as const) {
    it(`a node with a certificate ${why} gets no link, is told why, and disturbs nobody`, async () => {
      const ports = await freePorts(3);
      const one = await start(1, ports, 'n1');
      let wrongUp = 0;
      one.on('up', (id) => {
        if (id === 2) wrongUp += 1;
      });
      const two = await start(2, ports, certificate);
      two.on('up', () => {
        wrongUp += 1;
      });
      // Without TLS the other end cannot be told; this one hears of it.
      const [refusal] = await once(certificate === null ? one : two, 'refused');
      assert.equal(refusal.reason, certificate === 'n3' ? 'wrong-node' : 'certificate');
      assert.equal(refusal.by, certificate === null ? 'us' : 'them');
      assert.notEqual(refusal.detail, '');
      const up = once(one, 'up');
      await start(3, ports, 'n3');
      await up;
      assert.equal(wrongUp, 0);
    });
  }

  it('who dials checks the certificate of whom it dialled', async () => {
    const ports = await freePorts(3);
    const three = await start(3, ports, 'n3');
    const refused = once(three, 'refused');
    await start(2, ports, 'n2-foreign');
    const [refusal] = await refused;
    assert.deepEqual([refusal.reason, refusal.by, refusal.peer], ['certificate', 'us', 2]);
    assert.match(refusal.detail, /UNABLE_TO_VERIFY|SELF_SIGNED/);
  });
});
