/**
 * A real cluster and a real browser before its page. Debian's Chromium, headless; whoever opens a page learns of every
 * error in it, every refusal of its policy, and every address that it asked.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, type ClusterOptions } from '@baton/cli';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const TIMEOUT_MS = 60_000;
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** For `test`: a reason to skip where there is no browser. */
export const WITH_BROWSER = {
  timeout: 480_000,
  skip: CHROMIUM === undefined ? 'Chromium is not installed (bash .ci/system-packages --console)' : false,
} as const;

export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, and of the console: what the policy refuses is one, too. */
  readonly errors: string[];
  /** host:port of everything that it asked, feeds included. */
  readonly asked: Set<string>;
}

/** A browser that knows no name and no network but this machine's own addresses. */
export async function startBrowser(t: Pick<TestContext, 'after'>): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  t.after(() => browser.close());
  return browser;
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const errors: string[] = [];
  const asked = new Set<string>();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // A node that starts or dies is told on the page; the browser's own line about it is no fault of the page.
    const isNetwork = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
    if (message.type() === 'error' && !isNetwork) errors.push(message.text());
  });
  page.on('request', (request) => asked.add(new URL(request.url()).host));
  page.on('websocket', (line) => asked.add(new URL(line.url()).host));
  page.on('dialog', (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, errors, asked };
}

/** Three nodes that trade; who is killed stays dead. */
export async function startCluster(
  t: Pick<TestContext, 'after'>,
  options: Partial<ClusterOptions> = {},
): Promise<Cluster> {
  const cluster = await plainCluster(t, options);
  await cluster.waitUntilTrading({ timeoutMs: TIMEOUT_MS });
  return cluster;
}

async function plainCluster(t: Pick<TestContext, 'after'>, options: Partial<ClusterOptions>): Promise<Cluster> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'bc-'));
  const quick = { restartDelayMs: null, rehearse: false, timing: 'requirements' } as const;
  const cluster = await Cluster.start({ ...quick, ...options, dataFolder });
  t.after(async () => {
    await cluster.abandon();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return cluster;
}

/** One as base64 leaves it: with characters that no WebSocket can offer as they are. */
export const TOKENS = { reader: 'reader/token+0123456789==', operator: 'operator-token-0123456789' } as const;

/** The same with tokens. */
export async function startClusterWithTokens(t: Pick<TestContext, 'after'>): Promise<Cluster> {
  const entry = (name: keyof typeof TOKENS, role: string): object => {
    return { name, role, sha256: createHash('sha256').update(TOKENS[name]).digest('hex') };
  };
  const api = { tokens: [entry('reader', 'read'), entry('operator', 'operate')] };
  const cluster = await plainCluster(t, { strategies: [], configuration: { api } });
  await until('a leader that trades', async () => {
    const answers = await Promise.all(cluster.view.nodes.map((node) => statusOf(`http://${node.api}/leader`)));
    return answers.includes(200);
  });
  return cluster;
}

/** HTTP status; 0 for no answer. */
async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status;
  } catch {
    return 0;
  }
}

export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, `waited in vain for ${what}`);
    await pause(100);
  }
}

/** Waits until the text of an element of the page matches. */
export async function shows(page: Page, selector: string, pattern: RegExp): Promise<string> {
  let text = '';
  const endMs = performance.now() + TIMEOUT_MS;
  for (;;) {
    text = (await page.locator(selector).first().textContent()) ?? '';
    if (pattern.test(text)) return text;
    assert.ok(
      performance.now() < endMs,
      `${selector} says ${JSON.stringify(text.slice(0, 500))}, not ${String(pattern)}`,
    );
    await pause(100);
  }
}

export const pageOf = (cluster: Cluster, node: string): string => {
  const api = cluster.view.nodes.find(({ name }) => name === node)?.api;
  return `http://${api}/console`;
};
