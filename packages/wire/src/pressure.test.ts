// Links under pressure: bulk, full queues, silence, frames beyond the bounds.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NodeClock, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { type Message, MessageType } from '@baton/raft';
import { WebSocket } from 'ws';
import { encodeHello } from './frame.ts';
import type { WireLimits } from './limits.ts';
import type { DownEvidence } from './options.ts';
import { Wire } from './wire.ts';

const HOST = '127.0.0.1';

function message(type: MessageType, index: number, data: Uint8Array | null = null): Message {
  const entries = data === null ? [] : [{ term: 1, index, type: 0 as const, data }];
  const empty = { term: 1, logTerm: 0, commit: 0, vote: 0, snapshot: null, reject: false, rejectHint: 0 };
  return { ...empty, type, to: 2, from: 1, index, entries, context: null, responses: null, stampUs: 0 };
}

interface Heard {
  up: [id: number];
  down: [id: number, evidence: DownEvidence, detail: string];
  drain: [id: number];
  heard: [];
}

class LoudWire extends EventEmitter<Heard> {
  readonly wire: Wire;
  /** What arrived, in order: `type:index` of messages, `bytes:first byte`. */
  readonly seen: string[] = [];

  constructor(nodeId: number, ports: readonly number[], limits: Partial<WireLimits> = {}) {
    super();
    this.wire = new Wire({
      clusterId: 'test',
      nodeId,
      listen: { host: HOST, port: ports[nodeId - 1] ?? 0 },
      peers: new Map(ports.map((port, at) => [at + 1, { host: HOST, port }])),
      clock: new NodeClock(),
      random: new NodeRandom(),
      limits: { redialMinMs: 20, ...limits },
      handlers: {
        onMessages: (_from, messages) => {
          for (const { type, index } of messages) this.seen.push(`${type}:${index}`);
          this.emit('heard');
        },
        onBytes: (_from, channel, bytes) => {
          this.seen.push(`bytes:${channel}:${bytes[0]}`);
          this.emit('heard');
        },
        onPeerUp: (id) => this.emit('up', id),
        onPeerDown: (id, evidence, detail = '') => this.emit('down', id, evidence, detail),
        onDrain: (id) => this.emit('drain', id),
      },
    });
  }
}

describe('links under pressure', () => {
  const open: Wire[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((wire) => wire.stop()));
  });

  const linked = async (limits: Partial<WireLimits>): Promise<[LoudWire, LoudWire]> => {
    const ports = await freePorts(2);
    const one = new LoudWire(1, ports, limits);
    const two = new LoudWire(2, ports, limits);
    open.push(one.wire, two.wire);
    const bothUp = Promise.all([once(one, 'up'), once(two, 'up')]);
    await Promise.all([one.wire.start(), two.wire.start()]);
    await bothUp;
    return [one, two];
  };

  it('a heartbeat and an append pass a checkpoint that is on its way', async () => {
    const [one, two] = await linked({ maxSocketBytes: 64 * 1024 });
    const pieces = 60;
    for (let piece = 0; piece < pieces; piece += 1)
      assert.ok(one.wire.sendBytes(2, 7, Buffer.alloc(256 * 1024, piece)));
    while (two.seen.length < 3) await once(two, 'heard');
    one.wire.send(2, [message(MessageType.App, 5), message(MessageType.Heartbeat, 6)]);
    while (two.seen.length < pieces + 2) await once(two, 'heard');
    const heartbeat = two.seen.indexOf(`${MessageType.Heartbeat}:6`);
    const append = two.seen.indexOf(`${MessageType.App}:5`);
    assert.ok(heartbeat < append, 'the heartbeat passes the append');
    assert.ok(append < pieces - 10, `the append came after ${append} of ${pieces} pieces`);
    assert.deepEqual(
      two.seen.filter((each) => each.startsWith('bytes')),
      Array.from({ length: pieces }, (_, piece) => `bytes:7:${piece}`),
    );
  });

  it('a full queue is answered with false, and with a drain when there is room', async () => {
    const [one, two] = await linked({ maxQueueBytes: 1024 * 1024, maxSocketBytes: 64 * 1024 });
    const data = Buffer.alloc(100_000, 1);
    let sent = 0;
    while (one.wire.send(2, [message(MessageType.App, sent + 1, data)])) sent += 1;
    assert.ok(sent >= 9 && sent <= 12, `${sent} accepted`);
    assert.equal(one.wire.peers()[0]?.droppedMessages, 1);
    await once(one, 'drain');
    assert.ok(one.wire.send(2, [message(MessageType.App, sent + 1, data)]));
    while (two.seen.length < sent + 1) await once(two, 'heard');
    assert.deepEqual(
      two.seen,
      Array.from({ length: sent + 1 }, (_, at) => `${MessageType.App}:${at + 1}`),
    );
  });

  it('a message beyond the bound of a frame is refused here, and the link stays', async () => {
    const [one, two] = await linked({ maxFrameBytes: 100_000 });
    assert.equal(one.wire.send(2, [message(MessageType.App, 1, Buffer.alloc(200_000))]), false);
    assert.equal(one.wire.sendBytes(2, 1, Buffer.alloc(200_000)), false);
    assert.ok(one.wire.send(2, [message(MessageType.App, 2)]));
    await once(two, 'heard');
    assert.deepEqual(two.seen, [`${MessageType.App}:2`]);
  });

  it('a frame beyond the bound ends the link of whoever sent it', async () => {
    const ports = await freePorts(2);
    const one = new LoudWire(1, ports, { maxFrameBytes: 10_000 });
    open.push(one.wire);
    await one.wire.start();
    const socket = new WebSocket(`ws://${HOST}:${ports[0]}/`);
    await once(socket, 'open');
    const up = once(one, 'up');
    socket.send(encodeHello({ clusterId: 'test', nodeId: 2, target: 1, versionMin: 1, versionMax: 1, instance: 'x' }));
    await up;
    const down = once(one, 'down');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.send(Buffer.alloc(20_000));
    assert.deepEqual(await down, [2, 'error', 'a frame of more than 10000 bytes']);
    await closed;
  });

  it('a peer that hangs is down by timeout; one that only has nothing to say is not', async () => {
    const ports = await freePorts(3);
    const limits = { pingAfterMs: 100, idleTimeoutMs: 1000 };
    const one = new LoudWire(1, ports, limits);
    const three = new LoudWire(3, ports, limits);
    open.push(one.wire, three.wire);
    const program = fileURLToPath(new URL('./testing/wire-process.ts', import.meta.url));
    const bothUp = new Promise<void>((resolve) => {
      const ids = new Set<number>();
      one.on('up', (id) => {
        ids.add(id);
        if (ids.size === 2) resolve();
      });
    });
    const child = spawn(process.execPath, [program, ...ports.map(String)], { stdio: ['pipe', 'ignore', 'inherit'] });
    const downs: string[] = [];
    one.on('down', (id, evidence) => downs.push(`${id} ${evidence}`));
    try {
      await Promise.all([one.wire.start(), three.wire.start()]);
      await bothUp;
      const down = once(one, 'down');
      child.kill('SIGSTOP');
      await down;
      assert.deepEqual(downs, ['2 timeout']);
      assert.ok(one.wire.isUp(3));
    } finally {
      child.kill('SIGKILL');
    }
    await once(child, 'exit');
  });
});
