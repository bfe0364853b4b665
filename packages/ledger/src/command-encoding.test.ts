import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Command, decodeCommand, encodeCommand } from './index.ts';
import { anyDomainCommand, anyLimits } from './testing/any-command.ts';
import { anySessionLine } from './testing/any-session-line.ts';
import { configuration } from './testing/some-configuration.ts';

const text = fc.string({ maxLength: 16, unit: 'grapheme' });
const natural = fc.maxSafeNat();
const order = { clientKey: text, strategyId: text };

/** What an instrument and its limits may say, and leave out. */
const anyConfiguration = fc
  .record({
    facts: fc.record(
      { tickSize: text, lotSize: text, quantityMin: text, multiplier: text, currency: text, tradable: fc.boolean() },
      { requiredKeys: [], noNullPrototype: true },
    ),
    limits: anyLimits,
    scale: natural,
  })
  .map(({ facts, limits, scale }) => ({
    type: 'Configure' as const,
    configuration: configuration({
      instruments: [{ symbol: 'X', venue: 'V', priceScale: 1, quantityScale: 2, ...facts }],
      limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 1, ...limits },
      currencies: [{ currency: 'USD', scale }],
      scopedLimits: [{ scope: 'strategy', target: 's', limits }],
    }),
  }));

const commands = fc.oneof(
  fc.constantFrom<Command>(
    { type: 'Tick' },
    { type: 'Configure', configuration: configuration() },
    { type: 'Configure', configuration: configuration({ venues: [], instruments: [] }) },
  ),
  fc.record({ type: fc.constant('TakeoverStarted'), node: natural }),
  fc.record({ type: fc.constant('TakeoverStarted'), node: natural, cause: text }),
  fc.record({ type: fc.constant('TransportUp'), venue: text, connectionId: natural }),
  fc.record({ type: fc.constant('TransportUp'), venue: text, connectionId: natural, gateway: fc.constantFrom(0, 1) }),
  fc.record({
    type: fc.constant('AcceptSequenceReset'),
    venue: text,
    nextOut: natural,
    nextIn: natural,
    reason: text,
  }),
  fc.tuple(natural, fc.array(fc.tuple(text, natural), { maxLength: 5 })).map(([term, timings]) => ({
    type: 'TakeoverTimed',
    term,
    timings: timings.map(([step, timeUs]) => ({ step, timeUs })),
  })),
  fc.record({
    type: fc.constant('SettleInDoubt'),
    clOrdId: text,
    outcome: fc.constantFrom('Voided', 'Canceled'),
    reason: text,
  }),
  fc.record({
    type: fc.constant('SessionHandedOver'),
    venue: text,
    connectionId: natural,
    compId: text,
    heardSinceUs: natural,
    line: anySessionLine(natural),
  }),
  fc
    .tuple(text, natural, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }))
    .map(([venue, question, reports]) => ({
      type: 'VenueAnswer',
      venue,
      question,
      reports: reports.map((bytes) => Buffer.from(bytes)),
    })),
  fc.record({ type: fc.constant('TransportDown'), venue: text, connectionId: natural, reason: text }),
  fc.record({ type: fc.constant('CancelOrder'), ...order, clOrdId: text }),
  fc.record({ type: fc.constant('ReplaceOrder'), ...order, clOrdId: text, quantity: text, price: text }),
  fc.record({ type: fc.constant('MassCancel'), ...order }),
  fc.record({ type: fc.constant('SetKillSwitch'), on: fc.boolean(), reason: text }),
  anyDomainCommand,
  anyConfiguration,
  fc.record({ type: fc.constant('LogoutSessions'), reason: text }),
  fc.record({
    type: fc.constant('SubmitOrder'),
    ...order,
    symbol: text,
    side: fc.constantFrom('buy', 'sell'),
    orderType: fc.constantFrom('market', 'limit'),
    timeInForce: fc.constantFrom('day', 'ioc', 'fok', 'gtc'),
    quantity: text,
    price: text,
  }),
) as fc.Arbitrary<Command>;

test('what was encoded is decoded, and encodes to the same bytes again', () => {
  fc.assert(
    fc.property(commands, (command) => {
      const bytes = encodeCommand(command);
      const decoded = decodeCommand(bytes);
      if (decoded.type === 'Malformed') {
        // Only a text above its bound may be refused.
        assert.match(decoded.reason, /text longer than/);
        return;
      }
      assert.deepEqual(decoded, { ...command });
      assert.deepEqual(encodeCommand(decoded), bytes);
    }),
  );
});

test('inbound bytes are carried as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const decoded = decodeCommand(encodeCommand({ type: 'InboundFix', venue: 'SIM', connectionId: 7, bytes }));
      assert.ok(decoded.type === 'InboundFix');
      assert.deepEqual(Uint8Array.from(decoded.bytes), bytes);
    }),
  );
});

test('decoding never throws, whatever the bytes, and never takes a part for the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeCommand(bytes);
    }),
    { numRuns: 5000 },
  );
  const bytes = encodeCommand({ type: 'MassCancel', clientKey: 'k', strategyId: 's' });
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(decodeCommand(bytes.subarray(0, length)).type, 'Malformed');
  }
  assert.equal(decodeCommand(Uint8Array.from([...bytes, 0])).type, 'Malformed');
});

test('a length that claims more than there is costs no memory: it is malformed', () => {
  for (const bytes of [
    [0xdd, 0xff, 0xff, 0xff, 0xff],
    [0x94, 5, 0xdb, 0xff, 0xff, 0xff, 0xff],
    [0x94, 5, 0xa1, 65, 1, 0xc6, 0xff, 0xff, 0xff, 0xff],
  ]) {
    assert.equal(decodeCommand(Uint8Array.from(bytes)).type, 'Malformed');
  }
});

test('the bytes of a command are fixed: they are in logs on disk', () => {
  const submit: Command = {
    type: 'SubmitOrder',
    clientKey: 'k1',
    strategyId: 's',
    symbol: 'BTC-USD',
    side: 'sell',
    orderType: 'limit',
    timeInForce: 'gtc',
    quantity: '1.5',
    price: '100',
  };
  assert.equal(
    Buffer.from(encodeCommand(submit)).toString('hex'),
    '9907a26b31a173a74254432d555344010103a3312e35a3313030',
  );
  assert.equal(
    Buffer.from(encodeCommand({ type: 'TransportUp', venue: 'SIM', connectionId: 458_753 })).toString('hex'),
    '9303a353494dce00070001',
  );
});
