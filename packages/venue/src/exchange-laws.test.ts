/** Laws over random histories: whatever is cut, killed and repeated, a client ends up with the venue's own story. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tag } from '@baton/fix';
import fc from 'fast-check';
import { FixClient } from './testing/fix-client.ts';
import { TradingHall } from './testing/trading-hall.ts';

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      side: fc.constantFrom('1' as const, '2' as const),
      price: fc.integer({ min: 98, max: 102 }),
      quantity: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('market' as const), actions: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'deaf' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose-writes' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'connect' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), milliseconds: fc.integer({ min: 100, max: 4_000 }) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays a history and ends it connected and quiet. */
function play(steps: readonly Step[], nextExpected: boolean) {
  const hall = new TradingHall({ counterFlow: { enabled: false, seed: 5 } });
  const client = new FixClient(nextExpected ? 'BATON' : 'OTHER', { nextExpected });
  let connectionId: number | null = hall.connect(client);
  const orderIds: string[] = [];
  const kill = () => {
    if (connectionId !== null) hall.kill(connectionId);
    connectionId = null;
  };
  steps.forEach((action, n) => {
    // The venue may have ended a connection to which the client had become deaf.
    if (connectionId !== null && hall.closedByVenue.has(connectionId)) connectionId = null;
    if (action.do === 'connect') connectionId ??= hall.connect(client);
    else if (action.do === 'kill') kill();
    else if (action.do === 'wait') hall.advance(action.milliseconds);
    else if (action.do === 'market') {
      for (let count = 0; count < action.actions; count++) hall.carry(hall.exchange.counterFlow(hall.at));
    } else if (action.do === 'deaf') {
      if (connectionId !== null) hall.stopReading(connectionId);
    } else if (!client.isLoggedOn) return;
    else if (action.do === 'lose-writes') {
      client.order(`lost${n}`, {}, hall.timeUs);
      client.takeOutgoing();
      kill();
    } else if (action.do === 'cancel') {
      const fields = [
        [Tag.ClOrdID, `c${n}`] as const,
        [Tag.OrigClOrdID, orderIds[action.nth % orderIds.length] ?? 'none'] as const,
      ];
      client.send('F', fields, hall.timeUs);
      hall.flush();
    } else {
      const { side, price, quantity } = action;
      orderIds.push(`o${n}`);
      client.order(`o${n}`, { side, price: String(price), quantity: String(quantity) }, hall.timeUs);
      hall.flush();
    }
  });
  kill();
  hall.connect(client);
  hall.advance(1_000);
  return { hall, client };
}

const history = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });

test('after any history of kills, deafness and lost writes a client has each execution exactly once, in order', () => {
  let fillCount = 0;
  let repeatCount = 0;
  fc.assert(
    fc.property(history, fc.boolean(), (steps, nextExpected) => {
      const { hall, client } = play(steps, nextExpected);
      assert.ok(client.isLoggedOn);
      const owner = nextExpected ? 'BATON' : 'OTHER';
      const trades = client.delivered.filter(({ message }) => message.getString(Tag.ExecType) === 'F');
      const fills = hall.exchange.market.fills().filter((fill) => fill.owner === owner);
      assert.deepEqual(
        trades.map(({ message }) => message.getString(Tag.ExecID)),
        fills.map(({ execId }) => execId),
      );
      const seqs = client.delivered.map(({ seq }) => seq);
      assert.ok(seqs.every((seq, n) => n === 0 || seq > (seqs[n - 1] ?? 0)));
      const accepted = client.delivered.filter(({ message }) => message.getString(Tag.ExecType) === '0');
      assert.deepEqual(
        accepted.map(({ message }) => message.getString(Tag.ClOrdID)),
        hall.exchange.records.acceptances().map(({ clOrdId }) => clOrdId),
      );
      assert.ok(accepted.every(({ message }) => !message.getString(Tag.ClOrdID)?.startsWith('lost')));
      assert.deepEqual(hall.exchange.records.violations(), []);
      hall.exchange.market.positions.assertConserved();
      fillCount += fills.length;
      repeatCount += client.delivered.filter(({ possDup }) => possDup).length;
    }),
    { numRuns: 200 },
  );
  assert.ok(fillCount > 200 && repeatCount > 200, `too little happened: ${fillCount} fills, ${repeatCount} repeats`);
});

test('the same history gives the same events, byte for byte', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const story = () => JSON.stringify(play(steps, true).hall.exchange.records.eventsAfter(0));
      assert.equal(story(), story());
    }),
    { numRuns: 30 },
  );
});

test('the takeover wire trace, seen from the venue: Logon, the missed reports with 43=Y, a gap fill over the Logon', () => {
  const hall = new TradingHall();
  const client = new FixClient('BATON');
  const first = hall.connect(client);
  client.order('A1', {}, hall.timeUs);
  hall.flush();
  hall.stopReading(first);
  client.order('A2', { side: '2', quantity: '4' }, hall.timeUs);
  hall.flush();
  client.order('A3', {}, hall.timeUs);
  client.takeOutgoing();
  hall.kill(first);
  const before = client.wire.length;
  hall.connect(client);
  const trace = client.wire.slice(before).map((message) => {
    const facts = [Tag.MsgType, Tag.MsgSeqNum, Tag.PossDupFlag, Tag.ClOrdID, Tag.ExecType, Tag.NextExpectedMsgSeqNum];
    return [...facts, Tag.GapFillFlag, Tag.NewSeqNo]
      .map((tag) => message.getString(tag) ?? '')
      .join(' ')
      .trim();
  });
  assert.deepEqual(trace, [
    // 789=4: A3 (slot 4) never arrived.
    'A 6    4',
    '8 3 Y A2 0',
    '8 4 Y A1 F',
    '8 5 Y A2 F',
    '4 6 Y    Y 7',
  ]);
  assert.equal(hall.exchange.market.orders.find('BATON', 'A3'), undefined);
});

test('while the venue is silent nothing goes out or in, and afterwards everything does', () => {
  const hall = new TradingHall();
  const client = new FixClient('BATON');
  hall.connect(client);
  hall.carry(hall.exchange.silence(null, hall.at));
  client.order('a1', {}, hall.timeUs);
  hall.flush();
  hall.advance(1_000);
  assert.deepEqual(client.told(), []);
  assert.equal(hall.exchange.records.messages().length, 0);
  hall.carry(hall.exchange.resume(hall.at));
  assert.deepEqual(client.told(), ['8 a1 0 0 0']);
});

test('a client that falls silent is tested and then let go, so that its CompID becomes free', () => {
  const hall = new TradingHall();
  const client = new FixClient('BATON');
  const first = hall.connect(client);
  hall.stopReading(first);
  hall.forget(first);
  hall.advance(20_000);
  assert.equal(hall.closedByVenue.get(first), 'end');
  const [record] = hall.exchange.records.connections();
  assert.equal(record?.endReason, 'heartbeat-timeout');
  client.disconnected(hall.timeUs);
  hall.connect(client);
  assert.ok(client.isLoggedOn);
});
