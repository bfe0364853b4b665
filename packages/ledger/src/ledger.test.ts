import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Command, encodeCommand, Ledger, SnapshotError } from './index.ts';
import { anyDomainCommand } from './testing/any-command.ts';
import { Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';
import { Story } from './testing/story.ts';

const text = fc.string({ maxLength: 12, unit: 'binary' });
const decimal = fc.oneof(fc.constantFrom('', '0', '-1', '1', '10', '0.001', '1e9', '99999999999999999999'), text);
const clOrdId = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((n) => `TEST-1-${n.toString(36).toUpperCase()}`),
  text,
);
const strategyId = fc.constantFrom('s1', 's2', '');
const clientKey = fc.constantFrom('a', 'b', 'c', '');
const tags = [
  1, 6, 7, 11, 14, 16, 17, 19, 20, 31, 32, 34, 36, 37, 38, 39, 41, 43, 44, 45, 54, 55, 58, 89, 95, 102, 103,
];
const field = fc.tuple(
  fc.constantFrom(...tags, 112, 123, 141, 150, 151, 372, 379, 434, 789, 790),
  fc.oneof(
    clOrdId,
    fc.constantFrom('0', '1', '2', '4', '5', '8', 'F', 'G', 'H', 'I', 'Y', 'N', 'BTC-USD', 'e1', '100', '-5'),
  ),
);

const connectionId = fc.constantFrom(0, 1, 65_537, 65_537, 65_538, 131_073);
const venue = fc.constantFrom('SIM', 'SIM', 'SIM', 'OTHER');
const order = { clientKey, strategyId };

/** A message of the venue: well-formed FIX, and otherwise anything. */
const message = fc.record({
  type: fc.constant('message'),
  msgType: fc.constantFrom('0', '1', '2', '3', '4', '5', 'A', '8', '8', '8', '9', 'j', 'D', 'zz'),
  fields: fc.array(
    field.filter(([, value]) => /^[\x20-\x7e]+$/.test(value)),
    { maxLength: 12 },
  ),
  seq: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  possDup: fc.boolean(),
});

const command = fc.oneof(
  fc.record({ type: fc.constant('TakeoverStarted'), node: fc.nat() }),
  fc.record({ type: fc.constant('TransportUp'), venue, connectionId }),
  fc.record({ type: fc.constant('TransportDown'), venue, connectionId, reason: text }),
  fc.record({ type: fc.constant('InboundFix'), venue, connectionId, bytes: fc.uint8Array({ maxLength: 80 }) }),
  fc.record({ type: fc.constant('Tick') }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('SubmitOrder'),
      ...order,
      symbol: fc.constantFrom('BTC-USD', 'ETH-USD', 'NONE'),
      side: fc.constantFrom('buy', 'sell'),
      orderType: fc.constantFrom('market', 'limit'),
      timeInForce: fc.constantFrom('day', 'ioc', 'fok', 'gtc'),
      quantity: decimal,
      price: decimal,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('CancelOrder'), ...order, clOrdId }) },
  fc.record({ type: fc.constant('ReplaceOrder'), ...order, clOrdId, quantity: decimal, price: decimal }),
  fc.record({ type: fc.constant('MassCancel'), ...order }),
  fc.record({ type: fc.constant('SetKillSwitch'), on: fc.boolean(), reason: text }),
  { weight: 4, arbitrary: anyDomainCommand },
  fc.record({ type: fc.constant('LogoutSessions'), reason: text }),
  fc.record({ type: fc.constant('Configure'), configuration: fc.constant(configuration()) }),
);

type Message = typeof message extends fc.Arbitrary<infer Value> ? Value : never;

function applyAny(rig: Rig, action: Message | Command): void {
  if (action.type !== 'message') rig.apply(action as Command);
  else {
    const { fields, msgType, possDup, seq } = action as Message;
    rig.inbound(msgType, fields, seq === 0 ? { possDup } : { seq, possDup });
  }
}

test('apply never throws on random bytes, and answers them with BAD_COMMAND', () => {
  const ledger = new Ledger();
  let index = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      index += 1;
      const { result, events } = ledger.apply({ index, term: 1, timeUs: index, command: bytes });
      if (!result.ok && result.code === 'BAD_COMMAND') assert.equal(events[0]?.type, 'Alarm');
    }),
    { numRuns: 300 },
  );
});

/** The status counts without walking the orders. */
function assertCountsAreThoseOfTheOrders(ledger: Ledger): void {
  const open = ledger.orders({ open: true });
  const of = (state: string): number => open.filter((order) => order.state === state).length;
  const { held, inDoubt, open: count } = ledger.status().orders;
  assert.deepEqual([count, held, inDoubt], [open.length, of('Held'), of('InDoubt')]);
}

