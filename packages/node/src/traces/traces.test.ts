/** Traces, as a collector on loopback gets them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Ledger, LedgerEvent, OrderState, OrderView, TakeoverRecord } from '@baton/ledger';
import type { ScribeState, ScribeStep } from '@baton/scribe';
import type { Span } from './span.ts';
import { TraceExporter } from './trace-exporter.ts';
import { VERSION } from './trace-place.ts';
import { TraceSink } from './trace-sink.ts';

const NOW_US = 1_767_614_400_000_000;
const HEX = (digits: number): RegExp => new RegExp(`^[0-9a-f]{${digits}}$`);

const order = (state: OrderState, more: Partial<OrderView> = {}): OrderView =>
  ({
    clOrdId: 'C1',
    rootClOrdId: 'C1',
    clientKey: 'k1',
    strategyId: 'maker',
    venue: 'SIM',
    symbol: 'BTC-USD',
    side: 'buy',
    quantity: '1',
    price: '60000',
    state,
    reason: '',
    createdIndex: 10,
    createdTimeUs: NOW_US,
    external: false,
    ...more,
  }) as OrderView;

const TAKEOVER: TakeoverRecord = {
  n: 1,
  term: 4,
  node: 2,
  cause: 'link closed',
  kind: 'failover',
  startedIndex: 12,
  startedUs: NOW_US + 2000,
  timings: [{ step: 'deathSeen', timeUs: NOW_US + 1500 }],
  venues: [
    {
      venue: 'SIM',
      phases: [{ phase: 'GateOpen', index: 13, timeUs: NOW_US + 3000 }],
      nextExpected: 0,
      proof: '',
      orders: [],
      unlisted: 0,
    },
  ],
};

/** A scribe's sink on a node, with a log that tells it what the test says. */
function rig(nodeId: number, sampleOneIn = 1) {
  const told: Span[] = [];
  let takeoverNode = 1;
  let nowUs = NOW_US;
  const ledger = {
    status: () => ({ takeoverNode }),
    takeovers: ({ after = 0 }) => (takeoverNode === 2 && after < 1 ? [TAKEOVER] : []),
  } as unknown as Ledger;
  const sink = new TraceSink({
    nodeId,
    nameOf: (id) => `n${id}`,
    about: ['demo', 1],
    sampleOneIn,
    wallUs: () => nowUs,
    tell: (spans) => told.push(...spans),
  });
  const apply = (index: number, ...events: object[]): void => {
    const at = events.map((event, n) => ({ ...event, index, n, timeUs: NOW_US + 1000 * (index - 10) }));
    sink.apply({ entry: { index }, applied: { events: at as LedgerEvent[] }, ledger } as unknown as ScribeStep);
  };
  const changed = (index: number, state: OrderState, more: Partial<OrderView> = {}): void =>
    apply(index, { type: 'OrderChanged', order: order(state, more) });
  return {
    told,
    apply,
    changed,
    leads: (node: number) => {
      takeoverNode = node;
    },
    timePasses: (us: number) => {
      nowUs += us;
      sink.look({ ledger } as unknown as ScribeState);
    },
  };
}

/** An order that is sent under n1, and filled under n2, which has taken over. */
function storyOf(node: ReturnType<typeof rig>): void {
  node.changed(10, 'Sent');
  node.changed(11, 'Working');
  node.leads(2);
  node.apply(13, { type: 'GateOpened', term: 4, venue: 'SIM' });
  const fill = { type: 'FillApplied', clOrdId: 'C1', execId: 'E1', quantity: '1', price: '60000' };
  node.apply(14, { type: 'OrderChanged', order: order('Filled') }, fill);
}

test('an order is one trace over the nodes that led, told by the one that leads when it ends', () => {
  const [first, second] = [rig(1), rig(2)];
  for (const node of [first, second]) storyOf(node);
  assert.deepEqual(first.told, []);
  const [root, sent, working] = second.told;
  assert.deepEqual(
    second.told.map(({ endUs, name, node, startUs }) => [node, name, startUs - NOW_US, endUs - NOW_US]),
    [
      ['n1', 'order', 0, 4000],
      ['n1', 'order.Sent', 0, 1000],
      ['n1', 'order.Working', 1000, 4000],
    ],
  );
  for (const child of [sent, working]) {
    assert.deepEqual([child?.traceId, child?.parentSpanId], [root?.traceId, root?.spanId]);
  }
  assert.deepEqual(
    root?.events.map(({ attributes, name }) => [name, attributes['baton.node']]),
    [['fill', 'n2']],
  );
  assert.equal(root?.attributes['baton.order.state'], 'Filled');
});

test('a takeover is a trace, with what only the next leader saw, once its times are in the log', () => {
  const node = rig(2);
  storyOf(node);
  node.told.length = 0;
  node.timePasses(1_000_000);
  assert.deepEqual(node.told, []);
  node.timePasses(3_000_000);
  assert.deepEqual(
    node.told.map(({ endUs, name, startUs }) => [name, startUs - NOW_US, endUs - NOW_US]),
    [
      ['takeover.failover', 1500, 3000],
      ['takeover.deathSeen', 1500, 1500],
      ['takeover.SIM.GateOpen', 1500, 3000],
    ],
  );
  node.timePasses(3_000_000);
  assert.equal(node.told.length, 3);
});

