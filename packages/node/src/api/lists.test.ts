/** Pages of long lists: together they hold each order once, and none of them holds more than it may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, encodeCommand, Ledger, type OrderView, type TakeoverFilter } from '@baton/ledger';
import { orderList, PAGE_MAX, takeoverList } from './lists.ts';
import type { ApiSubject } from './subject.ts';

const OPEN = 1234;

function ledgerOf(orders: number): Ledger {
  const ledger = new Ledger();
  let index = 0;
  const apply = (command: Command): void => {
    index += 1;
    ledger.apply({ index, term: 1, timeUs: index, command: encodeCommand(command) });
  };
  const session = { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM', account: 'A1' } as const;
  const policy = { neverReceivedPolicy: 'void', orderMaxAgeMs: 2000 } as const;
  const limits = { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 100_000 };
  apply({
    type: 'Configure',
    configuration: {
      clusterId: 'test',
      incarnation: 1,
      venues: [{ venue: 'SIM', ...session, heartBtIntS: 5, nextExpectedMsgSeqNum: true, ...policy }],
      instruments: [{ symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 4 }],
      limits,
    },
  });
  const facts = { strategyId: 'maker', symbol: 'BTC-USD', side: 'buy', orderType: 'limit', quantity: '1' } as const;
  for (let n = 0; n < orders; n++) {
    apply({ type: 'SubmitOrder', ...facts, clientKey: `k${n}`, timeInForce: 'day', price: '100' });
  }
  return ledger;
}

test('open orders come in pages of at most 500, which together are all of them, in order', () => {
  const core = { ledger: ledgerOf(OPEN) } as unknown as ApiSubject;
  const page = (query: string): readonly OrderView[] =>
    orderList(core, new URLSearchParams(query)).body as readonly OrderView[];
  const first = page('');
  assert.equal(first.length, PAGE_MAX);
  const found: OrderView[] = [];
  for (let after = 0; ; ) {
    const next = page(`after=${after}`);
    assert.ok(next.length <= PAGE_MAX);
    if (next.length === 0) break;
    found.push(...next);
    after = next.at(-1)?.createdIndex ?? 0;
  }
  assert.deepEqual(found.slice(0, PAGE_MAX), first);
  assert.deepEqual(
    found.map(({ clientKey }) => clientKey),
    Array.from({ length: OPEN }, (_, n) => `k${n}`),
  );
  assert.equal(page('limit=3').length, PAGE_MAX, 'limit is of closed ones where no page of open ones was asked for');
  assert.equal(page('after=0&limit=3').length, 3);
});

test('takeovers are told of by twenties, the newest first to be asked for', () => {
  const asked: TakeoverFilter[] = [];
  const takeovers = (filter: TakeoverFilter): readonly never[] => {
    asked.push(filter);
    return [];
  };
  const ledger = { takeovers };
  const core = { ledger, timeline: { list: () => [] }, knownNodes: () => [] } as unknown as ApiSubject;
  for (const query of ['', 'before=81', 'limit=7', 'limit=1000']) takeoverList(core, new URLSearchParams(query));
  const all = Number.POSITIVE_INFINITY;
  assert.deepEqual(asked, [
    { before: all, newest: 20 },
    { before: 81, newest: 20 },
    { before: all, newest: 7 },
    { before: all, newest: 20 },
  ]);
});
