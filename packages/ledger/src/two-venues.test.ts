/** Venues of different profiles, side by side: each has its own takeover, and orders wait only for their own venue. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, encodeBody, encodeMessage } from '@baton/fix';
import type { Applied, VenueConfiguration } from './index.ts';
import { profiled } from './testing/profiled.ts';
import { acceptedId, Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';

const FAST: VenueConfiguration = profiled('classic-789', { venue: 'FAST', targetCompId: 'FAST' });
const SLOW: VenueConfiguration = profiled('deribit-like', {
  venue: 'SLOW',
  targetCompId: 'SLOW',
  orderMaxAgeMs: 60_000,
});

/** Two venues on one rig; their messages are numbered here. */
class TwoVenues {
  readonly rig = new Rig();
  readonly #next = new Map<string, number>();
  readonly #connections = new Map<string, number>();
  #n = 0;

  constructor() {
    this.rig.takeover();
    const instruments = [
      { symbol: 'BTC-USD', venue: 'FAST', priceScale: 2, quantityScale: 3 },
      { symbol: 'ETH-USD', venue: 'SLOW', priceScale: 2, quantityScale: 3 },
    ];
    this.rig.apply({ type: 'Configure', configuration: configuration({ venues: [FAST, SLOW], instruments }) });
  }

  connect(venue: string): Applied {
    this.#n += 1;
    const connectionId = this.rig.term * 65_536 + this.#n;
    this.#connections.set(venue, connectionId);
    if (venue === 'SLOW') this.#next.set(venue, 1);
    return this.rig.apply({ type: 'TransportUp', venue, connectionId });
  }

  inbound(venue: string, msgType: string, fields: readonly BodyField[]): Applied {
    const seq = this.#next.get(venue) ?? 1;
    this.#next.set(venue, seq + 1);
    const { senderCompId = '' } = this.session(venue) ?? {};
    const header = { beginString: 'FIX.4.4', senderCompId: venue, targetCompId: senderCompId };
    const bytes = encodeMessage(
      { ...header, msgType, msgSeqNum: seq, sendingTimeUs: this.rig.timeUs },
      encodeBody(fields),
    );
    return this.rig.apply({ type: 'InboundFix', venue, connectionId: this.#connections.get(venue) ?? 0, bytes });
  }

  logon(venue: string): Applied {
    const more: BodyField[] = venue === 'SLOW' ? [[141, 'Y']] : [[789, this.session(venue)?.nextOut ?? 0]];
    return this.inbound(venue, 'A', [[98, 0], [108, 5], ...more]);
  }

  session(venue: string) {
    return this.rig.ledger.sessions().find((one) => one.venue === venue);
  }

  order(symbol: string, strategyId = 's1'): string {
    return acceptedId(this.rig.submit({ symbol, strategyId }));
  }

  sentTo(venue: string, from: number): string[] {
    return this.rig.history
      .slice(from)
      .flatMap(({ effects }) =>
        effects.flatMap((effect) => (effect.type === 'SendFix' && effect.venue === venue ? [effect.msgType] : [])),
      );
  }
}

function open(): TwoVenues {
  const venues = new TwoVenues();
  for (const venue of ['FAST', 'SLOW']) {
    venues.connect(venue);
    venues.logon(venue);
  }
  return venues;
}

test('orders go out where the venue is reconciled and wait where it is not', () => {
  const venues = open();
  const { rig } = venues;
  const inDoubt = venues.order('ETH-USD');
  rig.takeover(2);
  venues.connect('FAST');
  venues.connect('SLOW');
  venues.logon('FAST');
  venues.logon('SLOW');
  assert.deepEqual([rig.ledger.gate('FAST').open, rig.ledger.gate('SLOW').open], [true, false]);
  const from = rig.history.length;
  // Another strategy: while an order of its own is in doubt the first one may only reduce.
  const fast = venues.order('BTC-USD', 's2');
  const slow = venues.order('ETH-USD', 's2');
  assert.deepEqual([rig.view(fast).state, rig.view(slow).state], ['Sent', 'Held']);
  assert.deepEqual([venues.sentTo('FAST', from), venues.sentTo('SLOW', from)], [['D'], []]);
  venues.inbound('SLOW', '8', [
    [11, inDoubt],
    [17, 'e1'],
    [150, '0'],
    [39, '0'],
    [14, 0],
    [151, 10],
    [584, 'Q2'],
  ]);
  venues.inbound('SLOW', '8', [
    [11, inDoubt],
    [17, '0'],
    [150, 'I'],
    [39, '0'],
    [14, 0],
    [151, 10],
    [584, 'Q2'],
  ]);
  assert.equal(rig.ledger.gate('SLOW').open, true);
  assert.equal(rig.view(slow).state, 'Sent');
});

test('a line that is lost closes one gate, and doubts the orders of that venue only', () => {
  const venues = open();
  const { rig } = venues;
  const fast = venues.order('BTC-USD');
  const slow = venues.order('ETH-USD');
  const connectionId = venues.session('SLOW')?.connectionId ?? 0;
  rig.apply({ type: 'TransportDown', venue: 'SLOW', connectionId, reason: 'reset' });
  assert.deepEqual([rig.view(fast).state, rig.view(slow).state], ['Sent', 'InDoubt']);
  assert.deepEqual([rig.ledger.gate('FAST').open, rig.ledger.gate('SLOW').open], [true, false]);
  const [record] = rig.ledger.takeovers().slice(-1);
  assert.deepEqual(
    record?.venues.map(({ venue }) => venue),
    ['SLOW'],
  );
});

test('one takeover record has each venue with its own phases and proof', () => {
  const venues = open();
  const { rig } = venues;
  venues.order('BTC-USD');
  venues.order('ETH-USD');
  rig.takeover(2);
  venues.connect('FAST');
  venues.logon('FAST');
  const [record] = rig.ledger.takeovers().slice(-1);
  assert.deepEqual(
    record?.venues.map(({ orders, phases, proof, venue }) => [venue, proof, phases.at(-1)?.phase, orders.length]),
    [
      ['FAST', 'NextExpectedMsgSeqNum', 'InboundSynced', 1],
      ['SLOW', '', 'Barrier', 1],
    ],
  );
});
