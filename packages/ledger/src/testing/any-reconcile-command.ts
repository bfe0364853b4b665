/**
 * Arbitrary commands of reconciliation, cold start, takeover and venues' answers: well-formed bytes, otherwise anything, with
 * names that meet the rig's own often enough. For property tests, together with `any-command.ts`.
 */
import { type BodyField, encodeBody, encodeMessage } from '@baton/fix';
import fc from 'fast-check';
import { type AuthoredCommand, FINDING_CLASSES } from '../index.ts';
import { anySessionLine } from './any-session-line.ts';

const text = fc.string({ maxLength: 12, unit: 'binary' });
const decimal = fc.oneof(
  fc.constantFrom('', '0', '-1', '1', '10', '100', '0.001', '1e9', '99999999999999999999', '1.', '-0.0000000001'),
  text,
);
const natural = fc.oneof(fc.nat({ max: 5 }), fc.maxSafeNat());
const venue = fc.constantFrom('SIM', 'SIM', 'SIM', 'NONE', '');
const symbol = fc.constantFrom('BTC-USD', 'ETH-USD', 'NONE', '');
const clOrdId = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => `TEST-1-${n.toString(36).toUpperCase()}`) },
  fc.constantFrom('strange', ''),
);
const execId = fc.constantFrom('e1', 'e2', 'e3', '');
const side = fc.constantFrom('buy' as const, 'sell' as const);
const mode = fc.constantFrom('running', 'running', 'opening');
const findingId = fc.constantFrom('f1', 'f2', 'f3', '');
const signed = { by: fc.constantFrom('ada', ''), reason: text };
const percents = fc.array(fc.record({ percent: natural, durationMs: natural }, { noNullPrototype: true }), {
  maxLength: 3,
});
const guard = { lossMax: decimal, rejectsMax: natural, ackLatencyMaxMs: natural };

const fill = fc.record(
  { execId, clOrdId, orderId: text, symbol, side, quantity: decimal, price: decimal, timeUs: natural },
  { noNullPrototype: true },
);
const order = fc.record(
  {
    clOrdId,
    orderId: text,
    symbol,
    side,
    orderType: fc.constantFrom('market', 'limit'),
    timeInForce: fc.constantFrom('day', 'gtc', 'ioc', 'fok'),
    quantity: decimal,
    price: decimal,
    cumQuantity: decimal,
  },
  { noNullPrototype: true },
);

/** An ExecutionReport from beside the session. */
const report = fc
  .array(
    fc.tuple(
      fc.constantFrom(11, 14, 17, 31, 32, 37, 38, 39, 54, 55, 150, 151),
      fc.constantFrom('0', '1', '2', 'e1', 'F', 'I', 'BTC-USD', 'TEST-1-1'),
    ),
    { maxLength: 10 },
  )
  .map((fields) => {
    const header = { beginString: 'FIX.4.4', senderCompId: 'SIM', targetCompId: 'BATON', sendingTimeUs: 0 };
    return encodeMessage({ ...header, msgType: '8', msgSeqNum: 1 }, encodeBody(fields as BodyField[]));
  });

export const anyFinding = fc.record(
  {
    id: findingId,
    class: fc.constantFrom(...FINDING_CLASSES),
    source: fc.constantFrom('venue', 'drop-copy'),
    symbol,
    subject: fc.oneof(clOrdId, execId, symbol),
    ours: text,
    theirs: text,
    needsAcknowledgement: fc.boolean(),
    sinceIndex: natural,
    fill,
    order,
    trade: fc.record({ quantity: decimal, price: decimal }, { noNullPrototype: true }),
  },
  {
    requiredKeys: [
      'id',
      'class',
      'source',
      'symbol',
      'subject',
      'ours',
      'theirs',
      'needsAcknowledgement',
      'sinceIndex',
    ],
    noNullPrototype: true,
  },
);

export const anyReconcileCommand = fc.oneof(
  fc.record({
    type: fc.constant('AskAccount'),
    venue,
    subject: fc.constantFrom('fills', 'orders', 'positions'),
    sinceUs: natural,
  }),
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('BookFindings'),
      venue,
      run: natural,
      mode,
      findings: fc.array(anyFinding, { maxLength: 4 }),
    }),
  },
  fc.record({
    type: fc.constant('NoteHistory'),
    venue,
    run: natural,
    fills: fc.array(fc.record({ execId, clOrdId }, { noNullPrototype: true }), { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('EndReconciliation'),
    venue,
    run: natural,
    mode,
    counts: fc.record({ fills: natural, orders: natural, positions: natural }, { noNullPrototype: true }),
    untold: text,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('AcknowledgeFinding'),
      venue,
      findingId,
      approve: fc.boolean(),
      ...signed,
    }),
  },
  fc.record(
    {
      type: fc.constant('StartCold'),
      ...signed,
      ramp: percents,
      guard: fc.record(guard, { noNullPrototype: true }),
      warmUpMaxMs: fc.constantFrom(1, 30_000),
    },
    { requiredKeys: ['type', 'by', 'reason', 'ramp'], noNullPrototype: true },
  ),
  fc.record({
    type: fc.constant('ColdVenueStep'),
    venue,
    step: fc.constantFrom('connect', 'read', 'opened', 'reconciled', 'refused'),
    sinceUs: natural,
    detail: text,
  }),
  fc.record({ type: fc.constant('AcceptColdStart'), venue, ...signed }),
  fc.record({ type: fc.constant('GuardRamp'), reason: text, ...guard }),
  fc.record({
    type: fc.constant('VenueAnswer'),
    venue,
    question: natural,
    reports: fc.array(report, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('AcceptSequenceReset'), venue, nextOut: natural, nextIn: natural, reason: text }),
  fc.record({
    type: fc.constant('SettleInDoubt'),
    clOrdId,
    outcome: fc.constantFrom('Voided', 'Canceled'),
    reason: text,
  }),
  fc.record({
    type: fc.constant('SessionHandedOver'),
    venue,
    connectionId: fc.constantFrom(1, 65_537, 65_538, 131_073),
    compId: text,
    heardSinceUs: natural,
    line: anySessionLine(natural),
  }),
  fc.record({
    type: fc.constant('TakeoverTimed'),
    term: natural,
    timings: fc.array(fc.record({ step: text, timeUs: natural }, { noNullPrototype: true }), { maxLength: 3 }),
  }),
) as unknown as fc.Arbitrary<AuthoredCommand>;
