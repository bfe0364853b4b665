import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOf } from './plan.ts';
import type { Promotion, PromotionTarget } from './promotion-target.ts';
import { Promotions } from './promotions.ts';
import { ReceiverError } from './receiver.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { httpServer } from './testing/servers.ts';

function promotion(term: number, node = 'n2'): Promotion {
  return { cluster: 'demo', node, term, host: '10.0.0.2', api: '10.0.0.2:9091', others: ['n1', 'n3'] };
}

function rig(take: (given: Promotion, signal: AbortSignal) => Promise<void>, timeoutMs = 500) {
  const clock = new FakeClock();
  const told: [number, string][] = [];
  const target: PromotionTarget = { name: 't', timeoutMs, promote: take };
  const promotions = new Promotions({
    targets: [target],
    clock,
    told: (_name, { term }, _ms, problem) => told.push([term, problem]),
  });
  return { clock, promotions, told };
}

test('a target never hears of an older term after a newer one', async () => {
  const heard: number[] = [];
  let isDown = true;
  const { clock, promotions, told } = rig(async ({ term }) => {
    if (isDown) throw new ReceiverError('down');
    heard.push(term);
  });
  void promotions.leads(promotion(3));
  await settle();
  void promotions.leads(promotion(5, 'n1'));
  isDown = false;
  await clock.pass(10_000);
  void promotions.leads(promotion(4));
  await clock.pass(10_000);
  assert.deepEqual(heard, [5]);
  assert.deepEqual(told.at(-1), [5, '']);
});

test('a target that hangs is bounded and tried again, and not for ever', async () => {
  let tries = 0;
  const { clock, promotions, told } = rig(async (_given, signal) => {
    tries += 1;
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new ReceiverError('late'))));
  });
  const done = promotions.leads(promotion(1));
  await clock.pass(500);
  assert.deepEqual(told, [[1, 'late']]);
  await clock.pass(600_000);
  await done;
  assert.equal(tries, 12);
});

test('who no longer leads tells nobody any more', async () => {
  let tries = 0;
  const { clock, promotions } = rig(async () => {
    tries += 1;
    throw new ReceiverError('down');
  });
  const done = promotions.leads(promotion(1));
  await settle();
  promotions.ends();
  await clock.pass(600_000);
  await done;
  assert.equal(tries, 1);
});

test('set-primary is told as the requirements have it: host as a form field', async (t) => {
  const { posted, url } = await httpServer(t);
  const target = targetOf({ type: 'set-primary', name: 'lb', url: `${url}/set-primary`, token: '', timeoutMs: 1000 });
  await target.promote(promotion(7), AbortSignal.timeout(5000));
  assert.equal(posted[0]?.path, '/set-primary');
  assert.equal(posted[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
  const form = new URLSearchParams(posted[0]?.body);
  assert.deepEqual([form.get('host'), form.get('node'), form.get('term')], ['10.0.0.2', 'n2', '7']);
});

test('a hook gets who leads, and a hook that fails is not run again', async () => {
  const script = 'test "$BATON_LEADER $BATON_TERM $BATON_OTHERS" = "n2 7 n1 n3"';
  const hook = targetOf({ type: 'hook', name: 'onPromote', command: ['/bin/sh', '-c', script], timeoutMs: 1000 });
  await hook.promote(promotion(7), AbortSignal.timeout(5000));
  await assert.rejects(hook.promote(promotion(8), AbortSignal.timeout(5000)), (error: ReceiverError) => error.isFinal);
});
