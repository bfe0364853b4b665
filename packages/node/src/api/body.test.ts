import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { memberFromFields, readBody, submitFromFields } from './body.ts';
import { killSwitchFromFields } from './risk-body.ts';
import { findRoute } from './routes.ts';

const request = (text: string): IncomingMessage => {
  const headers = text === '' ? {} : { 'content-type': 'application/json', 'content-length': String(text.length) };
  return Object.assign(Readable.from([Buffer.from(text)]), { headers }) as unknown as IncomingMessage;
};

const ORDER = { clientKey: 'k1', symbol: 'BTC-USD', side: 'buy', quantity: '1', price: '60000' };

describe('API requests', () => {
  it('that are complete become commands with defaults filled in', () => {
    const order = submitFromFields(ORDER);
    assert.ok(order.ok);
    assert.deepEqual(order.value, {
      type: 'SubmitOrder',
      strategyId: 'manual',
      orderType: 'limit',
      timeInForce: 'day',
      ...ORDER,
    });
  });

  it('with a number for a price are refused, because a float is no money', () => {
    const order = submitFromFields({ ...ORDER, price: 60000.5 });
    assert.ok(!order.ok);
    assert.equal(order.reply.status, 422);
    assert.match((order.reply.body as { text: string }).text, /price is 60000\.5/);
  });

  it('with a field missing, unknown or out of its list are refused by its name', () => {
    const texts = [
      submitFromFields({ ...ORDER, clientKey: undefined }),
      submitFromFields({ ...ORDER, sied: 'buy' }),
      submitFromFields({ ...ORDER, side: 'short' }),
      killSwitchFromFields({ on: 'yes' }),
    ].map((outcome) => (outcome.ok ? '' : (outcome.reply.body as { text: string }).text));
    assert.match(texts[0] ?? '', /^clientKey is missing/);
    assert.match(texts[1] ?? '', /^unknown field "sied"/);
    assert.match(texts[2] ?? '', /^side is "short"; expected one of buy, sell/);
    assert.match(texts[3] ?? '', /^on is "yes"/);
  });

  it('to add a member name the field that is wrong', () => {
    const good = { id: 4, name: 'n4', raft: '10.0.0.4:7101', api: '10.0.0.4:9091' };
    const raft = { host: '10.0.0.4', port: 7101 };
    assert.deepEqual(memberFromFields(good), { ok: true, value: { ...good, raft, api: { ...raft, port: 9091 } } });
    for (const [field, value] of [
      ['id', 0],
      ['id', '4'],
      ['id', 1.5],
      ['name', 'a b'],
      ['name', undefined],
      ['raft', 'nowhere'],
      ['raft', 'h:0'],
      ['api', 'h:65536'],
    ] as const) {
      const checked = memberFromFields({ ...good, [field]: value });
      assert.ok(!checked.ok && checked.reply.status === 422);
      assert.ok((checked.reply.body as { text: string }).text.startsWith(`${field} is `));
    }
  });

  it('that are no JSON object, or too large, are refused before anything is done', async () => {
    const statusOf = async (text: string): Promise<number> => {
      const body = await readBody(request(text));
      return body.ok ? 200 : body.reply.status;
    };
    assert.equal(await statusOf(''), 200);
    assert.equal(await statusOf('{"a":1}'), 200);
    assert.equal(await statusOf('[1]'), 400);
    assert.equal(await statusOf('{'), 400);
    assert.equal(await statusOf('x'.repeat(70_000)), 413);
  });

  it('to a known path with a wrong method learn the right one', () => {
    assert.deepEqual(findRoute('DELETE', '/orders'.split('/').slice(1)), { type: 'method', allowed: ['GET', 'POST'] });
    assert.deepEqual(findRoute('GET', '/nothing'.split('/').slice(1)), { type: 'none' });
    const found = findRoute('POST', '/orders/abc-1/cancel'.split('/').slice(1));
    assert.equal(found.type === 'found' && found.parameter, 'abc-1');
  });
});
