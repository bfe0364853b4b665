import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Address } from '@baton/host';
import { NodeClock, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { type Message, MessageType } from '@baton/raft';
import { WebSocket } from 'ws';
import { encodeHello } from './frame.ts';
import type { DownEvidence, HandshakeRefusal, WireOptions } from './options.ts';
import { Wire } from './wire.ts';

const HOST = '127.0.0.1';

function message(from: number, to: number, index: number, type: MessageType = MessageType.AppResp): Message {
  return {
    type,
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
  up: [id: number];
  down: [id: number, evidence: DownEvidence];
  dead: [id: number];
  message: [message: Message];
  refused: [refusal: HandshakeRefusal];
}

/** A wire whose handlers are events. */
class TestWire extends EventEmitter<Heard> {
  readonly wire: Wire;
  readonly indexes: number[] = [];
  /** Nodes outside of the peer list that get a link. */
  readonly welcome = new Set<number>();

  constructor(nodeId: number, ports: readonly number[], more: Partial<WireOptions> = {}) {
    super();
    const peers = new Map<number, Address>(ports.map((port, i) => [i + 1, { host: HOST, port }]));
    this.wire = new Wire({
      clusterId: 'test',
      nodeId,
      listen: peers.get(nodeId) ?? { host: HOST, port: 0 },
      peers,
      clock: new NodeClock(),
      random: new NodeRandom(),
      limits: { redialMinMs: 20 },
      handlers: {
        onMessages: (_from, messages) => {
          for (const one of messages) {
            this.indexes.push(one.index);
            this.emit('message', one);
          }
        },
        onPeerUp: (id) => this.emit('up', id),
        onPeerDown: (id, evidence) => this.emit('down', id, evidence),
        onPeerDead: (id) => this.emit('dead', id),
        onRefused: (refusal) => this.emit('refused', refusal),
        welcomesStranger: (id) => this.welcome.has(id),
      },
      ...more,
    });
  }
}

describe('wire', () => {
  const open: TestWire[] = [];
  const start = async (...wires: TestWire[]): Promise<void> => {
    open.push(...wires);
    await Promise.all(wires.map((one) => one.wire.start()));
  };
  const linkedPair = async () => {
    const ports = await freePorts(2);
    const one = new TestWire(1, ports);
    const two = new TestWire(2, ports);
    const bothUp = Promise.all([once(one, 'up'), once(two, 'up')]);
    await start(one, two);
    await bothUp;
    return { ports, one, two };
  };
  after(() => Promise.all(open.map((one) => one.wire.stop())));

  it('makes one link a pair, and messages arrive once, in order', async () => {
    const { one, two } = await linkedPair();
    for (let index = 1; index <= 500; index++) assert.ok(one.wire.send(2, [message(1, 2, index)]));
    while (two.indexes.length < 500) await once(two, 'message');
    assert.deepEqual(
      two.indexes,
      Array.from({ length: 500 }, (_, i) => i + 1),
    );
    assert.equal(one.wire.peers()[0]?.links, 1);
    assert.ok((one.wire.peers()[0]?.sentFrames ?? 0) < 50, 'messages of one turn leave in few frames');
  });

  it('lets a heartbeat pass what is queued', async () => {
    const { one, two } = await linkedPair();
    one.wire.send(2, [message(1, 2, 1), message(1, 2, 2)]);
    one.wire.send(2, [message(1, 2, 99, MessageType.Heartbeat)]);
    while (two.indexes.length < 3) await once(two, 'message');
    assert.deepEqual(two.indexes, [99, 1, 2]);
  });

  it('answers false when nobody is linked', () => {
    const lonely = new TestWire(1, [1, 2]);
    assert.equal(lonely.wire.send(2, [message(1, 2, 1)]), false);
    assert.equal(lonely.wire.isUp(2), false);
  });

  it('reports the death of a killed process with proof, to both who dials and who is dialled, and links again', async () => {
    const ports = await freePorts(3);
    const low = new TestWire(1, ports);
    const high = new TestWire(3, ports);
    await start(low, high);
    const spawnTwo = () =>
      spawn(
        process.execPath,
        [fileURLToPath(new URL('./testing/wire-process.ts', import.meta.url)), ...ports.map(String)],
        {
          stdio: ['pipe', 'ignore', 'inherit'],
        },
      );
    const waitUp = (one: TestWire, id: number) =>
      new Promise<void>((resolve) => {
        if (one.wire.isUp(id)) resolve();
        else one.on('up', (up) => up === id && resolve());
      });
    const child = spawnTwo();
    await Promise.all([waitUp(low, 2), waitUp(high, 2)]);
    const evidence = Promise.all([once(low, 'down'), once(low, 'dead'), once(high, 'down'), once(high, 'dead')]);
    child.kill('SIGKILL');
    const [lowDown, lowDead, , highDead] = await evidence;
    assert.equal(lowDown[0], 2);
    assert.ok(['closed', 'reset'].includes(lowDown[1]));
    assert.deepEqual([lowDead[0], highDead[0]], [2, 2]);
    const next = spawnTwo();
    await Promise.all([waitUp(low, 2), waitUp(high, 2)]);
    next.kill('SIGKILL');
    await once(next, 'exit');
  });

  it('does not call a peer dead whose link was merely cut', async () => {
    const { ports, one, two } = await linkedPair();
    let dead = 0;
    one.on('dead', () => dead++);
    two.on('dead', () => dead++);
    const again = Promise.all([once(one, 'down'), once(two, 'down'), once(one, 'up'), once(two, 'up')]);
    // Dropping and adding the peer ends the link while both processes live.
    two.wire.setPeers(new Map());
    two.wire.setPeers(new Map(ports.map((port, i) => [i + 1, { host: HOST, port }])));
    await again;
    assert.equal(dead, 0);
  });

  const intruder = async (port: number, first: Buffer | string): Promise<void> => {
    const socket = new WebSocket(`ws://${HOST}:${port}/`);
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(first);
    await once(socket, 'close');
  };
  const hello = { clusterId: 'test', nodeId: 2, target: 1, versionMin: 1, versionMax: 1, instance: 'x' };

  it('refuses each misfit for its own reason and goes on serving the others', async () => {
    const ports = await freePorts(2);
    const one = new TestWire(1, ports, { limits: { redialMinMs: 20, maxFrameBytes: 10_000 } });
    await start(one);
    const reasons: string[] = [];
    one.on('refused', (refusal) => reasons.push(refusal.reason));
    await intruder(ports[0] ?? 0, encodeHello({ ...hello, clusterId: 'other' }));
    await intruder(ports[0] ?? 0, encodeHello({ ...hello, nodeId: 7 }));
    await intruder(ports[0] ?? 0, encodeHello({ ...hello, nodeId: 1 }));
    await intruder(ports[0] ?? 0, encodeHello({ ...hello, target: 3 }));
    await intruder(ports[0] ?? 0, encodeHello({ ...hello, versionMin: 5, versionMax: 9 }));
    await intruder(ports[0] ?? 0, Buffer.from([0x92, 1, 2]));
    await intruder(ports[0] ?? 0, 'hello');
    await intruder(ports[0] ?? 0, Buffer.alloc(20_000));
    assert.deepEqual(reasons, [
      'wrong-cluster',
      'unknown-node',
      'same-node',
      'wrong-node',
      'version',
      'malformed',
      'malformed',
      'oversized',
    ]);
    const two = new TestWire(2, ports);
    const up = once(two, 'up');
    await start(two);
    await up;
  });

  it('tells a removed node so, whichever end should dial, with the entry that removed it', async () => {
    for (const gone of [1, 2]) {
      const ports = await freePorts(2);
      const limits = { redialMinMs: 10, redialMaxMs: 20 };
      const [one, two] = [new TestWire(1, ports, { limits }), new TestWire(2, ports, { limits })];
      const [leaving, staying] = gone === 1 ? [one, two] : [two, one];
      const bothUp = Promise.all([once(one, 'up'), once(two, 'up')]);
      await start(one, two);
      await bothUp;
      const told = once(leaving, 'refused');
      staying.wire.setPeers(new Map(), new Map([[gone, 17]]));
      const [{ reason, by, index, detail }] = await told;
      assert.deepEqual([reason, by, index], ['removed', 'them', 17]);
      assert.match(detail, /removed from the cluster by entry 17/);
      // Added again, it is welcome.
      const up = once(leaving, 'up');
      staying.wire.setPeers(new Map(ports.map((port, i) => [i + 1, { host: HOST, port }])));
      await up;
    }
  });

  it('links with a node outside of its peer list only if that is welcome, until the link ends, and never looks for it', async () => {
    const ports = await freePorts(2);
    const one = new TestWire(1, ports.slice(0, 1));
    const two = new TestWire(2, ports);
    const refused = once(one, 'refused');
    await start(one, two);
    assert.equal((await refused)[0].reason, 'unknown-node');
    one.welcome.add(2);
    await Promise.all([once(one, 'up'), once(two, 'up')]);
    // Welcome no more, and the peer list still without it: what is linked stays linked.
    one.welcome.clear();
    one.wire.setPeers(new Map());
    assert.ok(one.wire.send(2, [message(1, 2, 5)]));
    await once(two, 'message');
    const dead: number[] = [];
    one.on('dead', (id) => dead.push(id));
    const down = once(one, 'down');
    await two.wire.stop();
    await down;
    assert.deepEqual(one.wire.peers(), []);
    // Its address was that of an outgoing socket: that nobody listens there proves nothing.
    assert.deepEqual(dead, []);
    one.welcome.add(2);
    const again = new TestWire(2, ports);
    const back = once(one, 'up');
    await start(again);
    await back;
    // Known by now and removed in one breath.
    const told = once(again, 'refused');
    one.wire.setPeers(new Map(), new Map([[2, 9]]));
    assert.equal((await told)[0].reason, 'removed');
  });

  it('tells the refused side why', async () => {
    const ports = await freePorts(2);
    const one = new TestWire(1, ports);
    const two = new TestWire(2, ports, { clusterId: 'elsewhere' });
    const refusals = Promise.all([once(one, 'refused'), once(two, 'refused')]);
    await start(one, two);
    const [[byOne], [byTwo]] = await refusals;
    assert.equal(byOne.by, 'us');
    assert.equal(byTwo.by, 'them');
    assert.equal(byTwo.reason, 'wrong-cluster');
    assert.match(byTwo.detail, /elsewhere/);
  });

  it('names address and remedy when its port is taken', async () => {
    const server = createServer().listen(0, HOST);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await assert.rejects(new TestWire(1, [port, 1]).wire.start(), {
      code: 'BATON_WIRE_LISTEN',
      message: new RegExp(`${HOST}:${port}.*EADDRINUSE.*free the port`),
    });
    server.close();
  });

  it('survives bytes that are no WebSocket at all', async () => {
    const ports = await freePorts(2);
    const one = new TestWire(1, ports);
    await start(one);
    const socket = connect(ports[0] ?? 0, HOST);
    await once(socket, 'connect');
    socket.end('8=FIX.4.4\u00019=5\u0001');
    socket.resume();
    await once(socket, 'close');
    const two = new TestWire(2, ports);
    const up = once(one, 'up');
    await start(two);
    await up;
  });
});
