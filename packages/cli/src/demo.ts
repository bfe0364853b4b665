/**
 * The demo's course of events, apart from how it is told: wait for trading, kill the leader at random moments, wait each
 * time for the first new order and for the dead node's return, then bring everything to rest and compare the books.
 */
import type { Cluster } from './cluster.ts';
import { collectBooks } from './collect-books.ts';
import type { FailoverTimeline } from './failover.ts';
import { failoverLine, medianOf } from './failover-text.ts';
import { pause } from './pause.ts';
import { type BookVerdict, verifyBooks } from './verify-books.ts';

export interface DemoOptions {
  readonly kills: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** For a kill's moment; a value from 0 up to, not including, 1. */
  readonly random?: () => number;
}

export interface DemoResult {
  readonly failovers: readonly FailoverTimeline[];
  /** Kill to first new order accepted by the venue; null without a kill. */
  readonly firstOrderMs: { readonly median: number; readonly max: number } | null;
  readonly verdict: BookVerdict;
  readonly orders: number;
  readonly fills: number;
}

/** A kill comes this long after the cluster is whole again, at random: any phase of trading may be hit. */
const KILL_AFTER_MIN_MS = 500;
const KILL_AFTER_MAX_MS = 2_000;
const WAIT_MS = 60_000;

/** @throws CliError BATON_CLI_TIMEOUT when something does not happen in time; an abort's reason when stopped. */
export async function runDemo(cluster: Cluster, options: DemoOptions): Promise<DemoResult> {
  const { signal, say } = options;
  const random = options.random ?? Math.random;
  const first = await cluster.waitUntilTrading({ signal, timeoutMs: WAIT_MS });
  say(`${first.node} leads term ${first.term}, the gate is open, trading begins`);
  const failovers: FailoverTimeline[] = [];
  for (let n = 1; n <= options.kills; n++) {
    await cluster.view.waitForCaughtUp({ signal, timeoutMs: WAIT_MS });
    await pause(KILL_AFTER_MIN_MS + random() * (KILL_AFTER_MAX_MS - KILL_AFTER_MIN_MS), signal);
    const kill = await cluster.killLeader();
    const timeline = await cluster.failover(kill, { signal, timeoutMs: WAIT_MS });
    failovers.push(timeline);
    say(`kill ${n} of ${options.kills}: ${failoverLine(timeline)}`);
  }
  await cluster.view.waitForCaughtUp({ signal, timeoutMs: WAIT_MS });
  await cluster.pauseStrategies();
  await cluster.view.venue?.haltCounterFlow();
  say('the strategy is paused and the counter-flow halted; waiting until nothing moves');
  const { venue, nodes } = await collectBooks(cluster.view, { signal, timeoutMs: WAIT_MS });
  const verdict = verifyBooks(venue, nodes);
  const times = failovers.flatMap(({ phasesMs }) => phasesMs.firstOrderAccepted ?? []);
  const firstOrderMs = times.length === 0 ? null : { median: medianOf(times), max: Math.max(...times) };
  return { failovers, firstOrderMs, verdict, orders: venue.orders.length, fills: venue.fills.length };
}
