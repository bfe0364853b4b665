/**
 * `apply` never throws for what an entry holds, at venues of every profile: commands of clients, operators, silent lines
 * and HTTP answers, well-formed messages with anything in them, both gateways, leaders that die, in any order. The rest of
 * the commands is in `ledger.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, encodeBody, encodeMessage } from '@baton/fix';
import { PROFILES } from '@baton/profiles';
import fc from 'fast-check';
import { type Command, Ledger } from './index.ts';
import { anyReconcileCommand } from './testing/any-reconcile-command.ts';
import { anySessionLine } from './testing/any-session-line.ts';
import { DESK } from './testing/client-rig.ts';
import { profiled } from './testing/profiled.ts';
import { Rig } from './testing/rig.ts';
import type { VenueFacts } from './venue-facts.ts';

const TAGS = [
  1, 6, 7, 11, 14, 16, 17, 31, 32, 34, 36, 37, 38, 39, 40, 41, 43, 44, 45, 54, 55, 58, 59, 98, 102, 103, 108, 112, 123,
  141, 150, 151, 372, 379, 434, 584, 585, 789, 790, 911, 912,
];
const natural = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 12 }) }, fc.maxSafeNat());
const text = fc.string({ maxLength: 8 });
const clOrdId = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }).map((n) => `TEST-1-${n.toString(36).toUpperCase()}`) },
  text,
);
const value = fc.oneof(
  clOrdId,
  fc.constantFrom(
    '0',
    '1',
    '2',
    '3',
    '4',
    '6',
    '8',
    'D',
    'E',
    'F',
    'G',
    'H',
    'I',
    'Y',
    'N',
    'BTC-USD',
    'e1',
    '10',
    '-5',
  ),
  fc.constantFrom('0.0000000000001', '99999999999999999999', '1e9', 'd1', 'd2', 'k1'),
);
const fields = fc
  .array(fc.tuple(fc.constantFrom(...TAGS), value), { maxLength: 14 })
  .map((all) => all.filter(([, text]) => /^[\x20-\x7e]+$/.test(text)) as BodyField[]);
const connectionId = fc.oneof(fc.constant('current' as const), fc.constantFrom(0, 65_537, 65_538, 131_073, 196_609));
const client = fc.constantFrom(DESK.client, DESK.client, 'nobody');
const clientKey = fc.constantFrom('a', 'b', 'c');

/** What happens: a function of the rig, so that ids and numbers can be those of the moment. */
type Action = (rig: Rig) => void;

const flow: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>((rig) => void rig.takeover(1 + (rig.index % 3))),
  fc.constantFrom<Action>(
    (rig) => void rig.connect(),
    (rig) => void rig.connect(0),
    (rig) => void rig.connect(1),
    (rig) => void rig.disconnect(),
    (rig) => rig.ledger.sessions().length > 0 && void rig.logon(),
    (rig) => void rig.submit(),
    (rig) => void rig.submit({ orderType: 'market', price: '', timeInForce: 'ioc' }),
  ),
  fc.tuple(clOrdId, fc.boolean()).map<Action>(([id, cancel]) => (rig) => {
    if (cancel) rig.cancel(id);
    else rig.replace(id, '12', '101');
  }),
  fc.nat({ max: 20_000 }).map<Action>((afterMs) => (rig) => void rig.tick(afterMs)),
);

const ofVenue: fc.Arbitrary<Action> = fc
  .record({
    msgType: fc.constantFrom('0', '1', '2', '3', '4', '5', 'A', '8', '8', '8', '8', '9', 'j', 'r', 'F2', 'zz'),
    fields,
    seq: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat({ max: 30 })),
    possDup: fc.boolean(),
  })
  .map(({ fields, msgType, possDup, seq }) => (rig) => {
    rig.inbound(msgType, fields, seq === 0 ? { possDup } : { seq, possDup });
  });

const ofClient: fc.Arbitrary<Action> = fc
  .record({
    client,
    connectionId,
    kind: fc.constantFrom('up', 'down', 'message', 'message', 'message', 'bytes'),
    msgType: fc.constantFrom('A', '0', '1', '2', '4', '5', 'D', 'D', 'F', 'G', 'H', 'AF', 'q', 'zz'),
    fields,
    seq: natural,
    junk: fc.uint8Array({ maxLength: 60 }),
  })
  .map(({ client, connectionId, fields, junk, kind, msgType, seq }) => (rig) => {
    const id = connectionId === 'current' ? rig.term * 65_536 + 1 : connectionId;
    if (kind === 'up') rig.apply({ type: 'ClientUp', client, connectionId: id });
    else if (kind === 'down') rig.apply({ type: 'ClientDown', client, connectionId: id, reason: '' });
    else {
      const known = rig.ledger.clientSessions().find((session) => session.client === client);
      const msgSeqNum = seq > 6 ? seq : (known?.nextIn ?? 1);
      const { beginString, senderCompId, targetCompId } = DESK;
      const header = { beginString, msgType, msgSeqNum, senderCompId, targetCompId, sendingTimeUs: rig.timeUs };
      const bytes = kind === 'bytes' ? Buffer.from(junk) : encodeMessage(header, encodeBody(fields));
      rig.apply({ type: 'ClientInbound', client, connectionId: id, bytes });
    }
  });