test('apply never throws on any decoded command, and the invariants of the state hold all the time', () => {
  const actions = fc.array(fc.oneof(message, command), { minLength: 1, maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(actions as fc.Arbitrary<(Message | Command)[]>, (all) => {
      const rig = new Rig().open();
      for (const action of all) {
        applyAny(rig, action);
        assert.deepEqual(rig.ledger.violations(), []);
        assertCountsAreThoseOfTheOrders(rig.ledger);
      }
      assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
    }),
    { numRuns: 300 },
  );
});

test('apply never throws on commands with flipped bytes', () => {
  const story = new Story({ nextExpectedMsgSeqNum: true, neverReceivedPolicy: 'void', slowVenue: false });
  for (let n = 0; n < 60; n += 1) story.step(n, n * 7);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat({ max: 255 })), { maxLength: 60 }), (flips) => {
      const ledger = new Ledger();
      const log = story.rig.log.map((entry) => ({ ...entry, command: Uint8Array.from(entry.command) }));
      for (const [which, where, value] of flips) {
        const bytes = log[which % log.length]?.command;
        if (bytes !== undefined) bytes[where % bytes.length] = value;
      }
      for (const entry of log) ledger.apply(entry);
      assert.deepEqual(ledger.violations(), []);
    }),
    { numRuns: 200 },
  );
});

test('an unconfigured ledger denies orders, has no deadline and no gate', () => {
  const rig = new Rig();
  const { result } = rig.submit();
  assert.equal(!result.ok && result.code, 'NOT_CONFIGURED');
  assert.equal(rig.ledger.nextDeadlineUs(), undefined);
  assert.deepEqual(rig.ledger.gate('SIM'), { term: 0, phase: 'Idle', open: false });
});

test('entry time never goes back, whatever a later leader says', () => {
  const rig = new Rig().open();
  const before = rig.ledger.status().timeUs;
  rig.timeUs -= 60_000_000;
  rig.tick();
  assert.equal(rig.ledger.status().timeUs, before);
});

test('a ledger restored from a snapshot at any entry has the same future', () => {
  const story = new Story({ nextExpectedMsgSeqNum: false, neverReceivedPolicy: 'resend', slowVenue: true });
  for (let n = 0; n < 150; n += 1) story.step(n * 31, n * 17);
  const { history, log } = story.rig;
  const base = new Ledger();
  for (const [at, entry] of log.entries()) {
    base.apply(entry);
    if (at % 10 !== 0) continue;
    const restored = Ledger.restore(base.snapshot());
    assert.equal(restored.hash(), base.hash());
    for (let next = at + 1; next < Math.min(log.length, at + 30); next += 1) {
      assert.deepEqual(restored.apply(log[next] as (typeof log)[number]), history[next]);
    }
  }
});

test('bytes that are no snapshot are refused with an error that says so', () => {
  const bytes = new Rig().open().ledger.snapshot();
  assert.throws(() => Ledger.restore(new Uint8Array([1, 2, 3])), SnapshotError);
  assert.throws(() => Ledger.restore(bytes.subarray(0, bytes.length - 1)), SnapshotError);
  // A piece's length, the text 'begin', then the version.
  const other = Uint8Array.from(bytes);
  other[4 + 6] = 99;
  assert.throws(() => Ledger.restore(other), /the snapshot has version 99, this build reads/);
});

test('a snapshot may be cut anywhere on its way, and a damaged one is refused', () => {
  const rig = new Rig().open();
  rig.fill(rig.workingOrder(), 1);
  const bytes = rig.ledger.snapshot();
  assert.deepEqual(Buffer.concat([...rig.ledger.snapshotPieces()]), Buffer.from(bytes));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (size) => {
      const restorer = Ledger.restorer();
      for (let at = 0; at < bytes.length; at += size) restorer.add(bytes.subarray(at, at + size));
      assert.equal(restorer.finish().hash(), rig.ledger.hash());
    }),
    { numRuns: 20 },
  );
  const sold = Buffer.from(bytes);
  // The hash at the end.
  sold[sold.length - 1] = (sold.at(-1) ?? 0) ^ 1;
  assert.throws(() => Ledger.restore(sold), /has hash/);
  assert.throws(() => Ledger.restore(Buffer.concat([bytes, bytes])), /after the end/);
});

test('thousands of open orders survive a snapshot: the hash of each is taken after all of it is there', () => {
  const limits = { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 5_000 };
  const rig = new Rig().open({ limits });
  for (let n = 0; n < 3_000; n += 1) rig.order();
  assert.equal(rig.ledger.status().orders.open, 3_000);
  assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
});

test('a snapshot in pieces is of one moment: applying an entry meanwhile ends it', () => {
  const rig = new Rig().open();
  const pieces = rig.ledger.snapshotPieces();
  pieces.next();
  pieces.next();
  rig.order();
  assert.throws(() => [...pieces], /cannot go on with the snapshot/);
});

test('the hash differs when states differ', () => {
  const hashes = new Set<string>();
  const rig = new Rig().open();
  for (const act of [
    () => undefined,
    () => rig.order(),
    () => rig.workingOrder(),
    () => rig.fill(rig.workingOrder(), 1),
    () => rig.fill(rig.workingOrder(), 1, '101'),
    () => rig.apply({ type: 'SetKillSwitch', on: true, reason: '' }),
    () => rig.disconnect(),
  ]) {
    act();
    hashes.add(rig.ledger.hash());
  }
  assert.equal(hashes.size, 7);
  assert.equal(encodeCommand({ type: 'Tick' }).length, 2);
});
