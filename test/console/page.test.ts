/** The page of a real cluster in a real browser: what it shows, what it follows, what cannot harm it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, pageOf, shows, startBrowser, startCluster, TIMEOUT_MS, until, WITH_BROWSER } from './console-run.ts';

/** Longest that a strategy's id may be, and what a browser would love to run. */
const HOSTILE = [
  '"><img src=x onerror="window.harmed=1">',
  '<script>window.harmed=1</script>',
  "'-alert(1)-'",
  '\u202e\u0007fdp.exe',
  'javascript:window.harmed=1',
] as const;

test('the page in a browser', WITH_BROWSER, async (t) => {
  const cluster = await startCluster(t);
  const browser = await startBrowser(t);
  const apis = new Set(cluster.view.nodes.map(({ api }) => api));
  // On a busy machine leadership moves by itself: each test asks who leads when it needs to know.
  const leading = async (): Promise<string> => (await cluster.waitUntilTrading({ timeoutMs: TIMEOUT_MS })).node;

  await t.test(
    'shows three nodes, who leads, positions, orders, fills, sessions, and asks nobody but the nodes',
    async () => {
      const { asked, errors, page } = await openPage(browser, pageOf(cluster, 'n1'));
      await shows(page, '#leadership', /n\d leads, term \d+, gate open/);
      await until('three cards that are heard', async () => {
        const roles = await page
          .locator('#nodes > li')
          .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-role')));
        return roles.toSorted().join() === 'follower,follower,leader';
      });
      for (const fact of ['term', 'committed', 'log head']) {
        await shows(page, `#nodes > li[data-key="n1"] [data-fact="${fact}"]`, /^\d+$/);
      }
      await shows(page, '#nodes > li[data-role="follower"] [data-fact="lag"]', /^\d+ entr(y|ies)$/);
      await shows(page, '#sessions', /SIM.*active.*open/);
      await shows(page, '#orders', /pingpong/);
      await shows(page, '#fills', /BTC-USD/);
      await shows(page, '#positions', /BTC-USD.*A1/);
      await shows(page, '#strategies', /pingpong.*running/);
      await shows(page, '#health', /good/);
      await shows(page, '#takeovers h3', /n\d took over in term \d+: .* to the open gate/);
      const before = await page.locator('#fills tr').first().getAttribute('data-key');
      await until(
        'the next fill',
        async () => (await page.locator('#fills tr').first().getAttribute('data-key')) !== before,
      );
      assert.deepEqual(errors, []);
      assert.deepEqual(
        [...asked].filter((host) => !apis.has(host)),
        [],
      );
      await page.context().close();
    },
  );

  await t.test('shows what others wrote as text, and nothing of it runs', async () => {
    const { errors, page } = await openPage(browser, pageOf(cluster, 'n1'));
    await shows(page, '#leadership', /leads/);
    const api = pageOf(cluster, await leading()).replace('/console', '');
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${api}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    // Only the last orders that closed are shown: nobody else may trade meanwhile.
    await post('/strategies/pause', {});
    await shows(page, '#strategies', /paused/);
    for (const [n, strategyId] of HOSTILE.entries()) {
      const order = { clientKey: `h${n}`, strategyId, symbol: 'BTC-USD', side: 'buy', quantity: '0.01', price: '100' };
      const answer = (await (await post('/orders', order)).json()) as { ok?: boolean };
      assert.equal(answer.ok, true, JSON.stringify(answer));
    }
    await post('/trading-state', { scope: 'symbol', target: 'BTC-USD', mode: 'active', reason: HOSTILE[0] });
    await shows(page, '#orders', /"><img src=x onerror="window\.harmed=1">/);
    await shows(page, '#orders', /<script>window\.harmed=1<\/script>/);
    await shows(page, '#orders', /‹202E›‹0007›fdp\.exe/);
    await shows(page, '#events', /onerror/);
    assert.equal(await page.locator('main img, main script, main a, main iframe, main object').count(), 0);
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'harmed')), undefined);
    assert.deepEqual(errors, []);
    await post('/strategies/resume', {});
    await page.context().close();
  });

  await t.test('shows the whole cluster although nothing but one node can be reached', async () => {
    const leader = await leading();
    const { api, name: home } = cluster.view.nodes.find(({ name }) => name !== leader) ?? assert.fail('no follower');
    const context = await browser.newContext();
    await context.route(
      ({ host }) => host !== api,
      (route) => route.abort(),
    );
    await context.routeWebSocket(
      ({ host }) => host !== api,
      (line) => line.close(),
    );
    const page = await context.newPage();
    await page.goto(`http://${api}/console`);
    // Should it lead by now, it says so itself.
    const words = await shows(page, '#leadership', /n\d leads, term \d+, gate open/);
    assert.match(words, new RegExp(`as ${home} says|${home} leads`));
    await until('two nodes that this browser does not reach', async () => {
      return (await page.locator('#nodes > li[data-role="not reached"]').count()) === 2;
    });
    await shows(page, '#nodes > li[data-role="not reached"]', new RegExp(`up from ${home}`));
    await shows(page, '#orders', /pingpong/);
    await shows(page, '#source', new RegExp(`live from ${home}`));
    await context.close();
  });

  await t.test('works by keyboard alone, and a dialog that is left does nothing', async () => {
    const { page } = await openPage(browser, pageOf(cluster, 'n1'));
    await shows(page, '#leadership', /leads/);
    const focused = (): Promise<string | null> => page.locator(':focus').textContent();
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'To the cluster');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Kill switch…');
    await page.keyboard.press('Enter');
    await shows(page, '#confirmation-consequences', /No new order/);
    assert.equal(await page.locator('#confirmation-token-part').isHidden(), true);
    await page.keyboard.press('Escape');
    await page.locator('#confirmation').waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'Kill switch…');
    const risk = await (await fetch(pageOf(cluster, 'n1').replace('console', 'risk'))).text();
    assert.doesNotMatch(risk, /cancel-only/);
    await page.context().close();
  });

  await t.test('hands leadership over to the node that was chosen, from whichever node', async () => {
    const before = await leading();
    const other = cluster.nodeNames.find((name) => name !== before) ?? '';
    const { errors, page } = await openPage(browser, pageOf(cluster, other));
    await until('a hand-over', async () => {
      await shows(page, '#leadership', /leads, term \d+, gate open/);
      await page.locator('[data-act="transfer"]').click();
      const chosen = (await page.locator('#choice-to option').last().getAttribute('value')) ?? '';
      await page.locator('#choice-to').selectOption(chosen);
      await page.locator('#confirmation-go').click();
      const words = await shows(page, '#outcome', /leads\.|Not done|Unknown/);
      if (chosen !== '' && words.includes(`${chosen} leads.`)) return true;
      // A busy machine may not make it in time; then nothing changed, and it may be asked for again.
      await page.keyboard.press('Escape');
      return false;
    });
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  await t.test('follows the death of the very node that served it, without being loaded again', async () => {
    const dying = await leading();
    const { page } = await openPage(browser, pageOf(cluster, dying));
    await shows(page, '#leadership', /leads, term \d+, gate open/);
    await shows(page, '#source', new RegExp(`live from ${dying}`));
    await shows(page, '#nodes > li:nth-child(3) [data-fact="term"]', /^\d+$/);
    await page.evaluate(() => Reflect.set(globalThis, 'mark', 'the same page'));
    const { pid } = (await (await fetch(pageOf(cluster, dying).replace('console', 'status'))).json()) as {
      pid: number;
    };
    process.kill(pid, 'SIGKILL');
    const words = await shows(page, '#leadership', new RegExp(`(?!${dying})n\\d leads, term \\d+, gate open`));
    const next = /n\d/.exec(words)?.[0] ?? '';
    await shows(page, `#nodes > li[data-key="${dying}"] .role`, /not reached/);
    await shows(page, '#source', new RegExp(`live from (?!${dying})n\\d, entry \\d+`));
    await shows(page, '#takeovers h3', new RegExp(`${next} took over in term \\d+: .* to the open gate`));
    assert.ok((await page.locator('#takeovers .bars').first().locator('li').count()) >= 4);
    const before = await page.locator('#fills tr').first().getAttribute('data-key');
    await until(
      'the next fill',
      async () => (await page.locator('#fills tr').first().getAttribute('data-key')) !== before,
    );
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'mark')), 'the same page');
    // Acts find their way, too.
    await page.locator('[data-act="stop"]').click();
    await page.locator('#confirmation-go').click();
    await shows(page, '#trading', /STOPPED: stopped, from the console/);
    await page.locator('[data-act="start"]').click();
    await page.locator('#confirmation-go').click();
    await shows(page, '#trading', /TRADING/);
    await page.context().close();
  });
});
