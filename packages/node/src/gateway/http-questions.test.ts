import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { HttpQuestions } from './http-questions.ts';
import type { ReportFields } from './venue-questions.ts';

const ADDRESS = { host: 'venue', port: 9881 };
const ORDER = {
  orderId: 'V1',
  clOrdId: 'A1',
  symbol: 'BTC-USD',
  side: 'buy',
  quantity: '10',
  cumQuantity: '4',
  leavesQuantity: '6',
  status: 'partially-filled',
  fills: [{ execId: 'x1', price: '100.5', quantity: '4' }],
};

/** A server that answers each request with the next of these texts, and what was asked of it. */
function scene(answers: readonly string[]) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const asked: string[] = [];
  let n = 0;
  network.host('venue').listen(
    ADDRESS,
    (connection) => ({
      onData: (bytes) => {
        const requests = Buffer.from(bytes).toString('latin1').split('\r\n\r\n').slice(0, -1);
        for (const request of requests) {
          asked.push(request);
          // In two pieces, as networks do.
          const answer = Buffer.from(answers[n++] ?? '');
          connection.write(answer.subarray(0, 20));
          connection.write(answer.subarray(20));
        }
      },
      onClose: () => {},
    }),
    (outcome) => assert.equal(outcome.ok, true),
  );
  const questions = new HttpQuestions({
    network: network.host('node'),
    clock,
    address: ADDRESS,
    tls: undefined,
    apiKey: 'BATON',
  });
  const ask = (...clOrdIds: string[]): ReportFields[] | undefined => {
    let reports: readonly ReportFields[] | undefined;
    questions.ask(clOrdIds, (answered) => {
      reports = answered;
    });
    clock.advance(4000);
    return reports === undefined ? undefined : [...reports];
  };
  return { ask, asked };
}

function json(status: number, body: unknown, more = ''): string {
  const text = JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${more}\r\n${text}`;
}

function has(fields: ReportFields | undefined, wanted: Readonly<Record<number, string>>): void {
  for (const [tag, value] of Object.entries(wanted)) {
    assert.equal(fields?.find(([one]) => one === Number(tag))?.[1], value, `tag ${tag}`);
  }
}

describe('questions over HTTP', () => {
  it('an order comes back as its executions, then how it stands; what the venue does not know as unknown', () => {
    const { ask, asked } = scene([json(200, ORDER), json(404, { code: 'UNKNOWN_ORDER', text: '' })]);
    const reports = ask('A1', 'A 2');
    assert.equal(reports?.length, 3);
    has(reports[0], { 11: 'A1', 17: 'x1', 150: 'F', 32: '4', 31: '100.5' });
    has(reports[1], { 11: 'A1', 17: '0', 150: 'I', 39: '1', 14: '4', 151: '6' });
    has(reports[2], { 11: 'A 2', 39: '8', 103: '5' });
    assert.match(asked[0] ?? '', /^GET \/api\/orders\/A1 HTTP\/1\.1\r\nhost: venue:9881\r\napi-key: BATON$/);
    assert.match(asked[1] ?? '', /A%202/);
  });

  it('chunked answers are read, too', () => {
    const text = JSON.stringify(ORDER);
    const half = text.length >> 1;
    const chunk = (part: string): string => `${part.length.toString(16)}\r\n${part}\r\n`;
    const answer = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk(text.slice(0, half))}${chunk(text.slice(half))}0\r\n\r\n`;
    assert.equal(scene([answer]).ask('A1')?.length, 2);
  });

  it('a venue that has had enough is asked again when it says', () => {
    const { ask, asked } = scene([json(429, {}, 'retry-after: 1\r\n'), json(200, ORDER)]);
    assert.equal(ask('A1')?.length, 2);
    assert.equal(asked.length, 2);
  });

  it('what is no answer is none: no conclusion is drawn from errors, nonsense or hostile fields', () => {
    for (const answer of [
      json(500, {}),
      json(404, { code: 'NOT_OFFERED' }),
      json(200, {}),
      json(200, null),
      json(200, { ...ORDER, clOrdId: 'A1\u0001150=F' }),
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nno!',
      'SSH-2.0-OpenSSH_9.9 and so on and on\r\n\r\n',
    ]) {
      assert.equal(scene([answer]).ask('A1'), undefined, answer);
    }
  });
});
