/** Every message the venue makes is whole by the tables of FIX: required fields are there, groups are counted right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type BodyField, type MessageTable, MessageTables, readFields, Tag } from '@baton/fix';
import { ProfileRoom } from './testing/profile-room.ts';
import { classic789 } from './testing/profiles-by-name.ts';

const SCALES = { price: 8, quantity: 8, amount: 8 };

test('reports, answers and market data have what FIX 4.4 requires of them', () => {
  const room = new ProfileRoom({ ...classic789, orders: { ...classic789.orders, possResend: true } });
  const { client } = room.enter();
  const { client: other } = room.enter('OTHER');
  const marketData: BodyField[] = [
    [Tag.MDReqID, 'm1'],
    [Tag.SubscriptionRequestType, '1'],
    [Tag.MarketDepth, 0],
    [Tag.NoRelatedSym, 1],
    [Tag.Symbol, 'ACME'],
  ];
  room.order(client, 'a0', { price: '90' });
  room.send(client, 'V', marketData);
  room.order(client, 'a1');
  room.order(other, 'b1', { side: '2', quantity: '4' });
  room.cancel(client, 'c1', 'nothing');
  room.cancel(client, 'c2', 'a1');
  room.send(client, 'G', [
    [Tag.ClOrdID, 'r1'],
    [Tag.OrigClOrdID, 'a0'],
    [Tag.OrderQty, '5'],
  ]);
  room.send(client, 'H', [[Tag.ClOrdID, 'a1']]);
  room.send(client, 'AF', [
    [Tag.MassStatusReqID, 'q1'],
    [Tag.MassStatusReqType, '7'],
  ]);
  room.send(client, 'AF', [
    [Tag.MassStatusReqID, 'q2'],
    [Tag.ClOrdID, 'never'],
  ]);
  room.send(client, 'AD', [
    [Tag.TradeRequestID, 'q3'],
    [Tag.TradeRequestType, '0'],
  ]);
  room.send(client, 'AN', [[Tag.PosReqID, 'q4']]);
  room.send(client, 'V', marketData);
  room.send(client, 'q', [
    [Tag.ClOrdID, 'x1'],
    [Tag.MassCancelRequestType, '7'],
  ]);
  room.send(client, 'c', []);
  const seen = new Set<string>();
  const tables: readonly MessageTable[] = Object.values(MessageTables);
  for (const { message } of client.delivered) {
    const table = tables.find(({ msgType }) => msgType === message.msgType);
    assert.ok(table, message.msgType);
    const read = readFields(table, message, SCALES);
    assert.ok(read.ok, `${table.name}: ${inspect(read)}`);
    seen.add(table.name);
  }
  assert.deepEqual([...seen].sort(), [
    'BusinessMessageReject',
    'ExecutionReport',
    'MarketDataIncrementalRefresh',
    'MarketDataRequestReject',
    'MarketDataSnapshotFullRefresh',
    'OrderCancelReject',
    'OrderMassCancelReport',
    'PositionReport',
    'RequestForPositionsAck',
    'TradeCaptureReport',
    'TradeCaptureReportRequestAck',
  ]);
});
