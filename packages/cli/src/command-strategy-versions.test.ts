/** The commands about versions of strategies, over the API of a node that is only played: what is asked, told, refused. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { DeploymentView, StrategiesView } from '@baton/node';
import { captured } from './testing/captured-output.ts';
import { someLeader } from './testing/some-status.ts';

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

function version(
  deployment: number,
  place: DeploymentView['place'],
  state: 'running' | 'code-missing',
): DeploymentView {
  const reason = state === 'running' ? '' : 'maker.ts cannot be read here';
  const here = {
    strategyId: 'maker',
    deployment,
    state,
    reason,
    restarts: 2,
    slowestMs: 7,
    slowest: 'bar',
    waiting: 0,
    warmUp: { isOver: true, bars: 0, problem: '' },
  };
  return {
    deployment,
    place,
    version: deployment === 0 ? '' : `maker ${deployment}`,
    file: 'maker.ts',
    digest: 'ab',
    parameters: { quantity: '1' },
    mode: 'shadow',
    memoryMb: 64,
    onFailure: 'restart',
    ordersOnHalt: 'leave',
    stateFrom: 'active',
    by: 'ann',
    reason: '',
    index: 4,
    timeUs: 5,
    activeIndex: 0,
    here,
  };
}

function view(candidate: 'running' | 'code-missing'): StrategiesView {
  const deployments = [version(0, 'active', 'running'), version(1, 'candidate', candidate)];
  const paused = { reason: 'lunch', by: 'ann', index: 9 };
  const maker = { strategyId: 'maker', isConfigured: true, paused, deployments, state: null, traffic: null };
  return { node: 'n1', index: 12, paused: null, strategies: [maker] };
}

/** A leader that knows one strategy; commands are answered by `answers`, the last one again and again. */
async function played(
  t: TestContext,
  candidate: 'running' | 'code-missing',
  ...answers: readonly { readonly status: number; readonly body: unknown }[]
): Promise<{ readonly via: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const path = request.url ?? '';
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (path === '/status') return send(200, someLeader('n1'));
    if (path === '/strategies') return send(200, view(candidate));
    asked.push({ path, body: chunks.length === 0 ? null : (JSON.parse(Buffer.concat(chunks).toString()) as unknown) });
    const answer = left.length > 1 ? left.shift() : left[0];
    return send(answer?.status ?? 200, answer?.body ?? { ok: true, clOrdId: '', duplicate: false });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { via: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('the list tells every version, its place, how it fares and why one rests', async (t) => {
  const { via } = await played(t, 'code-missing');
  const { exitCode, out } = await captured('strategy', 'list', '--via', via);
  assert.equal(exitCode, 0);
  assert.match(out, /maker +0 +active +as configured/);
  assert.match(out, /maker +1 +candidate +maker 1 .*code-missing/);
  assert.match(out, /maker\.1 code-missing: maker\.ts cannot be read here/);
  assert.match(out, /maker is paused by ann: lunch/);
  const json = JSON.parse((await captured('strategy', 'list', '--via', via, '--json')).out) as StrategiesView;
  assert.equal(json.strategies[0]?.deployments.length, 2);
});

test('a promotion names the candidate, and is refused while a node lacks its code, unless it is forced', async (t) => {
  const lacking = await played(t, 'code-missing');
  const refused = await captured('strategy', 'promote', 'maker', '--via', lacking.via);
  assert.equal(refused.exitCode, 77);
  assert.match(refused.err, /not every node can run deployment 1 of maker:\n.*n1: maker\.ts cannot be read here/);
  assert.deepEqual(lacking.asked, []);
  const forced = await captured('strategy', 'promote', 'maker', '--via', lacking.via, '--force', '--by', 'bob');
  assert.equal(forced.exitCode, 0);
  const body = { by: 'bob', reason: '', force: true, deployment: 1 };
  assert.deepEqual(lacking.asked, [{ path: '/strategies/maker/promote', body }]);
});

test('a request whose outcome a dead leader left unknown is sent again with the same words', async (t) => {
  const unknown = { status: 504, body: { code: 'OUTCOME_UNKNOWN', text: 'leadership changed', remedy: 'repeat it' } };
  const done = { status: 200, body: { ok: true, clOrdId: '', duplicate: true } };
  const { asked, via } = await played(t, 'running', unknown, done);
  const words = ['maker', 'quantity=2', 'note=x', '--via', via, '--reason', 'calmer', '--by', 'ann'];
  const { err, exitCode } = await captured('strategy', 'parameters', ...words);
  assert.equal(exitCode, 0);
  assert.match(err, /done already/);
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[1], asked[0]);
  assert.deepEqual(asked[0]?.body, { by: 'ann', reason: 'calmer', parameters: { quantity: 2, note: 'x' } });
});

test('what the ledger refuses is told with its text, and is no success', async (t) => {
  const denied = {
    status: 200,
    body: { ok: false, code: 'UNKNOWN_DEPLOYMENT', text: 'there is no version to go back to' },
  };
  const { asked, via } = await played(t, 'running', denied);
  const { err, exitCode } = await captured('strategy', 'rollback', 'maker', '--via', via);
  assert.equal(exitCode, 1);
  assert.match(err, /no version to go back to/);
  assert.equal(asked[0]?.path, '/strategies/maker/rollback');
});

test('a pause without a name is one of all', async (t) => {
  const { asked, via } = await played(t, 'running');
  assert.equal((await captured('strategy', 'pause', '--via', via)).exitCode, 0);
  assert.equal((await captured('strategy', 'resume', 'maker', '--via', via)).exitCode, 0);
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['/strategies/pause', '/strategies/maker/resume'],
  );
});