const beside: fc.Arbitrary<Action> = fc.oneof(
  fc.tuple(natural, fc.array(fields, { maxLength: 3 })).map<Action>(([question, reports]) => (rig) => {
    rig.answer(
      question,
      reports.map((report) => Object.fromEntries(report) as Record<number, string>),
    );
  }),
  fc.tuple(anySessionLine(natural), natural, text).map<Action>(([line, heardSinceUs, compId]) => (rig) => {
    const connectionId = rig.term * 65_536 + 1 + (heardSinceUs % 3);
    rig.connectionId = connectionId;
    rig.apply({ type: 'SessionHandedOver', venue: 'SIM', connectionId, compId, heardSinceUs, line });
  }),
  fc
    .oneof(
      fc.record({
        type: fc.constant('TakeoverTimed'),
        term: natural,
        timings: fc.array(fc.record({ step: text, timeUs: natural }), { maxLength: 3 }),
      }),
      fc.record({
        type: fc.constant('AcceptSequenceReset'),
        venue: fc.constantFrom('SIM', 'SIM', 'NONE'),
        nextOut: natural,
        nextIn: natural,
        reason: text,
      }),
      fc.record({
        type: fc.constant('SettleInDoubt'),
        clOrdId,
        outcome: fc.constantFrom('Voided', 'Canceled'),
        reason: text,
      }),
      fc.record({ type: fc.constant('QueryOrder'), clientKey, strategyId: fc.constant('s1'), clOrdId }),
      fc.record({ type: fc.constant('ClaimExternal'), clientKey, strategyId: fc.constant('s1'), clOrdId }),
    )
    .map<Action>((command) => (rig) => void rig.apply(command as Command)),
  { weight: 3, arbitrary: anyReconcileCommand.map<Action>((command) => (rig) => void rig.apply(command)) },
);

const action = fc.oneof({ weight: 4, arbitrary: flow }, { weight: 4, arbitrary: ofVenue }, ofClient, beside);

const number = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 20 }) }, fc.maxSafeNat());
const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('BATON', 'FIX.4.2', 'FIX.4.4', 'FIXT.1.1') }, text);

test('whatever a venue is configured to be: it is refused, or a leader and its successor trade there', () => {
  const changes = fc.record(
    { beginString: name, senderCompId: name, targetCompId: name, heartBtIntS: number, orderMaxAgeMs: number },
    { requiredKeys: [], noNullPrototype: true },
  );
  const factChanges = fc.record(
    {
      gateways: fc.constantFrom(1 as const, 2 as const),
      compIdPer: fc.constantFrom('cluster' as const, 'node' as const, 'term' as const),
      compIdLengthMax: number,
      receiveWindow: fc.record({ tag: number, unit: fc.constantFrom('ms' as const, 'us' as const), windowMs: number }),
      eventReplay: fc.record({ beginExecIdTag: number, endExecIdTag: number }),
      processingDelayMaxMs: number,
      clockSkewMaxMs: number,
      cancelOnDisconnect: fc.record({ tag: number, value: name }),
      resend: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const profile = fc.constantFrom(...PROFILES.map(({ name }) => name));
  fc.assert(
    fc.property(
      profile,
      changes,
      factChanges,
      fc.array(action, { maxLength: 12 }),
      (of, change, factChange, actions) => {
        const rig = new Rig();
        rig.takeover();
        const venue = profiled(of, change);
        rig.configure({
          venues: [{ ...venue, facts: { ...(venue.facts as VenueFacts), ...factChange } }],
          clients: [DESK],
        });
        for (const act of [...actions, () => rig.takeover(2), () => rig.connect(), () => rig.tick(10_000)]) act(rig);
        assert.deepEqual(rig.ledger.violations(), []);
        assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
      },
    ),
    { numRuns: 300 },
  );
});

for (const { name } of PROFILES) {
  test(`${name}: apply never throws on any entry, the state stays whole, and a snapshot of it is restored`, () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), (actions) => {
        const rig = new Rig();
        rig.takeover();
        rig.configure({ venues: [profiled(name)], clients: [DESK] });
        rig.connect();
        rig.logon();
        for (const act of actions) {
          act(rig);
          assert.deepEqual(rig.ledger.violations(), []);
        }
        assert.equal(Ledger.restore(rig.ledger.snapshot()).hash(), rig.ledger.hash());
      }),
      { numRuns: 100 },
    );
  });
}
