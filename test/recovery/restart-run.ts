/** A real cluster for restart tests: processes that stay down when they are ended, and the `baton` command beside it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster, type ClusterOptions, collectBooks, verifyBooks } from '@baton/cli';

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const TIMEOUT_MS = 60_000;

export interface CommandRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export class RestartRun {
  readonly cluster: Cluster;
  #orders = 0;

  private constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Three nodes that trade; what is ended is not started again by itself. */
  static async begin(t: TestContext, options: Partial<ClusterOptions> = {}): Promise<RestartRun> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'baton-restart-'));
    // Nothing here is timed: nodes that rehearse nothing are up in half the time.
    const quick = { restartDelayMs: null, strategies: [], rehearse: false };
    const cluster = await Cluster.start({ ...quick, ...options, dataFolder });
    t.after(async () => {
      await cluster.abandon();
      if (t.passed) rmSync(dataFolder, { recursive: true, force: true });
      else console.log(`data of the failed run: ${dataFolder}`);
    });
    await cluster.waitUntilTrading({ timeoutMs: TIMEOUT_MS });
    return new RestartRun(cluster);
  }

  get configuration(): string {
    return this.cluster.runFile.configurationFile;
  }

  /** Runs `baton`; never throws for an exit code. */
  baton(...args: readonly string[]): Promise<CommandRun> {
    return new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...args], { timeout: TIMEOUT_MS }, (error, out, err) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  }

  /** Gives so many orders, some of which trade, and waits for each answer; a repeat under its clientKey is harmless. */
  async trade(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.#orders += 1;
      const order = {
        clientKey: `o${this.#orders}`,
        strategyId: 'tester',
        symbol: 'BTC-USD',
        side: n % 3 === 0 ? 'sell' : 'buy',
        orderType: 'limit',
        timeInForce: 'gtc',
        quantity: '0.01',
        price: n % 2 === 0 ? '60000' : '30000',
      };
      const endMs = performance.now() + TIMEOUT_MS;
      for (;;) {
        const result = await this.#submit(order);
        if (result.ok === true) break;
        assert.ok(performance.now() < endMs, JSON.stringify(result));
        await delay(50);
      }
    }
  }

  async #submit(order: object): Promise<{ readonly ok?: boolean; readonly code?: string }> {
    const leader = await this.cluster.waitUntilTrading({ timeoutMs: TIMEOUT_MS });
    const api = this.cluster.view.nodes.find(({ name }) => name === leader.node)?.api;
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await fetch(`http://${api}/orders`, { method: 'POST', headers, body: JSON.stringify(order) });
      return (await answer.json()) as { readonly ok?: boolean };
    } catch (error) {
      return { ok: false, code: String(error) };
    }
  }

  /** Ends all nodes at once and waits until they are gone. */
  async end(how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const gone = this.cluster.nodeNames.map((name) => this.#exit(name));
    if (how === 'SIGKILL') await this.cluster.killAll();
    else for (const name of this.cluster.nodeNames) this.cluster.signal(name, 'SIGTERM');
    await Promise.all(gone);
  }

  startAll(): void {
    for (const name of this.cluster.nodeNames) this.cluster.restart(name);
  }

  /**
   * What all nodes answer to a GET, as text, once they answer the same and `isRight`: a follower is up, and hears of
   * a commit, a little later than the leader. What they say instead when the time is over.
   */
  async agreed(path: string, isRight: (text: string) => boolean = () => true): Promise<string> {
    const endMs = performance.now() + TIMEOUT_MS;
    for (;;) {
      const [first = null, ...others] = await this.#asked(path);
      if (first !== null && others.every((text) => text === first) && isRight(first)) return first;
      const told = [first, ...others].map((text) => text ?? 'not reached').join(' | ');
      assert.ok(performance.now() < endMs, `${path} of the nodes: ${told}`);
      await delay(50);
    }
  }

  #asked(path: string): Promise<(string | null)[]> {
    return Promise.all(
      this.cluster.view.nodes.map(async ({ api }) => {
        try {
          const response = await fetch(`http://${api}${path}`);
          return await response.text();
        } catch {
          return null;
        }
      }),
    );
  }

  /** Rest, and every law over the books of the venue and of all nodes. */
  async judge(): Promise<void> {
    const { nodes, venue } = await collectBooks(this.cluster.view, { timeoutMs: TIMEOUT_MS });
    const { checks } = verifyBooks(venue, nodes);
    assert.deepEqual(
      checks.flatMap(({ faults }) => faults),
      [],
    );
  }

  #exit(name: string): Promise<void> {
    return new Promise((resolve) => {
      const listen = (which: string): void => {
        if (which !== name) return;
        this.cluster.off('exited', listen);
        resolve();
      };
      this.cluster.on('exited', listen);
    });
  }
}
