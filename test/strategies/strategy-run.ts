/**
 * One strategy on a real cluster on loopback: venue and nodes as processes, leaders killed while it trades, and all books
 * compared at the end. A failed run keeps its data folder and names it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  Cluster,
  type CollectedBooks,
  collectBooks,
  type LocalStrategy,
  type OrderView,
  verifyBooks,
} from '@baton/cli';

const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

export class StrategyRun {
  readonly cluster: Cluster;
  readonly #id: string;

  private constructor(cluster: Cluster, id: string) {
    this.cluster = cluster;
    this.#id = id;
  }

  /** Starts a cluster that runs one of `examples/`; ended when the test ends, however it ends. */
  static async begin(
    t: TestContext,
    example: string,
    parameters: LocalStrategy['parameters'],
    path = `../../examples/${example}.ts`,
  ): Promise<StrategyRun> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'baton-'));
    const file = fileURLToPath(new URL(path, import.meta.url));
    const strategy = { id: example, file, ...(parameters === undefined ? {} : { parameters }) };
    const cluster = await Cluster.start({ dataFolder, strategies: [strategy], timing: 'lan' });
    t.after(async () => {
      await cluster.stop('end of the test').catch(() => {});
      await cluster.abandon();
      if (t.passed) rmSync(dataFolder, { recursive: true, force: true });
      else console.log(`FAILED; everything is kept in ${dataFolder}\n${lastLines(cluster)}`);
    });
    await cluster.waitUntilTrading();
    return new StrategyRun(cluster, example);
  }

  /** Kills the leader, waits until another one's gate is open and all nodes have caught up. */
  async killLeader(): Promise<void> {
    const kill = await this.cluster.killLeader();
    await this.cluster.failover(kill, { timeoutMs: WAIT_MS, untilOrder: false });
    await this.cluster.view.waitForCaughtUp({ timeoutMs: WAIT_MS });
    console.log(`${this.#id}: ${kill.node} killed, the cluster is whole again`);
  }

  /** Asks the leader's books again and again until `isSo`. */
  async until(what: string, isSo: (filled: number, orders: number) => boolean, waitMs = WAIT_MS): Promise<void> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      const { venue } = this.cluster.view;
      const books = await venue?.books();
      const fills = books?.fills ?? [];
      const filled = fills.reduce((sum, { quantity }) => sum + Number(quantity), 0);
      if (isSo(filled, books?.orders.length ?? 0)) return;
      if (performance.now() > endMs) throw new Error(`not within ${waitMs} ms: ${what}; filled ${filled}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Asks again and again until `isSo`. */
  async when(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const endMs = performance.now() + WAIT_MS;
    while (!(await isSo().catch(() => false))) {
      if (performance.now() > endMs) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
      await delay(LOOK_EVERY_MS);
    }
    console.log(`${this.#id}: ${what}`);
  }

  /** All orders that the leader knows of. */
  async orders(): Promise<OrderView[]> {
    const leader = await this.cluster.view.waitForOpenGate({ timeoutMs: WAIT_MS });
    return (await this.cluster.view.clientOf(leader.node)?.orders()) ?? [];
  }

  /** Pauses the strategy, takes its open orders back, and compares everybody's books. */
  async judge(): Promise<CollectedBooks> {
    await this.cluster.pauseStrategies();
    const leader = await this.cluster.view.waitForOpenGate({ timeoutMs: WAIT_MS });
    const client = this.cluster.view.clientOf(leader.node);
    for (const { clOrdId, state, strategyId } of (await client?.orders()) ?? []) {
      if (['Sent', 'Working'].includes(state)) await client?.cancelOrder(clOrdId, `end-${clOrdId}`, strategyId);
    }
    const books = await collectBooks(this.cluster.view, { timeoutMs: WAIT_MS });
    const faults = verifyBooks(books.venue, books.nodes).checks.flatMap((check) => check.faults);
    assert.deepEqual(faults, [], 'the books do not agree');
    return books;
  }
}

function lastLines(cluster: Cluster): string {
  return [...cluster.runFile.nodes, cluster.runFile.venue]
    .map(({ name, log }) => `--- ${name}\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n')}`)
    .join('\n');
}
