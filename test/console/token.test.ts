/** The page of a cluster with tokens: nothing is shown to nobody, the kill switch needs the role, and no token is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '@baton/cli';
import {
  openPage,
  pageOf,
  shows,
  startBrowser,
  startClusterWithTokens,
  TOKENS,
  until,
  WITH_BROWSER,
} from './console-run.ts';

/** Where a page could keep something; the types of a browser and of the node packages do not go together. */
interface BrowserGlobals {
  readonly localStorage: object;
  readonly sessionStorage: object;
  readonly location: { readonly href: string };
  readonly document: { readonly cookie: string; readonly documentElement: { readonly outerHTML: string } };
}

async function riskOf(api: string): Promise<{ readonly latches: readonly unknown[]; readonly mode: string }> {
  const headers = { authorization: `Bearer ${TOKENS.reader}` };
  const risk = (await (await fetch(`http://${api}/risk`, { headers })).json()) as {
    latches: unknown[];
    scopes: { scope: string; mode: string }[];
  };
  return { latches: risk.latches, mode: risk.scopes.find(({ scope }) => scope === 'global')?.mode ?? '' };
}

const risks = (cluster: Cluster): Promise<{ readonly latches: readonly unknown[]; readonly mode: string }[]> =>
  Promise.all(cluster.view.nodes.map(({ api }) => riskOf(api)));

test('the page of a cluster with tokens', WITH_BROWSER, async (t) => {
  const cluster = await startClusterWithTokens(t);
  const browser = await startBrowser(t);
  const { page } = await openPage(browser, pageOf(cluster, 'n1'));

  await t.test('shows nothing before a token is given, nor for a wrong one', async () => {
    await page.locator('#sign-in').waitFor();
    assert.equal(await page.locator('#cluster-view').isHidden(), true);
    await page.locator('#sign-in-token').fill('a-wrong-token-0123456789');
    await page.locator('#sign-in-token').press('Enter');
    await shows(page, '#sign-in-why', /not known/);
    assert.equal(await page.locator('#cluster-view').isHidden(), true);
    await page.locator('#sign-in-token').fill(TOKENS.reader);
    await page.locator('#sign-in-token').press('Enter');
    await shows(page, '#leadership', /leads, term \d+, gate open/);
    await shows(page, '#source', /live from n1/);
  });

  await t.test('the kill switch is refused without a token and with one that may only read', async () => {
    await page.locator('[data-act="kill"]').click();
    await page.locator('#confirmation-token').waitFor();
    await page.locator('#confirmation-go').click();
    // The browser asks for the field; nothing was sent.
    assert.equal(await page.locator('#confirmation').isVisible(), true);
    await page.locator('#confirmation-token').fill(TOKENS.reader);
    await page.locator('#confirmation-go').click();
    await shows(page, '#confirmation-outcome', /Not done\. FORBIDDEN/);
    assert.equal(await page.locator('#confirmation-token').inputValue(), '');
    for (const { latches, mode } of await risks(cluster)) assert.deepEqual([latches, mode], [[], 'active']);
    await page.locator('#confirmation-cancel').click();
  });

  await t.test('it works with the token of an operator: every gate, and the log', async () => {
    await page.locator('[data-act="kill"]').click();
    await page.locator('#confirmation-reason').fill('tested');
    await page.locator('#confirmation-token').fill(TOKENS.operator);
    await page.locator('#confirmation-go').click();
    await shows(page, '#outcome', /Gates of n1, n2, n3 did as asked/);
    await shows(page, '#kill', /KILL SWITCH ON: tested/);
    await until('all nodes to have it', async () =>
      (await risks(cluster)).every(({ latches, mode }) => latches.length === 1 && mode === 'cancel-only'),
    );
  });

  await t.test('and off again, without asking for the token that this page still has', async () => {
    await page.locator('[data-act="unkill"]').click();
    assert.equal(await page.locator('#confirmation-token-part').isHidden(), true);
    await page.locator('#confirmation-go').click();
    await page.locator('#kill').waitFor({ state: 'hidden' });
    await until('all nodes to have it', async () =>
      (await risks(cluster)).every(({ latches, mode }) => latches.length === 0 && mode === 'active'),
    );
  });

  await t.test('tokens are kept in memory only, and are gone when told so', async () => {
    const kept = await page.evaluate(() => {
      const { document, localStorage, location, sessionStorage } = globalThis as unknown as BrowserGlobals;
      const { cookie, documentElement } = document;
      return JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        cookie,
        documentElement.outerHTML,
        location.href,
      ]);
    });
    for (const token of Object.values(TOKENS)) assert.ok(!kept.includes(token));
    await page.locator('#forget').click();
    await page.locator('#sign-in').waitFor();
    assert.equal(await page.locator('#cluster-view').isHidden(), true);
    await page.reload();
    await page.locator('#sign-in').waitFor();
  });
});
