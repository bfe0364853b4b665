import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSomeApi, TOKENS, tokenPlan } from './testing/some-api.ts';

test('the console and its files are served without a token, and may talk to the nodes of the cluster alone', async (t) => {
  const api = await startSomeApi(t, tokenPlan());
  for (const path of ['/console', '/console/']) {
    const page = await fetch(`http://${api.address}${path}`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.ok(policy.includes(`connect-src 'self' http://${api.address} ws://${api.address};`), policy);
    assert.match(await page.text(), /src="\/console\/main\.js"/);
  }
  const script = await fetch(`http://${api.address}/console/main.js`);
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.equal(script.headers.get('x-content-type-options'), 'nosniff');
});

test('what is no file of the page is not found, and the rest of the API still wants a token', async (t) => {
  const api = await startSomeApi(t, tokenPlan());
  for (const name of ['none.js', 'model.test.ts', 'shapes.d.ts', '..%2fpackage.json', 'package.json', 'MAIN.js']) {
    const { status } = await fetch(`http://${api.address}/console/${name}`);
    assert.ok(status === 404 || status === 400, `${name}: ${status}`);
  }
  assert.equal((await fetch(`http://${api.address}/status`)).status, 401);
  const headers = { authorization: `Bearer ${TOKENS.reader}` };
  assert.equal((await fetch(`http://${api.address}/positions`, { headers })).status, 200);
});