test('orders whose beginning was not seen, foreign ones, and what is long ago, are not told', () => {
  const node = rig(1);
  node.changed(12, 'Working');
  node.changed(13, 'Filled');
  node.changed(10, 'Working', { external: true, clOrdId: 'X', rootClOrdId: 'X' });
  node.changed(11, 'Filled', { external: true, clOrdId: 'X', rootClOrdId: 'X' });
  node.changed(10, 'Sent', { clOrdId: 'Y', rootClOrdId: 'Y' });
  node.timePasses(120_000_000);
  node.changed(11, 'Filled', { clOrdId: 'Y', rootClOrdId: 'Y' });
  assert.deepEqual(node.told, []);
});

test('of one in ten the same are traced on every node, and refusals are errors', () => {
  const traced = [rig(1, 10), rig(1, 10)].map((node) => {
    for (let n = 0; n < 300; n++)
      node.changed(10, 'Denied', { clOrdId: `C${n}`, rootClOrdId: `C${n}`, reason: 'LIMIT' });
    return node.told.map(({ problem, traceId }) => [traceId, problem]);
  });
  assert.deepEqual(traced[0], traced[1]);
  const count = traced[0]?.length ?? 0;
  assert.ok(count > 5 && count < 80, `${count} of 300`);
  assert.equal(traced[0]?.[0]?.[1], 'Denied LIMIT');
});

interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: readonly object[] };
      readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[];
    }[];
  };
}

/** A collector on loopback that answers with these numbers in turn, the last one for ever. */
async function collector(t: TestContext, ...answers: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => {
      text += part.toString();
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Received['body'] });
      response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 200).end('{}');
      server.emit('received');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const problems: string[] = [];
  const delays: number[] = [];
  const exporter = new TraceExporter({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    headers: { authorization: 'Bearer secret' },
    teller: { cluster: 'demo', version: VERSION, environment: 'test' },
    clock: {
      monotonicUs: () => 0,
      setTimer: (delayMs, callback) => {
        delays.push(delayMs);
        setImmediate(callback);
        return { cancel: () => {} };
      },
    },
    trouble: (problem) => {
      problems.push(problem);
      server.emit('trouble');
    },
  });
  return { received, exporter, problems, delays, heard: (what: 'received' | 'trouble') => once(server, what) };
}

function someSpans(): Span[] {
  const node = rig(2);
  storyOf(node);
  return node.told;
}

test('a collector gets OTLP in JSON, by node, with the header that the file holds', async (t) => {
  const { exporter, heard, received } = await collector(t, 200);
  const gone = heard('received');
  exporter.add(someSpans());
  await gone;
  const [{ body, headers } = assert.fail('nothing was received')] = received;
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['authorization'], 'Bearer secret');
  const [of = assert.fail('no resource')] = body.resourceSpans;
  assert.deepEqual(of.resource.attributes, [
    { key: 'service.name', value: { stringValue: 'baton' } },
    { key: 'service.namespace', value: { stringValue: 'demo' } },
    { key: 'service.instance.id', value: { stringValue: 'n1' } },
    { key: 'service.version', value: { stringValue: VERSION } },
    { key: 'deployment.environment.name', value: { stringValue: 'test' } },
  ]);
  const spans = of.scopeSpans[0]?.spans ?? [];
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['order', 'order.Sent', 'order.Working'],
  );
  for (const { endTimeUnixNano, kind, spanId, startTimeUnixNano, traceId } of spans) {
    assert.match(String(traceId), HEX(32));
    assert.match(String(spanId), HEX(16));
    assert.equal(kind, 1);
    for (const time of [startTimeUnixNano, endTimeUnixNano]) assert.match(String(time), /^17676144[0-9]{8}000$/);
  }
  const index = ((spans[0]?.['attributes'] ?? []) as { key: string; value: object }[]).find(
    ({ key }) => key === 'baton.index',
  );
  assert.deepEqual(index?.value, { intValue: '10' });
});

test('a collector that is busy gets them later, once; one that refuses them does not, and both are told', async (t) => {
  const busy = await collector(t, 503, 200);
  const taken = busy.heard('trouble').then(() => busy.heard('trouble'));
  busy.exporter.add(someSpans());
  await taken;
  assert.equal(busy.received.length, 2);
  assert.deepEqual(busy.received[0]?.body, busy.received[1]?.body);
  assert.match(busy.problems[0] ?? '', /^127\.0\.0\.1:[0-9]+ answered 503$/);
  assert.equal(busy.problems[1], '');
  assert.deepEqual(busy.delays, [1000, 2000]);
  const wrong = await collector(t, 400);
  const refused = wrong.heard('trouble');
  wrong.exporter.add(someSpans());
  await refused;
  assert.deepEqual([wrong.received.length, wrong.exporter.droppedCount], [1, 3]);
});

test('without a collector the oldest are given up, and memory stays bounded', () => {
  const exporter = new TraceExporter({
    url: 'http://127.0.0.1:9/v1/traces',
    headers: {},
    teller: { cluster: 'demo', version: VERSION, environment: '' },
    clock: { monotonicUs: () => 0, setTimer: () => ({ cancel: () => {} }) },
    trouble: () => {},
  });
  const span = someSpans()[0] ?? assert.fail('no span');
  exporter.add(Array.from({ length: 10_050 }, () => span));
  assert.equal(exporter.droppedCount, 50);
});

test('the version that traces tell is that of the package', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  assert.equal((JSON.parse(text) as { readonly version: string }).version, VERSION);
});
