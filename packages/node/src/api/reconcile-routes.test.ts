/** The routes of reconciliation: what they ask for, what they refuse, and who may ask. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ApiSubject } from './subject.ts';
import { type SomeApi, startSomeApi, TOKENS, tokenPlan } from './testing/some-api.ts';

const OPEN = { hosts: [], tokens: [] };

async function post(
  { address }: SomeApi,
  path: string,
  body: object,
  token = '',
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`http://${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** A leader whose comparisons end so. */
function leading(t: TestContext, outcome: object, asked: string[] = []): Promise<SomeApi> {
  const reconciler = {
    run: async (venue: string) => {
      asked.push(venue);
      return outcome;
    },
  } as unknown as ApiSubject['reconciler'];
  return startSomeApi(t, OPEN, { leadingTerm: 3, reconciler });
}

test('a comparison is asked for by the name of the venue, and answered with what it found', async (t) => {
  const asked: string[] = [];
  const outcome = { ok: true, run: 7, findings: 2, waiting: 1, untold: '' };
  const api = await leading(t, outcome, asked);
  const { body, status } = await post(api, '/venues/SIM/reconcile', {});
  assert.equal(status, 200);
  assert.deepEqual(body, outcome);
  assert.deepEqual(asked, ['SIM']);
});

test('a venue that cannot be read is a refusal with the reason, not an error', async (t) => {
  const api = await leading(t, { ok: false, reason: 'SIM cannot be read now' });
  const { body, status } = await post(api, '/venues/SIM/reconcile', {});
  assert.deepEqual([status, body['code'], body['text']], [409, 'NOT_RECONCILED', 'SIM cannot be read now']);
});

test('a node that does not lead compares nothing', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const { body, status } = await post(api, '/venues/SIM/reconcile', {});
  assert.deepEqual([status, body['code']], [503, 'NO_LEADER']);
});

test('an operator\u2019s word about a finding becomes the command that says so; to approve is the default', async (t) => {
  const api = await startSomeApi(t, OPEN);
  const word = { id: 'position-differs/SIM/BTC-USD/1', by: 'ada', reason: 'transfer' };
  assert.equal((await post(api, '/venues/SIM/acknowledge', word)).status, 200);
  assert.equal((await post(api, '/venues/SIM/acknowledge', { ...word, approve: false })).status, 200);
  const { by, id: findingId, reason } = word;
  const command = { type: 'AcknowledgeFinding', venue: 'SIM', findingId, by, reason };
  assert.deepEqual(api.commands, [
    { ...command, approve: true },
    { ...command, approve: false },
  ]);
});

test('a word without an id, or without who gives it, reaches nobody', async (t) => {
  const api = await startSomeApi(t, OPEN);
  for (const [path, body] of [
    ['/venues/SIM/acknowledge', { by: 'ada' }],
    ['/venues/SIM/acknowledge', { id: 'x' }],
    ['/venues/SIM/acknowledge', { id: 'x', by: 'ada', approve: 'yes' }],
    ['/venues/SIM/acknowledge', { id: 'x', by: 'ada', more: 1 }],
    ['/venues/SIM/accept-cold-start', { by: 'ada' }],
    ['/venues/SIM/accept-cold-start', { reason: 'seen' }],
    ['/ramp/guard', { rejectsMax: -1, reason: 'x' }],
  ] as const) {
    const { status } = await post(api, path, body);
    assert.ok(status === 400 || status === 422, `${path} ${JSON.stringify(body)}: ${status}`);
  }
  assert.deepEqual(api.commands, []);
});

test('a refused cold start goes on when an operator accepts it, by name and with a reason', async (t) => {
  const api = await startSomeApi(t, OPEN);
  assert.equal((await post(api, '/venues/SIM/accept-cold-start', { by: 'ada', reason: 'seen' })).status, 200);
  assert.deepEqual(api.commands, [{ type: 'AcceptColdStart', venue: 'SIM', by: 'ada', reason: 'seen' }]);
});

test('what acts on the books needs the role of an operator; reading them does not', async (t) => {
  const api = await startSomeApi(t, tokenPlan());
  const word = { id: 'x', by: 'ada' };
  assert.equal((await post(api, '/venues/SIM/acknowledge', word, TOKENS.trader)).status, 403);
  assert.equal((await post(api, '/venues/SIM/reconcile', {}, TOKENS.reader)).status, 403);
  const read = await fetch(`http://${api.address}/reconciliation`, {
    headers: { authorization: `Bearer ${TOKENS.reader}` },
  });
  assert.equal(read.status, 200);
  assert.deepEqual(await read.json(), { runs: [], findings: [], coldStart: null });
  assert.deepEqual(api.commands, []);
});
