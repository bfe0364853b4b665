/**
 * The wire trace of the trading reference, §3.12: a leader dies between two acknowledged orders and one that it never
 * wrote. Numbers as there: slots 40 to 42, inbound 91 and 92 unread. And its three variants.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VenueConfiguration } from './index.ts';
import { Rig } from './testing/rig.ts';
import { configuration, SIM } from './testing/some-configuration.ts';

interface Crash {
  readonly rig: Rig;
  readonly a1: string;
  readonly a2: string;
  readonly a3: string;
  /** Entries before the new leader. */
  readonly before: number;
}

/** Up to the kill: nextOut is 43, nextIn 91, A1 (40) acknowledged, A2 (41) sent, A3 (42) committed. */
function crash(venue: Partial<VenueConfiguration> = {}): Crash {
  const rig = new Rig();
  const changes = { venues: [{ ...SIM, ...venue }] };
  const nextExpected = (venue.nextExpectedMsgSeqNum ?? true) ? 2 : null;
  rig.term = 6;
  rig.takeover();
  rig.apply({ type: 'Configure', configuration: configuration(changes) });
  rig.connect();
  rig.logon(nextExpected);
  if (nextExpected === null) rig.inbound('0', [[112, `B${rig.index}`]]);
  while (rig.nextOut() < 40) {
    rig.tick(5_000);
    rig.inbound('0', []);
  }
  while (rig.venueNext < 90) rig.inbound('0', []);
  const a1 = rig.order();
  const a2 = rig.order({ quantity: '5' });
  assert.equal(rig.venueNext, 90);
  rig.acknowledge(a1);
  const a3 = rig.order({ quantity: '7' });
  assert.deepEqual([rig.view(a1).slot, rig.view(a2).slot, rig.view(a3).slot], [40, 41, 42]);
  assert.equal(rig.nextOut(), 43);
  assert.equal(rig.ledger.sessions()[0]?.nextIn, 91);
  return { rig, a1, a2, a3, before: rig.history.length };
}

function takeOver({ rig }: Crash): void {
  rig.takeover(2);
  rig.connect();
}

/** What the venue resends: New(A2) as 91, Fill(A1) as 92, and a gap fill over its own Logon. */
function replay({ rig, a1, a2 }: Crash, more: () => void = () => undefined): void {
  const dup = { possDup: true };
  rig.report({ 17: 'e7', 11: a2, 37: 'V2', 150: '0', 39: '0', 14: '0', 151: '5' }, { seq: 91, ...dup });
  rig.report(
    { 17: 'e8', 11: a1, 37: 'V1', 150: 'F', 39: '2', 32: '10', 31: '100', 14: '10', 151: '0' },
    { seq: 92, ...dup },
  );
  more();
  const seq = rig.ledger.sessions()[0]?.nextIn ?? 0;
  const fields = [
    [123, 'Y'],
    [36, seq + 1],
  ] as const;
  rig.inbound('4', fields, { seq, ...dup });
}

function logonAt93(crashed: Crash, nextExpected: number | null): void {
  crashed.rig.venueNext = 93;
  crashed.rig.logon(nextExpected);
}

test('§3.12: with 789 the order that was never written is voided, the others are known, and no fill is lost or doubled', () => {
  const crashed = crash();
  const { rig, a1, a2, a3, before } = crashed;
  takeOver(crashed);
  assert.equal(rig.view(a2).state, 'InDoubt');
  assert.equal(rig.view(a3).state, 'InDoubt');
  logonAt93(crashed, 42);
  assert.equal(rig.view(a3).state, 'Voided');
  assert.equal(rig.view(a3).reason, 'NOT_RECEIVED');
  replay(crashed);
  assert.deepEqual(rig.written(before), ['35=A 34=43 98=0 108=5 789=91', '35=4 34=42 43=Y 123=Y 36=44']);
  assert.equal(rig.view(a1).state, 'Filled');
  assert.equal(rig.view(a2).state, 'Working');
  assert.equal(rig.ledger.positions()[0]?.netQuantity, '10');
  assert.deepEqual(
    rig.events('OutboundProven', before).map(({ nextExpected, source }) => [nextExpected, source]),
    [[42, 'NextExpectedMsgSeqNum']],
  );
  assert.deepEqual(
    rig.events('TakeoverPhaseReached', before).map(({ phase }) => phase),
    ['Barrier', 'Connecting', 'LoggedOn', 'OutboundResolved', 'InboundSynced', 'Reconciled', 'GateOpen'],
  );
  const next = rig.order();
  assert.equal(rig.view(next).slot, 44);
});

