/**
 * Baton against a venue that no one here wrote: QuickFIX C++ as acceptor. Sequence numbers persist on both sides; there
 * is no NextExpectedMsgSeqNum, so every proof comes from ResendRequest or the TestRequest barrier.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Counterparty, compileCounterparty, missingTool } from './counterparty.ts';
import { Nodes } from './nodes.ts';

const skip = missingTool();
const PORT = 19_880;

describe('Baton and a QuickFIX venue', { skip: skip === '' ? false : skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-interop-'));
  let venue: Counterparty;
  let nodes: Nodes;

  before(async () => {
    venue = await Counterparty.start({
      program: compileCounterparty(folder),
      role: 'acceptor',
      folder: join(folder, 'quickfix'),
      port: PORT,
      senderCompId: 'QUICKFIX',
      targetCompId: 'BATON',
      heartBtIntS: 2,
    });
    nodes = new Nodes(folder, PORT);
    await nodes.leader();
  });

  after(async () => {
    await nodes?.stop();
    await venue?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('trade: an order is accepted, filled in two parts and booked; another is canceled; a third is replaced', async () => {
    const filled = await nodes.buy('trade-1');
    await nodes.order(filled, 'Working');
    venue.tell(`fill ${filled} 0.5 59999.5`);
    venue.tell(`fill ${filled} 1.5 60000`);
    assert.equal((await nodes.order(filled, 'Filled')).cumQuantity, '2');
    assert.equal(await nodes.position(), '2');
    const canceled = await nodes.buy('trade-2');
    await nodes.order(canceled, 'Working');
    await nodes.command(`/orders/${canceled}/cancel`, { clientKey: 'trade-2-cancel' });
    await nodes.order(canceled, 'Canceled');
    const replaced = await nodes.buy('trade-3');
    await nodes.order(replaced, 'Working');
    await nodes.command(`/orders/${replaced}/replace`, { clientKey: 'trade-3-replace', quantity: '3', price: '60001' });
    const order = await nodes.until('the replaced order', async () => {
      const found = await nodes.order(replaced, 'Working');
      return found.quantity === '3' ? found : undefined;
    });
    assert.equal(order.price, '60001');
  });

  it('answer a TestRequest with its id', async () => {
    const from = venue.sightings.length;
    venue.tell('test are-you-there');
    await venue.sees(
      (s) => s.event === 'received' && s.msgType === '0' && (s.text ?? '').includes('112=are-you-there'),
      from,
    );
  });

  it('heal a gap in what the venue sent: the report behind it is booked once', async () => {
    const before = Number(await nodes.position());
    const order = await nodes.buy('gap-1');
    await nodes.order(order, 'Working');
    const from = venue.sightings.length;
    venue.tell('skip 3');
    venue.tell(`fill ${order} 2 60000`);
    await venue.sees((s) => s.event === 'received' && s.msgType === '2', from, 'a ResendRequest for the gap');
    await nodes.order(order, 'Filled');
    assert.equal(Number(await nodes.position()), before + 2);
  });

  it('follow a SequenceReset in Reset mode upwards', async () => {
    const order = await nodes.buy('reset-1');
    await nodes.order(order, 'Working');
    const from = venue.sightings.length;
    venue.tell('sequence');
    const { nextOut } = await venue.sees((s) => s.event === 'sequence', from);
    venue.tell(`reset ${Number(nextOut) + 500}`);
    venue.tell(`fill ${order} 2 60000`);
    await nodes.order(order, 'Filled');
  });

  it('go on in the same session after the venue cut the line, and after it logged out', async () => {
    for (const command of ['drop', 'logout']) {
      const from = venue.sightings.length;
      venue.tell(command);
      await venue.sees((s) => s.event === 'logout', from);
      if (command === 'logout') venue.tell('logon');
      await venue.sees((s) => s.event === 'logon', from);
      const order = await nodes.buy(`after-${command}`);
      await nodes.order(order, 'Working');
    }
    const resets = venue.of('received').filter((s) => s.msgType === 'A' && (s.text ?? '').includes('|141=Y'));
    assert.equal(resets.length, 0, 'no logon ever reset the sequence numbers');
  });

  it('survive the killing of the leader, five times: each intent reaches the venue at most once, and fills are booked once', async () => {
    let expected = Number(await nodes.position());
    for (let round = 1; round <= 5; round++) {
      const resting = await nodes.buy(`kill-${round}-resting`);
      await nodes.order(resting, 'Working');
      // In flight at the moment of the kill: answered by the next leader, or voided with proof, never twice.
      const flying = [1, 2, 3].map((n) => nodes.buy(`kill-${round}-flying-${n}`));
      const killed = await nodes.killLeader();
      venue.tell(`fill ${resting} 2 60000`);
      expected += 2;
      const ids = await Promise.all(flying);
      assert.equal(new Set(ids).size, 3);
      await nodes.order(resting, 'Filled');
      for (const id of ids) {
        // The ledger first: what it calls Voided the venue must never have had, not a moment later either.
        const order = await nodes.until(`an end or a place in the book for ${id}`, async () => {
          const seen = await nodes.look(id);
          return seen?.state === 'Working' || seen?.state === 'Voided' ? seen : undefined;
        });
        const accepted = venue.of('accepted').filter((s) => s.clOrdId === id).length;
        assert.equal(accepted, order.state === 'Working' ? 1 : 0, `${id} is ${order.state}`);
      }
      nodes.start(killed);
    }
    assert.equal(Number(await nodes.position()), expected);
    assert.deepEqual(venue.of('duplicate'), []);
  });

  it('end with equal hashes on all nodes', async () => {
    await nodes.until('three nodes with the same index and hash', async () => {
      const hashes = await nodes.stateHashes();
      return hashes.length === 3 && new Set(hashes).size === 1 ? true : undefined;
    });
  });
});
