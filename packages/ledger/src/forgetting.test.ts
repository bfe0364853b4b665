/** What the ledger remembers of the past, how long, and that all nodes forget the same at the same entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CommandResult, type Horizons, Ledger } from './index.ts';
import { acceptedId, Rig } from './testing/rig.ts';
import { Story } from './testing/story.ts';

const SMALL: Horizons = { closedOrdersMax: 3, executionsMax: 5, clientKeysMax: 4 };
const STORY = { nextExpectedMsgSeqNum: true, neverReceivedPolicy: 'resend', slowVenue: true } as const;

test('nodes forget at the same entry, restored ones too, at any point: equal hashes and answers ever after', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 40, maxLength: 150 }),
      fc.nat(),
      (steps, cut) => {
        const story = new Story({ ...STORY, horizons: SMALL });
        for (const [kind, choice] of steps) story.step(kind, choice);
        const { history, log } = story.rig;
        const node = new Ledger(SMALL);
        let restored: Ledger | undefined;
        for (const [at, entry] of log.entries()) {
          assert.deepEqual(node.apply(entry), history[at]);
          if (restored !== undefined) {
            assert.deepEqual(restored.apply(entry), history[at]);
            assert.equal(restored.hash(), node.hash());
          }
          if (at === cut % log.length) restored = Ledger.restore(node.snapshot());
        }
        assert.equal(node.hash(), story.rig.ledger.hash());
        assert.deepEqual(node.snapshot(), story.rig.ledger.snapshot());
      },
    ),
    { numRuns: 60 },
  );
});

test('an ExecID that is remembered never moves a position again, one that is forgotten counts as new', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 60 }), (execIds) => {
      const rig = new Rig(new Ledger({ ...SMALL, closedOrdersMax: 100 })).open();
      const clOrdId = rig.workingOrder({ quantity: '1000' });
      // The acknowledgement was an execution, too.
      let known = ['ack'];
      let bought = 0;
      for (const execId of execIds.map((n) => `x${n}`)) {
        const { events } = rig.fill(clOrdId, 1, '100', { 17: execId });
        const isNew = !known.includes(execId);
        if (isNew) {
          bought += 1;
          known = [...known, execId].slice(-SMALL.executionsMax);
        }
        assert.equal(
          events.some((event) => event.type === 'DuplicateExecutionIgnored'),
          !isNew,
        );
        assert.equal(rig.ledger.positions()[0]?.boughtQuantity ?? '0', String(bought));
      }
      assert.deepEqual(
        rig.ledger.fills().map((fill) => fill.execId),
        known.filter((execId) => execId !== 'ack'),
      );
    }),
    { numRuns: 100 },
  );
});

test('a retry under a clientKey that is remembered gets the first answer and makes no order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 6 }), fc.boolean()), { maxLength: 60 }), (requests) => {
      const rig = new Rig(new Ledger(SMALL)).open();
      let known: { readonly clientKey: string; readonly price: string; readonly first: CommandResult }[] = [];
      let orders = 0;
      for (const [key, isOther] of requests) {
        const clientKey = `k${key}`;
        const price = isOther ? '101' : '100';
        const { result } = rig.submit({ clientKey, price });
        const before = known.find((one) => one.clientKey === clientKey);
        if (before === undefined) {
          orders += 1;
          assert.ok(result.ok && !result.duplicate);
          known = [...known, { clientKey, price, first: result }].slice(-SMALL.clientKeysMax);
        } else if (before.price === price) assert.deepEqual(result, { ...before.first, duplicate: true });
        else assert.equal(!result.ok && result.code, 'CLIENT_KEY_REUSED');
        assert.equal(rig.ledger.status().orders.total, orders);
      }
    }),
    { numRuns: 100 },
  );
});

test('a first answer that was a denial comes again word for word', () => {
  const rig = new Rig().open();
  const first = rig.submit({ clientKey: 'same', quantity: '0' }).result;
  assert.ok(!first.ok);
  assert.deepEqual(rig.submit({ clientKey: 'same', quantity: '0' }).result, { ...first, duplicate: true });
});

test('a closed order is found by every ClOrdID of its chain, until enough later ones have closed', () => {
  const rig = new Rig(new Ledger(SMALL)).open();
  const clOrdId = rig.workingOrder();
  const replaced = acceptedId(rig.replace(clOrdId, '12', '101'));
  rig.report({
    11: replaced,
    41: clOrdId,
    37: `V-${clOrdId}`,
    150: '5',
    39: '0',
    38: '12',
    44: '101',
    14: '0',
    151: '12',
  });
  rig.fill(clOrdId, 12);
  const closed = rig.view(clOrdId);
  assert.equal(closed.state, 'Filled');
  assert.deepEqual(rig.view(replaced), closed);
  for (let n = 0; n < SMALL.closedOrdersMax; n += 1) {
    assert.deepEqual(rig.ledger.order(replaced), closed);
    rig.fill(rig.workingOrder(), 10);
  }
  assert.equal(rig.ledger.order(clOrdId), undefined);
  assert.equal(rig.ledger.order(replaced), undefined);
  assert.equal(rig.ledger.orders({ open: false }).length, SMALL.closedOrdersMax);
});

test('late news of an order that has left the heap reach it: a fill, a bust, a life after a void', () => {
  const rig = new Rig().open();
  const filled = rig.workingOrder();
  rig.fill(filled, 10, '100', { 17: 'f1' });
  const canceled = rig.workingOrder();
  rig.report({ 11: canceled, 37: `V-${canceled}`, 150: '4', 39: '4', 14: '0', 151: '0' });
  rig.tick();
  rig.fill(canceled, 3);
  assert.equal(rig.view(canceled).cumQuantity, '3');
  assert.equal(rig.view(canceled).state, 'Canceled');
  assert.ok(rig.alarms().includes('LATE_EXECUTION'));
  rig.report({ 11: filled, 37: `V-${filled}`, 150: 'H', 39: '0', 19: 'f1', 14: '0', 151: '10' });
  assert.equal(rig.view(filled).state, 'Working');
  assert.equal(rig.ledger.positions()[0]?.netQuantity, '3');
  assert.equal(rig.ledger.status().orders.open, 1);
  // It closes again, and is found again.
  rig.fill(filled, 10, '100');
  assert.equal(rig.view(filled).state, 'Filled');
  assert.deepEqual(rig.ledger.violations(), []);
  rig.reload();
  assert.equal(rig.view(filled).state, 'Filled');
  assert.equal(rig.view(canceled).cumQuantity, '3');
});

test('an order that is replaced all day long keeps its first and its last ClOrdIDs, open and closed', () => {
  const rig = new Rig().open();
  const root = rig.workingOrder({ quantity: '10' });
  let last = root;
  const ids = [root];
  for (let n = 0; n < 1_100; n += 1) {
    const next = acceptedId(rig.replace(root, '10', String(100 + (n % 7) + 1)));
    rig.report({ 11: next, 41: last, 37: `V-${root}`, 150: '5', 39: '0', 38: '10', 14: '0', 151: '10' });
    ids.push(next);
    last = next;
  }
  const find = (): string[] => ids.filter((id) => rig.ledger.order(id) !== undefined);
  const kept = [root, ...ids.slice(-999)];
  assert.deepEqual(find(), kept);
  rig.fill(root, 10);
  assert.equal(rig.view(root).state, 'Filled');
  assert.deepEqual(find(), kept);
  rig.reload();
  assert.deepEqual(find(), kept);
});
