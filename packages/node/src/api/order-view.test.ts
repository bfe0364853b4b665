/** An order that the ledger no longer keeps is told from one that never was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderReply } from './order-view.ts';
import type { ApiSubject } from './subject.ts';

function subject(history: object | null): ApiSubject {
  return {
    ledger: {
      order: (id: string) => (id === 'DESK-2-A' ? { clOrdId: id } : undefined),
      configuration: () => ({ clusterId: 'desk' }),
      status: () => ({ index: 1000 }),
    },
    plan: { history, configuration: { incarnation: 2 } },
  } as unknown as ApiSubject;
}

const SQLITE = { address: 'sqlite' };

test('an order that is known is answered', () => {
  assert.deepEqual(orderReply(subject(SQLITE), 'DESK-2-A'), { status: 200, body: { clOrdId: 'DESK-2-A' } });
});

test('an order of ours that is forgotten is answered with where its history is', () => {
  for (const [id, incarnation, index] of [
    ['DESK-2-RS', 2, 1000],
    ['DESK-1-ZZZZ', 1, 1_679_615],
    ['DESK-2-5-1', 2, 5],
  ] as const) {
    const { body, status } = orderReply(subject(SQLITE), id) as { status: number; body: Record<string, unknown> };
    assert.equal(status, 404);
    assert.equal(body['code'], 'FORGOTTEN_ORDER');
    assert.equal(body['remedy'], `npx baton history order ${id}`);
    assert.deepEqual(body['history'], { database: 'sqlite', incarnation, index });
  }
  const { body } = orderReply(subject(null), 'DESK-2-5') as { body: Record<string, unknown> };
  assert.match(String(body['remedy']), /look at the venue/);
});

test('an order that no entry can have made is unknown', () => {
  for (const id of ['DESK-2-RT', 'OTHER-1-5', 'DESK-2-', 'x', 'DESK-2-5-1-1', 'DESK-9-ZZZZZ']) {
    const { body, status } = orderReply(subject(SQLITE), id) as { status: number; body: { code: string } };
    assert.deepEqual([id, status, body.code], [id, 404, 'UNKNOWN_ORDER']);
  }
});
