/** Who clients reach when a leader dies: Debian's HAProxy and keepalived, on hosts of their own, with the files of deploy/. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BalancerLab, labLacks } from './balancer-lab.ts';
import { FrontClient } from './front-client.ts';
import { switchOver } from './switch-over.ts';

const KILLS = 2;
const EVERY_MS = 5;
const TESTS = 2;
const MOVED_MS = 30_000;

const hears = createServer((request, response) => {
  let body = '';
  request.on('data', (part: Buffer) => {
    body += part.toString();
  });
  request.on('end', () => {
    if (request.url === '/v1/traces') spans.push(...spansOf(body));
    else {
      const told = new URLSearchParams(body);
      primaries.push(`${told.get('node')} ${told.get('term')}`);
    }
    response.end('ok');
  });
});
const primaries: string[] = [];
const spans: { readonly name: string; readonly node: string; readonly trace: string; readonly text: string }[] = [];

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: object;
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[];
  }[];
}

function spansOf(body: string): typeof spans {
  return (JSON.parse(body) as Exported).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const node = /"service.instance.id","value":{"stringValue":"(\w+)"/.exec(JSON.stringify(resource))?.[1] ?? '';
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({ name: span.name, node, trace: span.traceId, text: JSON.stringify(span) })),
    );
  });
}

describe('a dead leader', { skip: labLacks('haproxy', 'keepalived', 'curl') ?? false }, () => {
  let lab: BalancerLab;
  let passed = 0;

  before(async () => {
    hears.listen(0, '0.0.0.0');
    await once(hears, 'listening');
    lab = new BalancerLab({
      built: false,
      rehearse: false,
      timing: 'lan',
      told: ({ folder, gateway }) => ({
        onPromote: { command: ['/bin/sh', '-c', `echo $BATON_LEADER $BATON_TERM >> ${folder}/promoted`] },
        traces: { endpoint: `http://${gateway}:${(hears.address() as AddressInfo).port}/v1/traces` },
        loadBalancers: [
          { type: 'set-primary', url: `http://${gateway}:${(hears.address() as AddressInfo).port}/set-primary` },
        ],
      }),
    });
    await lab.start();
    lab.startKeepalived();
  });

  after(async () => {
    if (passed < TESTS) console.log(lab?.tails());
    await lab?.close();
    hears.close();
  });

  test('is replaced for who asks HAProxy, as soon as the next one has open gates', async () => {
    const client = new FrontClient(lab.front, EVERY_MS);
    client.start();
    let rest = { clOrdId: '' };
    /** Who led when the order was given, and when it was taken back. */
    const led = [(await lab.view.waitForOpenGate()).node];
    try {
      rest = await asked(lab, '/orders', { ...RESTING, clientKey: 'rests' });
      for (let kill = 0; kill < KILLS; kill++) {
        const { from, gateToAnswerMs, killToGateMs, term, to } = await switchOver(lab, client);
        const [gate, answer] = [killToGateMs, gateToAnswerMs].map((ms) => ms.toFixed(1));
        console.log(
          `${from} → ${to}: gate open ${gate} ms after the kill, first answer through HAProxy ${answer} ms later`,
        );
        assert.notEqual(from, to);
        led[1] = to;
        // What was told when it happened, and not what a health check found out: everybody whom the file names.
        await until(`${to} is told to be the primary of term ${term}`, () => primaries.includes(`${to} ${term}`));
        await until('the hook ran', () => readFileSync(`${lab.folder}/promoted`, 'utf8').includes(`${to} ${term}\n`));
        const knows = `haproxy knows of the promotion (term ${term},`;
        await until('HAProxy is told', () => lab.log(to).includes(knows));
      }
    } finally {
      client.stop();
    }
    const refused = [...client.statuses.keys()].filter((status) => ![0, 200, 307, 502, 503, 504].includes(status));
    assert.deepEqual(refused, []);
    // An order that lived through it is one trace, with the nodes that led meanwhile; and so is each takeover.
    await asked(lab, `/orders/${rest.clOrdId}/cancel`, { clientKey: 'ends', strategyId: RESTING.strategyId });
    await until('the trace of the order is told', () => spans.some(isOfRest));
    const { trace } = spans.find(isOfRest) ?? assert.fail('no trace');
    const stages = spans.filter((span) => span.trace === trace && span.name !== 'order');
    const tellers = stages.map(({ node }) => node);
    for (const node of led) assert.ok(tellers.includes(node), `no stage by ${node}: ${JSON.stringify(stages)}`);
    await until('a takeover is told', () => spans.some(({ name }) => name === 'takeover.failover'));
    passed += 1;
  });

  test('loses the virtual address of keepalived to the next one, where clients reach its API', async () => {
    await lab.whole();
    const { node } = await lab.view.waitForOpenGate();
    await until(`${node} alone has the virtual address`, () => String(lab.holders()) === node);
    const { atUs, term } = await lab.killLeader();
    const leader = await lab.view.waitForOpenGate({ termMin: term + 1 });
    assert.notEqual(leader.node, node);
    await until(`${leader.node} alone has it`, () => String(lab.holders()) === leader.node);
    await until(`${leader.node} answers at it`, async () => (await lab.answersAtVirtualAddress()) === leader.node);
    const tookMs = (performance.timeOrigin + performance.now() - atUs / 1000).toFixed(0);
    console.log(`${node} → ${leader.node}: the virtual address has moved ${tookMs} ms after the kill`);
    passed += 1;
  });
});

const RESTING = {
  ...{ symbol: 'BTC-USD', side: 'buy', orderType: 'limit', timeInForce: 'gtc', quantity: '0.001', price: '90' },
  strategyId: 'rests',
};
const isOfRest = ({ name, text }: (typeof spans)[number]): boolean =>
  name === 'order' && text.includes('"baton.order.client_key","value":{"stringValue":"rests"}');

async function asked(lab: BalancerLab, path: string, body: object): Promise<{ readonly clOrdId: string }> {
  const { host, port } = lab.front;
  const headers = { 'content-type': 'application/json' };
  // As a client does: the same again, with the same key, until somebody who leads has answered.
  for (const endMs = performance.now() + MOVED_MS; ; ) {
    const answer = await fetch(`http://${host}:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 200) return JSON.parse(text) as { readonly clOrdId: string };
    if (performance.now() > endMs) throw new Error(`${path} was answered with ${answer.status} ${text}`);
    await delay(50);
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + MOVED_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited ${MOVED_MS} ms until ${what}`);
    await delay(20);
  }
}