test('§3.12 resend variant: a young order that was never written goes out once more under its own number', () => {
  const crashed = crash({ neverReceivedPolicy: 'resend', orderMaxAgeMs: 60_000 });
  const { rig, a3, before } = crashed;
  const original = rig.written().find((message) => message.startsWith('35=D 34=42 '));
  takeOver(crashed);
  logonAt93(crashed, 42);
  replay(crashed);
  assert.deepEqual(rig.written(before), [
    '35=A 34=43 98=0 108=5 789=91',
    original?.replace('34=42', '34=42 43=Y'),
    '35=4 34=43 43=Y 123=Y 36=44',
  ]);
  assert.equal(rig.view(a3).state, 'Sent');
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('§3.12 resend variant: an order that has grown too old is voided even where the policy is to resend', () => {
  const crashed = crash({ neverReceivedPolicy: 'resend', orderMaxAgeMs: 1_000 });
  const { rig, a3, before } = crashed;
  rig.timeUs += 1_500_000;
  takeOver(crashed);
  logonAt93(crashed, 42);
  assert.equal(rig.view(a3).state, 'Voided');
  assert.deepEqual(rig.written(before), ['35=A 34=43 98=0 108=5 789=91', '35=4 34=42 43=Y 123=Y 36=44']);
});

test('§3.12 without 789: the ResendRequests of both sides prove and repair the same', () => {
  const crashed = crash({ nextExpectedMsgSeqNum: false });
  const { rig, a1, a2, a3, before } = crashed;
  takeOver(crashed);
  logonAt93(crashed, null);
  rig.inbound(
    '2',
    [
      [7, 42],
      [16, 0],
    ],
    { seq: 94 },
  );
  assert.equal(rig.view(a3).state, 'Voided');
  replay(crashed);
  const [logon, resendRequest, barrier, gapFill] = rig.written(before);
  assert.equal(logon, '35=A 34=43 98=0 108=5');
  assert.equal(resendRequest, '35=2 34=44 7=91 16=0');
  assert.match(barrier ?? '', /^35=1 34=45 112=B\d+$/);
  assert.equal(gapFill, '35=4 34=42 43=Y 123=Y 36=46');
  assert.equal(rig.view(a1).state, 'Filled');
  assert.equal(rig.view(a2).state, 'Working');
  assert.equal(rig.ledger.positions()[0]?.netQuantity, '10');
  assert.deepEqual(
    rig.events('OutboundProven', before).map(({ nextExpected, source }) => [nextExpected, source]),
    [[42, 'ResendRequest']],
  );
  assert.equal(rig.ledger.gate('SIM').open, true);
});

test('§3.12 without 789: when nothing was lost, an answered TestRequest proves it', () => {
  const crashed = crash({ nextExpectedMsgSeqNum: false });
  const { rig, a1, a2, a3, before } = crashed;
  takeOver(crashed);
  rig.venueNext = 91;
  rig.logon(null);
  assert.equal(rig.ledger.gate('SIM').phase, 'LoggedOn');
  const barrier = rig.written(before).at(-1)?.split('112=')[1] ?? '';
  rig.inbound('0', [[112, barrier]]);
  assert.deepEqual(
    rig.events('OutboundProven', before).map(({ nextExpected, source }) => [nextExpected, source]),
    [[43, 'TestRequest']],
  );
  // Both unanswered orders were received: their fate is asked for, not guessed.
  assert.deepEqual(
    rig
      .written(before)
      .filter((message) => message.startsWith('35=H'))
      .map((message) => /11=(\S+)/.exec(message)?.[1]),
    [a2, a3],
  );
  assert.equal(rig.ledger.gate('SIM').phase, 'InboundSynced');
  rig.report({ 17: '0', 11: a2, 150: 'I', 39: '0', 14: '0', 151: '5' });
  assert.equal(rig.ledger.gate('SIM').phase, 'InboundSynced');
  rig.report({ 17: '0', 11: a3, 150: 'I', 39: '8', 103: '5', 14: '0', 151: '0' });
  assert.equal(rig.ledger.gate('SIM').phase, 'GateOpen');
  assert.deepEqual(
    [a1, a2, a3].map((clOrdId) => rig.view(clOrdId).state),
    ['Working', 'Working', 'Voided'],
  );
});

test('§3.12 zombie variant: bytes of the old leader that arrive before the new logon make the order known, not double', () => {
  const crashed = crash();
  const { rig, a3, before } = crashed;
  takeOver(crashed);
  // The venue got slot 42 and acknowledged it on the old connection: 93 is its report, 94 its new Logon.
  rig.venueNext = 94;
  rig.logon(43);
  replay(crashed, () =>
    rig.report({ 17: 'e9', 11: a3, 37: 'V3', 150: '0', 39: '0', 14: '0', 151: '7' }, { seq: 93, possDup: true }),
  );
  assert.equal(rig.view(a3).state, 'Working');
  assert.equal(rig.ledger.gate('SIM').open, true);
  assert.deepEqual(
    rig.written(before).filter((message) => message.startsWith('35=D')),
    [],
  );
});
