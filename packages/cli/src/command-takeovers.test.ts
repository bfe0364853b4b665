/** The commands about takeovers, over the API of nodes that are only played: who is asked, what is told, with which code. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TakeoverReport } from '@baton/node';
import type { NodeStatus } from './node-client.ts';
import { captured } from './testing/captured-output.ts';
import { someLeader, someStatus } from './testing/some-status.ts';

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

const US = 1_767_614_400_000_000;

function report(n: number, node: string): TakeoverReport {
  const orders = [
    { clOrdId: 'A1', outcome: 'Voided' as const, evidence: 'NextExpectedMsgSeqNum' as const, detail: '789=42' },
  ];
  const settled = orders.map((order) => ({ ...order, index: 12, timeUs: US + 900 }));
  const phases = [{ phase: 'GateOpen' as const, index: 14, timeUs: US + 1234 }];
  return {
    n,
    kind: 'failover',
    term: 8,
    node,
    evidence: 'link to the leader closed',
    startedIndex: 10,
    startedUs: US,
    phasesUs: { gateOpen: US + 1300 },
    proof: { venue: 'SIM', nextExpected: 42, source: 'NextExpectedMsgSeqNum' },
    orders: orders.map((order) => ({ venue: 'SIM', ...order })),
    venues: [{ venue: 'SIM', phases, nextExpected: 42, proof: 'NextExpectedMsgSeqNum', orders: settled, unlisted: 0 }],
  };
}

/** Answers /status, /takeovers and every command. */
async function played(t: TestContext, status: NodeStatus, isRefused = false) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      asked.push({ path, body: text === '' ? undefined : JSON.parse(text) });
      const answer = isRefused ? { ok: false, code: 'BAD_COMMAND', text: 'not in question' } : { ok: true };
      const answers: Record<string, unknown> = {
        '/status': status,
        '/takeovers': [report(6, status.node), report(7, status.node)],
      };
      response.end(JSON.stringify(answers[path] ?? answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { via: ['--via', `127.0.0.1:${(server.address() as AddressInfo).port}`], asked };
}

test('the leader is asked, and each takeover is a line', async (t) => {
  const [one, two] = [await played(t, someStatus('n1')), await played(t, someLeader('n2'))];
  const { exitCode, out } = await captured('takeovers', ...one.via, ...two.via);
  assert.equal(exitCode, 0);
  assert.match(out, /^6 .*failover +8 +n2 /m);
  assert.match(out, /^7 /m);
  assert.equal(
    one.asked.some(({ path }) => path === '/takeovers'),
    false,
  );
});

test('one takeover is told whole, in words or as JSON with every time in µs', async (t) => {
  const { via } = await played(t, someLeader('n2'));
  const words = await captured('takeover', '7', ...via);
  assert.equal(words.exitCode, 0);
  assert.match(words.out, /order A1: Voided, by NextExpectedMsgSeqNum 789=42/);
  const { out } = await captured('takeover', '7', '--json', ...via);
  assert.deepEqual(JSON.parse(out), { schemaVersion: 1, ...report(7, 'n2') });
});

test('a takeover that is not there ends with 66 and says which are, a cluster that is not there with 69', async (t) => {
  const { via } = await played(t, someLeader('n2'));
  const unknown = await captured('takeover', '9', ...via);
  assert.equal(unknown.exitCode, 66);
  assert.match(unknown.err, /6 to 7/);
  assert.equal((await captured('takeovers', '--via', '127.0.0.1:1')).exitCode, 69);
});

test('an operator’s decision reaches the leader with its reason, and a refusal is told with a code', async (t) => {
  const { asked, via } = await played(t, someLeader('n2'));
  const numbers = ['--next-out', '5', '--next-in', '9'];
  assert.equal((await captured('accept-reset', 'SIM', ...numbers, '--reason', 'by phone', ...via)).exitCode, 0);
  assert.equal((await captured('settle', 'A1', '--as', 'voided', '--reason', 'by phone', ...via)).exitCode, 0);
  assert.deepEqual(asked.slice(-3), [
    { path: '/venues/SIM/accept-sequence-reset', body: { nextOut: 5, nextIn: 9, reason: 'by phone' } },
    { path: '/status', body: undefined },
    { path: '/orders/A1/settle', body: { outcome: 'Voided', reason: 'by phone' } },
  ]);
  const { via: refusing } = await played(t, someLeader('n2'), true);
  const refused = await captured('settle', 'A1', '--as', 'canceled', '--reason', 'r', ...refusing);
  assert.notEqual(refused.exitCode, 0);
  assert.match(refused.err, /refused: not in question/);
  assert.equal((await captured('settle', 'A1', '--as', 'filled', '--reason', 'r', ...refusing)).exitCode, 2);
});
