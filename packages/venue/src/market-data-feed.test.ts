/** A subscriber's book, built from W and X alone, is the venue's book. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyField, groupSpec, MessageTables, MsgType, Tag } from '@baton/fix';
import fc from 'fast-check';
import type { FixClient } from './testing/fix-client.ts';
import { ProfileRoom } from './testing/profile-room.ts';
import { classic789, deribit } from './testing/profiles-by-name.ts';

function request(kind: '0' | '1' | '2', over: { depth?: number; symbol?: string; reqId?: string } = {}): BodyField[] {
  return [
    [Tag.MDReqID, over.reqId ?? 'm1'],
    [Tag.SubscriptionRequestType, kind],
    [Tag.MarketDepth, over.depth ?? 0],
    [Tag.NoMDEntryTypes, 3],
    [Tag.MDEntryType, '0'],
    [Tag.MDEntryType, '1'],
    [Tag.MDEntryType, '2'],
    [Tag.NoRelatedSym, 1],
    [Tag.Symbol, over.symbol ?? 'ACME'],
  ];
}

const ENTRIES = groupSpec(MessageTables.MarketDataSnapshotFullRefresh.groups.MDFullEntries);
const CHANGES = groupSpec(MessageTables.MarketDataIncrementalRefresh.groups.MDIncrementalEntries);

/** What a client knows: levels by side and price, and whether an increment is missing. */
function bookOf(client: FixClient) {
  const levels = new Map<string, string>();
  const trades: string[] = [];
  let rptSeq = 0;
  let gaps = 0;
  for (const { message } of client.delivered) {
    const seq = message.getInt(Tag.RptSeq) ?? 0;
    if (message.msgType === MsgType.MarketDataSnapshotFullRefresh) {
      levels.clear();
      rptSeq = seq;
      for (const entry of message.groups(ENTRIES)) {
        if (entry.getString(Tag.MDEntryType) === '2') continue;
        levels.set(
          `${entry.getString(Tag.MDEntryType)} ${entry.getString(Tag.MDEntryPx)}`,
          entry.getString(Tag.MDEntrySize) ?? '',
        );
      }
    } else if (message.msgType === MsgType.MarketDataIncrementalRefresh) {
      if (seq !== rptSeq + 1) gaps += 1;
      rptSeq = seq;
      for (const entry of message.groups(CHANGES)) {
        const type = entry.getString(Tag.MDEntryType) ?? '';
        const size = entry.getString(Tag.MDEntrySize) ?? '';
        const price = entry.getString(Tag.MDEntryPx) ?? '';
        if (type === '2') trades.push(`${size}@${price}`);
        else if (entry.getString(Tag.MDUpdateAction) === '2') levels.delete(`${type} ${price}`);
        else levels.set(`${type} ${price}`, size);
      }
    }
  }
  return { levels, trades, gaps };
}

function venueLevels(room: ProfileRoom, depth: number): Map<string, string> {
  const levels = new Map<string, string>();
  for (const side of ['buy', 'sell'] as const) {
    for (const { price, quantity } of room.hall.exchange.market.engine('ACME')?.book.depth(side, depth) ?? []) {
      const text = (Number(price) / 100).toString();
      levels.set(`${side === 'buy' ? 0 : 1} ${text}`, quantity.toString());
    }
  }
  return levels;
}

test('after any history, at any depth, the book built from increments is the venue’s, without a gap', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 0, max: 6 }),
      (bursts, depth) => {
        const room = new ProfileRoom(deribit);
        const { client } = room.enter();
        room.send(client, 'V', request('1', { depth }));
        for (const burst of bursts) {
          for (let n = 0; n < burst; n++) room.hall.carry(room.hall.exchange.counterFlow(room.hall.at));
        }
        const { levels, gaps } = bookOf(client);
        const expected = venueLevels(room, depth === 0 ? 1_000 : depth);
        assert.deepEqual(new Map([...levels].sort()), new Map([...expected].sort()));
        assert.equal(gaps, 0);
      },
    ),
    { numRuns: 60 },
  );
});

test('a missing increment shows as a gap in RptSeq, and a snapshot with the same MDReqID mends the book', () => {
  const room = new ProfileRoom(deribit);
  const { client } = room.enter();
  room.send(client, 'V', request('1'));
  room.order(client, 'a1');
  room.hall.fault({ type: 'skip-market-data', count: 1 });
  room.order(client, 'a2', { price: '99' });
  room.order(client, 'a3', { price: '98' });
  assert.equal(bookOf(client).gaps, 1);
  assert.notDeepEqual(bookOf(client).levels, venueLevels(room, 10));
  room.send(client, 'V', request('0'));
  assert.deepEqual(bookOf(client).levels, venueLevels(room, 10));
  room.order(client, 'a4', { price: '97' });
  assert.equal(bookOf(client).gaps, 1, 'it goes on without a further gap');
  assert.deepEqual(bookOf(client).levels, venueLevels(room, 10));
});

test('trades are told once each, whoever traded', () => {
  const room = new ProfileRoom(deribit);
  const { client: watcher } = room.enter('BN9');
  room.send(watcher, 'V', request('1'));
  const { client } = room.enter();
  room.order(client, 'a1');
  const { client: other } = room.enter('OTHER');
  room.order(other, 'b1', { side: '2', quantity: '4' });
  assert.deepEqual(bookOf(watcher).trades, ['4@100']);
});

test('a snapshot without subscription is all there is, and an end of subscription ends the increments', () => {
  const room = new ProfileRoom(deribit);
  const { client } = room.enter();
  const count = () => client.delivered.filter(({ message }) => message.msgType === 'X').length;
  room.send(client, 'V', request('0'));
  room.order(client, 'a1');
  assert.equal(count(), 0);
  room.send(client, 'V', request('1', { reqId: 'm2' }));
  room.order(client, 'a2', { price: '99' });
  assert.equal(count(), 1);
  room.send(client, 'V', request('2', { reqId: 'm2' }));
  room.order(client, 'a3', { price: '98' });
  assert.equal(count(), 1);
});

test('unlisted symbols, repeated ids and unknown kinds of request are refused with the reason of FIX', () => {
  const room = new ProfileRoom(deribit);
  const { client } = room.enter();
  room.send(client, 'V', request('1'));
  for (const [fields, reason] of [
    [request('1', { symbol: 'NOPE', reqId: 'm2' }), '0'],
    [request('1'), '1'],
    [[...request('0', { reqId: 'm3' }).slice(0, 1), [Tag.SubscriptionRequestType, '9'] as const], '4'],
  ] as const) {
    room.send(client, 'V', fields);
    const last = client.delivered.at(-1)?.message;
    assert.deepEqual([last?.msgType, last?.getString(Tag.MDReqRejReason)], ['Y', reason]);
  }
  room.send(client, 'V', []);
  assert.equal(client.delivered.at(-1)?.message.msgType, MsgType.BusinessMessageReject);
});

test('a subscription ends with its connection, and what was told before is not told again', () => {
  const room = new ProfileRoom(classic789);
  const { client, connectionId } = room.enter();
  room.send(client, 'V', request('1'));
  room.hall.stopReading(connectionId);
  room.order(client, 'a1');
  room.hall.kill(connectionId);
  room.hall.connect(client);
  room.order(client, 'a2', { price: '99' });
  // The increment that was lost is gap-filled; the report is not.
  assert.deepEqual(
    client.delivered.map(({ message }) => message.msgType),
    ['W', '8', '8'],
  );
  assert.ok(client.isLoggedOn);
});
