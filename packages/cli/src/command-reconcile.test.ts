/** The commands of reconciliation, over the API of a node that is only played: what is asked, what is told, with which code. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { captured } from './testing/captured-output.ts';
import { someLeader } from './testing/some-status.ts';

const ID = 'position-differs/SIM/BTC-USD/-2';
const FINDING = {
  id: ID,
  venue: 'SIM',
  class: 'position-differs',
  source: 'venue',
  symbol: 'BTC-USD',
  subject: 'BTC-USD',
  ours: '3',
  theirs: '1',
  outcome: 'waiting',
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Answers like a leader whose books differ in `findings`; `refused`: commands are. */
async function played(t: TestContext, findings: readonly object[], refused: '' | 'compare' | 'decide' = '') {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method = '', url: path = '' } = request;
      asked.push({ method, path, body: text === '' ? undefined : JSON.parse(text) });
      const answer = (status: number, body: object): void => {
        response.statusCode = status;
        response.end(JSON.stringify(body));
      };
      if (path === '/status') answer(200, someLeader('n1'));
      else if (path === '/reconciliation') answer(200, { findings: findings.slice(0, 500), runs: [], coldStart: null });
      else if (path.startsWith('/reconciliation?after='))
        answer(200, { findings: findings.filter((_, at) => at >= Number(path.slice(22))), runs: [] });
      else if (path !== '/venues/SIM/reconcile') {
        answer(
          200,
          refused === 'decide' ? { ok: false, code: 'BAD_COMMAND', text: 'it waits for nobody' } : { ok: true },
        );
      } else if (refused === 'compare')
        answer(503, { code: 'NOT_COMPARED', text: 'SIM cannot be read now', remedy: '' });
      else answer(200, { ok: true, run: 7, findings: findings.length, waiting: findings.length, untold: '' });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return { via: ['--api', `127.0.0.1:${(server.address() as AddressInfo).port}`], asked };
}

test('every venue is compared now; books that agree end with 0', async (t) => {
  const { asked, via } = await played(t, []);
  const { exitCode, out } = await captured('reconcile', ...via);
  assert.equal(exitCode, 0);
  assert.match(out, /SIM: 0 differences, 0 wait for an operator\nnothing waits for an operator/);
  assert.ok(asked.some(({ method, path }) => method === 'POST' && path === '/venues/SIM/reconcile'));
});

test('what waits for an operator is told with both sides, and the code is 1', async (t) => {
  const { via } = await played(t, [FINDING]);
  const { exitCode, out } = await captured('reconcile', ...via);
  assert.equal(exitCode, 1);
  assert.match(out, /position-differs\/SIM\/BTC-USD\/-2\n {2}ours: 3; theirs: 1/);
});

test('--list compares nothing, and --json is what the log knows', async (t) => {
  const { asked, via } = await played(t, [FINDING]);
  const { exitCode, out } = await captured('reconcile', '--list', '--json', ...via);
  assert.equal(exitCode, 1);
  assert.deepEqual(JSON.parse(out).findings, [FINDING]);
  assert.ok(asked.every(({ method }) => method === 'GET'));
});

test('of a node that tells of findings in pages all are told', async (t) => {
  const many = Array.from({ length: 1200 }, (_, n) => ({ ...FINDING, id: `${ID}/${n}`, firstIndex: n + 1 }));
  const { via } = await played(t, many);
  const { out } = await captured('reconcile', '--list', '--json', ...via);
  assert.deepEqual(JSON.parse(out).findings, many);
});

test('a venue that cannot be compared ends with 75 and says why; no leader with 69', async (t) => {
  const { via } = await played(t, [], 'compare');
  const { exitCode, out } = await captured('reconcile', ...via);
  assert.equal(exitCode, 75);
  assert.match(out, /SIM: not compared: .*cannot be read now/);
  assert.equal((await captured('reconcile', '--api', '127.0.0.1:1')).exitCode, 69);
});

test('an operator’s word reaches the leader with name and reason; --dismiss approves nothing', async (t) => {
  const { asked, via } = await played(t, [FINDING]);
  assert.equal((await captured('reconcile', 'ack', ID, '--by', 'ada', '--reason', 'transfer', ...via)).exitCode, 0);
  assert.deepEqual(asked.at(-1)?.body, { id: ID, approve: true, by: 'ada', reason: 'transfer' });
  assert.equal((await captured('reconcile', 'ack', ID, '--by', 'ada', '--dismiss', ...via)).exitCode, 0);
  assert.deepEqual(asked.at(-1)?.body, { id: ID, approve: false, by: 'ada', reason: '' });
  assert.equal((await captured('reconcile', 'ack', ID, ...via)).exitCode, 2, 'nobody decides nothing');
});

test('a finding that is not there ends with 66, a refused decision with 1 and the reason', async (t) => {
  const { via } = await played(t, [FINDING], 'decide');
  assert.equal((await captured('reconcile', 'ack', 'none', '--by', 'ada', ...via)).exitCode, 66);
  const { err, exitCode } = await captured('reconcile', 'ack', ID, '--by', 'ada', ...via);
  assert.equal(exitCode, 1);
  assert.match(err, /refused: it waits for nobody/);
});

test('a venue that a cold start refused is let go on by name, with a reason', async (t) => {
  const { asked, via } = await played(t, []);
  const given = ['--by', 'ada', '--reason', 'looked at it'];
  assert.equal((await captured('reconcile', 'accept-cold', 'SIM', ...given, ...via)).exitCode, 0);
  assert.equal(asked.at(-1)?.method, 'POST');
  assert.match(asked.at(-1)?.path ?? '', /SIM/);
  assert.deepEqual(asked.at(-1)?.body, { by: 'ada', reason: 'looked at it' });
  assert.equal((await captured('reconcile', 'accept-cold', 'SIM', '--by', 'ada', ...via)).exitCode, 2);
});
