/**
 * `node test/console/screenshots.ts`: the pictures of docs/console, made anew from a cluster that trades and has lost a
 * leader: a desk in light and in dark, a phone, and the confirmation of the kill switch.
 */
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openPage, pageOf, shows, startBrowser, startCluster, TIMEOUT_MS } from './console-run.ts';

const FOLDER = fileURLToPath(new URL('../../docs/console/', import.meta.url));
/** Small enough for a page of documentation: below 150 kB. */
const DESK = { width: 1200, height: 680 };
const PHONE = { width: 390, height: 844 };

const ends: (() => unknown)[] = [];
const scope = { after: (end: () => unknown): void => void ends.unshift(end) };

try {
  mkdirSync(FOLDER, { recursive: true });
  const cluster = await startCluster(scope, { restartDelayMs: 1000 });
  const browser = await startBrowser(scope);
  await cluster.killLeader();
  const { node } = await cluster.waitUntilTrading({ timeoutMs: TIMEOUT_MS });
  await cluster.view.waitForCaughtUp({ timeoutMs: TIMEOUT_MS });
  const pictures = [
    { name: 'desk-light', colorScheme: 'light', viewport: DESK },
    { name: 'desk-dark', colorScheme: 'dark', viewport: DESK },
    { name: 'phone', colorScheme: 'light', viewport: PHONE },
    { name: 'kill-switch', colorScheme: 'light', viewport: { width: 900, height: 620 } },
  ] as const;
  for (const { name, ...options } of pictures) {
    const { page } = await openPage(browser, pageOf(cluster, node), options);
    await shows(page, '#leadership', /leads, term \d+, gate open/);
    await shows(page, '#takeovers', /to the open gate/);
    await shows(page, '#fills', /BTC-USD/);
    await shows(page, '#nodes > li:nth-child(3) [data-fact="lag"]', /leads|entr/);
    if (name === 'kill-switch') await page.locator('[data-act="kill"]').click();
    const path = `${FOLDER}${name}.png`;
    await page.screenshot({ path });
    console.log(`${path}: ${(statSync(path).size / 1000).toFixed(0)} kB`);
    await page.context().close();
  }
} finally {
  for (const end of ends) await end();
}
