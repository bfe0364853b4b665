/**
 * One chaos run: a real cluster on loopback (venue and nodes as processes), trading the example strategy and the test's
 * own order flow, while a test does its harm; then rest, and the laws over everybody's books. Prints what happened as it
 * happens. A failed run keeps its data folder and names it; a good one removes it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Cluster,
  type ClusterOptions,
  type CollectedBooks,
  collectBooks,
  type FailoverTimeline,
  type Kill,
  killCore,
  type NodeStatus,
  verifyBooks,
} from '@baton/cli';
import { judgeClient } from './client-laws.ts';
import { OrderClient } from './order-client.ts';
import { OrderFlow } from './order-flow.ts';
import { SeededRandom } from './seeded-random.ts';
import { StateHashWatch } from './state-hash-watch.ts';

const SYMBOL = 'BTC-USD';
const REFERENCE_PRICE = 60_000;
const FAILOVER_TIMEOUT_MS = 30_000;
const REST_TIMEOUT_MS = 60_000;
const LOG_TAIL_LINES = 25;

interface Verdict {
  readonly law: string;
  readonly compared: number;
  readonly faults: readonly string[];
}

export class ChaosRun {
  readonly cluster: Cluster;
  readonly random: SeededRandom;
  readonly flow: OrderFlow;
  readonly failovers: FailoverTimeline[] = [];
  readonly #client: OrderClient;
  readonly #hashes: StateHashWatch;
  readonly #startedMs = performance.now();

  private constructor(cluster: Cluster, random: SeededRandom) {
    this.cluster = cluster;
    this.random = random;
    this.#client = new OrderClient({ addresses: cluster.view.nodes.map((node) => node.api) });
    const options = { client: this.#client, random, symbol: SYMBOL, referencePrice: REFERENCE_PRICE };
    this.flow = new OrderFlow(options);
    this.#hashes = new StateHashWatch(cluster.view);
  }

  /** Starts cluster and flow, and has everything ended when the test ends, however it ends. */
  static async begin(t: TestContext, options: Partial<ClusterOptions> = {}): Promise<ChaosRun> {
    const random = SeededRandom.fromEnvironment();
    const dataFolder = mkdtempSync(join(tmpdir(), 'baton-'));
    // Laws are asked here, not latency: on a machine that others use, too, the shortest timeouts move leadership by themselves.
    const cluster = await Cluster.start({ timing: 'lan', ...options, dataFolder });
    const run = new ChaosRun(cluster, random);
    t.after(() => run.#end(t, dataFolder));
    run.tell(`seed ${random.seed} (repeat with CHAOS_SEED=${random.seed}), data in ${dataFolder}`);
    const leader = await cluster.waitUntilTrading();
    run.tell(`${leader.node} leads in term ${leader.term}, gate open`);
    run.flow.start();
    run.#hashes.start();
    return run;
  }

  tell(text: string): void {
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(6);
    console.log(`${seconds} s  ${text}`);
  }

  /** Lets the cluster trade for a random time. */
  async trade(minMs: number, maxMs: number): Promise<void> {
    await delay(this.random.between(minMs, maxMs));
  }

  /**
   * Waits until the cluster trades again after `harm`: another leader's gate is open, the venue accepted a new order over
   * a new connection, and this client got one acknowledged.
   */
  async tradesOn(harm: Kill, timeoutMs = FAILOVER_TIMEOUT_MS): Promise<FailoverTimeline> {
    const timeline = await this.cluster.failover(harm, { timeoutMs });
    this.failovers.push(timeline);
    const answer = await this.flow.submit();
    assert.notEqual(answer, null, `no order was acknowledged after the failover from ${harm.node}`);
    return timeline;
  }

  /** Waits for an order that the venue accepted over a connection younger than `afterUs`. */
  async acceptedOnNewConnection(afterUs: number): Promise<{ readonly clOrdId: string; readonly timeUs: number }> {
    const endMs = performance.now() + FAILOVER_TIMEOUT_MS;
    while (performance.now() < endMs) {
      const accepted = await this.cluster.view.venue?.firstAcceptedAfter(afterUs);
      if (accepted !== null && accepted !== undefined) return accepted;
      await delay(10);
    }
    throw new Error(`the venue accepted no order over a new connection within ${FAILOVER_TIMEOUT_MS} ms`);
  }

  /** Waits until all nodes answer, follow one leader and have applied what it had committed. */
  async allCaughtUp(): Promise<void> {
    await this.cluster.view.waitForCaughtUp({ timeoutMs: FAILOVER_TIMEOUT_MS });
  }

  /** Ends the flow, brings the cluster to rest, and judges every law; prints the verdicts and throws with all faults. */
  async judge(): Promise<CollectedBooks> {
    await this.flow.stop();
    await this.allCaughtUp();
    await this.#comeToRest();
    await this.#hashes.stop();
    const books = await collectBooks(this.cluster.view, { timeoutMs: REST_TIMEOUT_MS });
    const nodes = books.nodes.map((node) => ({
      ...node,
      stateHashes: [...node.stateHashes, ...this.#hashes.shownBy(node.node)],
    }));
    const verdicts: Verdict[] = [
      ...verifyBooks(books.venue, nodes).checks,
      ...judgeClient(this.flow.journal.intents, books.nodes),
    ];
    this.#tellSummary(books);
    for (const { law, compared, faults } of verdicts) {
      this.tell(`${faults.length === 0 ? 'holds ' : 'BROKEN'}  ${law} (${compared} compared)`);
    }
    const faults = verdicts.flatMap(({ law, faults: found }) => found.map((fault) => `${law}: ${fault}`));
    assert.deepEqual(faults, [], 'the books do not agree');
    const { journal } = this.flow;
    assert.ok(books.venue.fills.length > 0, 'nothing was filled: the run proved nothing');
    for (const kind of ['submit', 'cancel', 'replace'] as const) {
      assert.ok(journal.count(kind) > 0, `the flow made no ${kind}: the run proved nothing`);
    }
    return books;
  }

  /** Who leads with open gates; waits for a failover that a busy machine caused by itself. */
  async leader(): Promise<NodeStatus> {
    return await this.cluster.view.waitForOpenGate({ timeoutMs: FAILOVER_TIMEOUT_MS });
  }

  async killLeader(): Promise<Kill> {
    return killCore(await this.leader());
  }

  /** Pauses the strategies and cancels what is still open, so that the venue's counter-flow finds nothing to hit. */
  async #comeToRest(): Promise<void> {
    await this.cluster.pauseStrategies();
    const leader = await this.leader();
    const orders = (await this.cluster.view.clientOf(leader.node)?.orders()) ?? [];
    const open = orders.filter((order) => ['Sent', 'Working', 'PendingCancel', 'PendingReplace'].includes(order.state));
    const signal = AbortSignal.timeout(REST_TIMEOUT_MS);
    for (const { clOrdId, strategyId } of open) {
      const intent = this.flow.journal.open(`end-${clOrdId}`, strategyId, 'cancel', clOrdId);
      const body = { clientKey: intent.clientKey, strategyId };
      await this.#client.send(intent, `/orders/${encodeURIComponent(clOrdId)}/cancel`, body, signal);
    }
    this.tell(`at rest: strategies paused, ${open.length} open orders cancelled`);
  }

  #tellSummary(books: CollectedBooks): void {
    const { journal } = this.flow;
    const states = new Map<string, number>();
    for (const { state } of books.nodes[0]?.orders ?? []) states.set(state, (states.get(state) ?? 0) + 1);
    const lines = [
      `client: ${journal.count('submit')} orders, ${journal.count('cancel')} cancels, ${journal.count('replace')} replaces, ${journal.retries} retries, ${journal.unknownOutcomes} unknown outcomes`,
      `ledger: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`,
      `venue: ${books.venue.orders.length} orders, ${books.venue.fills.length} fills, ${books.venue.connections.length} connections, ${books.venue.violations.length} violations`,
      `failovers: ${describeFailovers(this.failovers)}`,
    ];
    for (const line of lines) this.tell(line);
  }

  async #end(t: TestContext, dataFolder: string): Promise<void> {
    await this.flow.stop(0);
    await this.#hashes.stop();
    this.#client.close();
    if (t.passed) {
      await this.cluster.stop('end of the test').catch(() => {});
      await this.cluster.abandon();
      rmSync(dataFolder, { recursive: true, force: true });
      return;
    }
    await this.cluster.abandon();
    this.tell(`FAILED; everything is kept in ${dataFolder}`);
    for (const { name, log } of [...this.cluster.runFile.nodes, this.cluster.runFile.venue]) {
      console.log(`--- the last lines of ${name} (${log})`);
      console.log(readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'));
    }
  }
}

/** `20, kill to first accepted order in ms: min 61, median 90, max 204`. */
export function describeFailovers(failovers: readonly FailoverTimeline[]): string {
  const times = failovers.flatMap(({ phasesMs }) => phasesMs.firstOrderAccepted ?? []).sort((a, b) => a - b);
  if (times.length === 0) return `${failovers.length}`;
  const at = (part: number): string => (times[Math.floor(part * (times.length - 1))] as number).toFixed(0);
  return `${failovers.length}, kill to first accepted order in ms: min ${at(0)}, median ${at(0.5)}, max ${at(1)}`;
}

/** One line a failover: who took over, on what evidence, and when each milestone was passed. */
export function describeTimeline({ kill, leader, term, evidence, phasesMs }: FailoverTimeline): string {
  const milestones = Object.entries(phasesMs).map(([phase, ms]) => `${phase} ${ms.toFixed(1)}`);
  return `${kill.node} → ${leader} (term ${term}, ${evidence}); ms: ${milestones.join(', ')}`;
}
