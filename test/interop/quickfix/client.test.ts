/**
 * QuickFIX C++ as a client of Baton, with another QuickFIX as the venue behind it: neither side of the orders was written
 * here. The client's CompIDs and sequence numbers stay the same over every killed leader; it dials the nodes in turn.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeBody, encodeMessage, Framer, parseMessage, Tag } from '@baton/fix';
import { Counterparty, compileCounterparty, missingTool, type Sighting } from './counterparty.ts';
import { Nodes } from './nodes.ts';

const skip = missingTool();
const VENUE_PORT = 19_980;
/** Beside the cluster of the venue's test, which may run at the same time. */
const PORT_OFFSET = 50;

describe('Baton and a QuickFIX client', { skip: skip === '' ? false : skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-interop-'));
  let venue: Counterparty;
  let client: Counterparty;
  let nodes: Nodes;

  before(async () => {
    const program = compileCounterparty(folder);
    venue = await Counterparty.start({
      program,
      role: 'acceptor',
      folder: join(folder, 'venue'),
      port: VENUE_PORT,
      senderCompId: 'QUICKFIX',
      targetCompId: 'BATON',
      heartBtIntS: 2,
    });
    nodes = new Nodes(folder, VENUE_PORT, { portOffset: PORT_OFFSET, clients: ['CLIENT', 'PROBE'] });
    await nodes.leader();
    const [port = 0, ...otherPorts] = nodes.fixPorts();
    client = await Counterparty.start({
      program,
      role: 'initiator',
      folder: join(folder, 'client'),
      port,
      otherPorts,
      senderCompId: 'CLIENT',
      targetCompId: 'BATON',
      heartBtIntS: 2,
    });
    await client.sees((s) => s.event === 'logon');
  });

  after(async () => {
    await client?.stop();
    await nodes?.stop();
    await venue?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the client was told of an order under one of its ClOrdIDs; QuickFIX hands each message over once. */
  const reports = (clOrdId: string): readonly Sighting[] =>
    client.of('received').filter((s) => s.msgType === '8' && field(s, 11) === clOrdId && field(s, 150) !== 'I');

  const told = (clOrdId: string, execType: string): Promise<Sighting> =>
    client.sees(
      (s) => s.event === 'received' && s.msgType === '8' && field(s, 11) === clOrdId && field(s, 150) === execType,
      0,
      `ExecType ${execType} of ${clOrdId}`,
    );

  /** Our ClOrdID of a client's order: the OrderID that its reports carry. */
  const ours = (report: Sighting): string => field(report, 37);

  it("trade: an order is accepted, filled in two parts, another replaced and canceled, under the client's own ids", async () => {
    client.tell('order t1 1 2 60000');
    const accepted = await told('t1', '0');
    venue.tell(`fill ${ours(accepted)} 0.5 59999.5`);
    venue.tell(`fill ${ours(accepted)} 1.5 60000`);
    const filled = await client.sees(
      (s) => field(s, 11) === 't1' && field(s, 150) === 'F' && field(s, 39) === '2',
      0,
      't1 filled',
    );
    assert.deepEqual(
      [14, 151, 6].map((tag) => field(filled, tag)),
      ['2', '0', '59999.875'],
    );
    client.tell('order t2 1 2 60000');
    await told('t2', '0');
    client.tell('replace t3 t2 3 60001');
    const replaced = await told('t3', '5');
    assert.deepEqual(
      [41, 38, 44].map((tag) => field(replaced, tag)),
      ['t2', '3', '60001'],
    );
    client.tell('cancel t4 t3 1');
    assert.equal(field(await told('t4', '4'), 41), 't3');
  });

  it('refuse a bad quantity and a cancel of nothing by stable codes, and answer questions', async () => {
    const from = client.sightings.length;
    client.tell('order r1 1 0 60000');
    assert.match(field(await told('r1', '8'), 58), /^BAD_QUANTITY/);
    client.tell('cancel r2 nothing 1');
    const refused = await client.sees((s) => s.event === 'received' && s.msgType === '9', from);
    assert.match(field(refused, 58), /^UNKNOWN_ORDER/);
    client.tell('status t1');
    const status = await client.sees((s) => field(s, 150) === 'I' && field(s, 11) === 't1', from, 'the status of t1');
    assert.equal(field(status, 39), '2');
    client.tell('mass m1');
    const none = await client.sees((s) => s.event === 'received' && field(s, 584) === 'm1', from, 'the mass status');
    assert.equal(field(none, 912), 'Y');
  });

  it('be turned away by a follower with a Logout that says who leads', async () => {
    const { node } = await nodes.leader();
    for (const [i, port] of nodes.fixPorts().entries()) {
      if (`n${i + 1}` === node) continue;
      const [msgType, text] = await knock(port, 'PROBE');
      assert.equal(msgType, '5');
      assert.match(text ?? '', new RegExp(`${node} leads, connect to 127\\.0\\.0\\.1:`));
    }
  });

  it('hear after a failover, once, what happened while it was away', async () => {
    client.tell('order away 1 2 60000');
    const accepted = await told('away', '0');
    const from = client.sightings.length;
    client.tell('logout');
    await client.sees((s) => s.event === 'logout', from);
    venue.tell(`fill ${ours(accepted)} 2 60000`);
    await nodes.order(ours(accepted), 'Filled');
    const killed = await nodes.killLeader();
    await nodes.leader();
    client.tell('logon');
    assert.equal((await told('away', 'F')).possDup, 'Y');
    nodes.start(killed);
  });

  it('survive killed leaders in the middle of a flow: no order doubled, no report lost, no number reset', async () => {
    for (let round = 1; round <= 3; round++) {
      client.tell(`order k${round}-resting 1 2 60000`);
      const resting = await told(`k${round}-resting`, '0');
      // Orders keep coming while the leader is found, killed, and gone.
      const ids: string[] = [];
      let killed = '';
      const killing = nodes.killLeader().then((node) => {
        killed = node;
      });
      while (killed === '' || ids.length < 20) {
        const id = `k${round}-${ids.length}`;
        ids.push(id);
        client.tell(`order ${id} 1 2 60000`);
        await pause(2);
      }
      await killing;
      venue.tell(`fill ${ours(resting)} 2 60000`);
      await told(`k${round}-resting`, 'F');
      for (const id of ids) {
        const answer = await client.sees(
          (s) =>
            s.event === 'received' &&
            s.msgType === '8' &&
            field(s, 11) === id &&
            (field(s, 150) === '0' || field(s, 150) === '8'),
          0,
          `an answer to ${id}`,
        );
        const reached = venue.of('accepted').filter((s) => s.clOrdId === ours(answer)).length;
        assert.equal(reached, field(answer, 150) === '0' ? 1 : 0, `${id} was told ${field(answer, 150)}`);
        assert.equal(reports(id).length, 1, `${id} was told once`);
      }
      nodes.start(killed);
    }
    assert.deepEqual(venue.of('duplicate'), []);
    const execIds = client
      .of('received')
      .flatMap((s) => (s.msgType === '8' && field(s, 150) !== 'I' ? [field(s, 17)] : []));
    assert.equal(new Set(execIds).size, execIds.length, 'no execution is told twice');
    const resets = client.sightings.filter((s) => s.msgType === 'A' && (s.text ?? '').includes('|141=Y'));
    assert.deepEqual(resets, []);
  });

  it('end with equal hashes on all nodes', async () => {
    await nodes.until('three nodes with the same index and hash', async () => {
      const hashes = await nodes.stateHashes();
      return hashes.length === 3 && new Set(hashes).size === 1 ? true : undefined;
    });
  });
});

/** A field of a sighting's message. */
function field(sighting: Sighting, tag: number): string {
  return new RegExp(`\\|${tag}=([^|]*)`).exec(sighting.text ?? '')?.[1] ?? '';
}

/** Sends a Logon and waits for the end of the connection: MsgType and Text of the answer. */
function knock(port: number, compId: string): Promise<[msgType: string | undefined, text: string | undefined]> {
  return new Promise((resolve, reject) => {
    const framer = new Framer();
    const socket = connect(port, '127.0.0.1');
    const body = encodeBody([
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, 30],
    ]);
    const header = { beginString: 'FIX.4.4', msgType: 'A', msgSeqNum: 1, senderCompId: compId, targetCompId: 'BATON' };
    socket.on('connect', () => socket.write(encodeMessage({ ...header, sendingTimeUs: Date.now() * 1000 }, body)));
    socket.on('data', (bytes: Buffer) => framer.push(bytes));
    socket.on('error', reject);
    socket.on('close', () => {
      const frame = framer.next();
      const answer = frame?.type === 'message' ? parseMessage(frame.bytes) : undefined;
      resolve([answer?.msgType, answer?.getString(Tag.Text)]);
    });
  });
}
