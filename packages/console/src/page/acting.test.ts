import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carryOut } from './acting.js';

const PARTS = { reason: 'r', token: '', leaderApi: () => 'n1:1' };
const done = { ok: true, body: { leader: 'n2' }, index: 1 } as const;
const refusal = (code: string, status = 409) =>
  ({ ok: false, status, problem: { code, text: 't', remedy: 'r' } }) as const;
type Answer = typeof done | ReturnType<typeof refusal>;

const access = (cluster: Answer, gates: string[] = [], missing: string[] = []) => ({
  act: () => Promise.resolve(cluster),
  killSwitch: () => Promise.resolve({ gates, missing, cluster }),
});

test('a kill switch that closed gates and is not in the log is told as neither done nor not done', async () => {
  const { ok, words } = await carryOut(access(refusal('NO_LEADER'), ['n1'], ['n2']), 'kill', {}, PARTS);
  assert.equal(ok, false);
  assert.match(
    words,
    /^Gates of n1 did as asked\. No answer or a refusal from n2\. The cluster's log does not have it: NO_LEADER/,
  );
});

test('what was refused is not done, what nobody knows is unknown, and a role that lacks asks for a token', async () => {
  assert.match((await carryOut(access(refusal('CONFLICT')), 'drain', {}, PARTS)).words, /^Not done\. CONFLICT/);
  assert.match((await carryOut(access(refusal('OUTCOME_UNKNOWN', 0)), 'transfer', {}, PARTS)).words, /^Unknown\./);
  const refused = await carryOut(access(refusal('FORBIDDEN', 403), [], ['n1']), 'kill', {}, PARTS);
  assert.deepEqual([refused.ok, refused.needsToken], [false, true]);
  assert.match(refused.words, /^Not done\. FORBIDDEN/);
});

test('a hand-over says who leads now', async () => {
  assert.deepEqual(await carryOut(access(done), 'transfer', {}, PARTS), { ok: true, words: 'n2 leads.' });
});
