// Rolling upgrade of the protocol: nodes of this build and of the next one side by side, in the same cluster.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { NodeClock, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { type Message, MessageType } from '@baton/raft';
import { decodeFrame, encodeBytes, encodeMessages } from './frame.ts';
import type { HandshakeRefusal } from './options.ts';
import { PROTOCOLS, type Protocol } from './protocol.ts';
import { Wire } from './wire.ts';

const HOST = '127.0.0.1';
const [V1] = PROTOCOLS as [Protocol];

/** A next version that today's decoder cannot read: every byte of a frame is inverted. */
const inverted = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
const V2: Protocol = {
  version: V1.version + 1,
  encodeMessages: (messages) => inverted(encodeMessages(messages)),
  encodeBytes: (channel, bytes) => inverted(encodeBytes(channel, bytes)),
  decodeFrame: (bytes, limits) => {
    // Pings and pongs are the same in all versions.
    const plain = decodeFrame(bytes, limits);
    return plain.type === 'ping' || plain.type === 'pong' ? plain : decodeFrame(inverted(bytes), limits);
  },
};
const V3: Protocol = { ...V2, version: V2.version + 1 };

function message(from: number, to: number, index: number): Message {
  return {
    type: MessageType.AppResp,
    to,
    from,
    term: 1,
    logTerm: 0,
    index,
    entries: [],
    commit: 0,
    vote: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: null,
    responses: null,
    stampUs: 0,
  };
}

interface Heard {
  up: [id: number, version: number];
  message: [from: number, index: number];
  bytes: [from: number, text: string];
  refused: [refusal: HandshakeRefusal];
}

class Node extends EventEmitter<Heard> {
  readonly wire: Wire;
  /** Version spoken with each peer. */
  readonly versions = new Map<number, number>();

  constructor(nodeId: number, ports: readonly number[], protocols: readonly Protocol[]) {
    super();
    const peers = new Map(ports.map((port, at) => [at + 1, { host: HOST, port }]));
    this.wire = new Wire({
      clusterId: 'test',
      nodeId,
      listen: { host: HOST, port: ports[nodeId - 1] ?? 0 },
      peers,
      protocols,
      clock: new NodeClock(),
      random: new NodeRandom(),
      limits: { redialMinMs: 10, redialMaxMs: 20 },
      handlers: {
        onMessages: (from, messages) => {
          for (const { index } of messages) this.emit('message', from, index);
        },
        onBytes: (from, _channel, bytes) => this.emit('bytes', from, Buffer.from(bytes).toString()),
        onPeerUp: (id, { version }) => {
          this.versions.set(id, version);
          this.emit('up', id, version);
        },
        onRefused: (refusal) => this.emit('refused', refusal),
      },
    });
  }
}

describe('two versions of the protocol side by side', () => {
  const open = new Set<Node>();
  afterEach(async () => {
    await Promise.all([...open].map(({ wire }) => wire.stop()));
    open.clear();
  });

  const start = async (node: Node): Promise<Node> => {
    open.add(node);
    await node.wire.start();
    return node;
  };

  /** Every node has heard a message and bytes of every other one. */
  async function talk(nodes: ReadonlyMap<number, Node>, index: number): Promise<void> {
    for (const [id, node] of nodes)
      for (const other of nodes.keys()) while (other !== id && !node.wire.isUp(other)) await once(node, 'up');
    const heard = [...nodes].map(([id, node]) => {
      const missing = new Set(
        [...nodes.keys()].filter((other) => other !== id).flatMap((other) => [`m${other}`, `b${other}`]),
      );
      return new Promise<void>((resolve) => {
        const got = (what: string): void => {
          missing.delete(what);
          if (missing.size === 0) resolve();
        };
        node.on('message', (from, at) => at === index && got(`m${from}`));
        node.on('bytes', (from, text) => text === `${index}` && got(`b${from}`));
      });
    });
    for (const [id, { wire }] of nodes) {
      for (const other of nodes.keys()) {
        if (other === id) continue;
        assert.ok(wire.send(other, [message(id, other, index)]));
        assert.ok(wire.sendBytes(other, 7, Buffer.from(`${index}`)));
      }
    }
    await Promise.all(heard);
  }

  it('nodes are upgraded one after the other, and all speak with all at every step', async () => {
    const ports = await freePorts(3);
    const nodes = new Map<number, Node>();
    for (const id of [1, 2, 3]) nodes.set(id, await start(new Node(id, ports, [V1])));
    await talk(nodes, 1);
    for (const [step, id] of [2, 1, 3].entries()) {
      const old = nodes.get(id)!;
      open.delete(old);
      await old.wire.stop();
      nodes.set(id, await start(new Node(id, ports, [V1, V2])));
      await talk(nodes, step + 2);
      const upgraded = [2, 1, 3].slice(0, step + 1);
      for (const [one, { versions }] of nodes)
        for (const [other, version] of versions)
          if (other !== one)
            assert.equal(version, upgraded.includes(one) && upgraded.includes(other) ? 2 : 1, `${one} with ${other}`);
    }
  });

  it('builds without a version in common refuse each other by name, and nobody else', async () => {
    const ports = await freePorts(3);
    const one = await start(new Node(1, ports, [V1]));
    const refused = once(one, 'refused');
    await start(new Node(2, ports, [V2, V3]));
    const [{ reason, detail }] = await refused;
    assert.equal(reason, 'version');
    assert.match(detail, /node 2 speaks protocol 2 to 3, node 1 1 to 1: upgrade the older one/);
    const up = once(one, 'up');
    await start(new Node(3, ports, [V1, V2]));
    assert.deepEqual(await up, [3, 1]);
  });
});
