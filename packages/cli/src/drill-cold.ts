/**
 * A cold drill: every node is killed at once, what they have is moved aside (never deleted), and they come back with nothing
 * but the order to start cold, by whoever supervises them. Measured to the moment at which the cold start is over at every
 * venue. Rule decided here: what counts is what the venue knows, so positions and open orders must be those of before;
 * history of the old life is in the archive. The folders are moved within milliseconds of the last process's end, long
 * before a supervisor has a node up again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NodeClock } from '@baton/host/node';
import { orderColdStart } from '@baton/node';
import type { ClusterView } from './cluster-view.ts';
import type { DrillFinding } from './drill.ts';
import { isHere } from './drill-hot.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NodeStatus, OrderView, PositionView } from './node-client.ts';

const METHOD = 'kill-all-and-archive';
const GONE_MS = 10_000;
const GONE_LOOK_MS = 2;
const LOOK_MS = 100;
const clock = new NodeClock();

/** What the venue is the judge of. */
export interface AccountBooks {
  readonly positions: readonly PositionView[];
  readonly orders: readonly OrderView[];
}

export interface ColdDrillNode {
  readonly name: string;
  /** The node's own data folder. */
  readonly folder: string;
}

/** @throws CliError BATON_CLI_REFUSED when a node runs elsewhere, or something is still under way */
export async function coldDrill(
  view: ClusterView,
  leader: NodeStatus,
  nodes: readonly ColdDrillNode[],
  { by, timeoutMs }: { readonly by: string; readonly timeoutMs: number },
): Promise<DrillFinding> {
  refuseElsewhere(view);
  const running = (await view.status()).flatMap(({ status }) => status ?? []);
  const before = await booksOf(view, leader.node);
  const startedUs = clock.wallUs();
  const pids = running.flatMap(({ parentPid, pid }) => [parentPid, pid]);
  for (const pid of pids) end(pid);
  await gone(pids);
  const stamp = new Date(startedUs / 1000).toISOString().replaceAll(/[:.]/g, '-');
  const order = { by, reason: 'drill' };
  const archived = nodes.map(({ folder }) => orderColdStart(folder, order, stamp));
  const evidence = { killed: running.map(({ node }) => node), archived, commitIndex: leader.commitIndex };
  const over = await untilOver(view, startedUs, timeoutMs);
  if (over === null) return { method: METHOD, startedUs, tookUs: null, lost: [], evidence };
  const after = await booksOf(view, over.node);
  return {
    method: METHOD,
    startedUs,
    tookUs: over.endedUs - startedUs,
    lost: booksLost(before, after),
    evidence: { ...evidence, leader: over.node, venues: over.venues },
  };
}

/** Positions and open orders of before that are not there, or stand otherwise, after. */
export function booksLost(before: AccountBooks, after: AccountBooks): string[] {
  const lost: string[] = [];
  const held = new Map(after.positions.map(({ netQuantity, symbol }) => [symbol, Number(netQuantity)]));
  for (const { netQuantity, symbol } of before.positions) {
    const now = held.get(symbol) ?? 0;
    if (Number(netQuantity) !== now) lost.push(`position in ${symbol}: ${netQuantity} before, ${now} after`);
  }
  const working = new Set(openOf(after).map(({ orderId }) => orderId));
  for (const { clOrdId, orderId } of openOf(before)) {
    if (!working.has(orderId)) lost.push(`open order ${clOrdId} (${orderId} at the venue)`);
  }
  return lost;
}

function openOf({ orders }: AccountBooks): OrderView[] {
  return orders.filter(({ state }) => state === 'Working');
}

function refuseElsewhere(view: ClusterView): void {
  const elsewhere = view.nodes.filter(({ api }) => !isHere(api)).map(({ name }) => name);
  if (elsewhere.length === 0) return;
  throw new CliError('BATON_CLI_REFUSED', `${elsewhere.join(', ')} do not run on this machine`, {
    exitCode: ExitCode.refused,
    remedy: 'stop all nodes, then on each host: baton recover --cold --start --reason drill',
  });
}

async function booksOf(view: ClusterView, node: string): Promise<AccountBooks> {
  const client = view.clientOf(node);
  if (client === undefined) throw new Error(`${node} answered and has no client`);
  const [orders, positions] = await Promise.all([client.orders(), client.positions()]);
  return { orders, positions };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone before us.
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  const endMs = performance.now() + GONE_MS;
  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (pids.some(isThere)) {
    if (performance.now() > endMs) throw new CliError('BATON_CLI_TIMEOUT', `processes do not end: ${pids.join(', ')}`);
    await delay(GONE_LOOK_MS);
  }
}

interface Over {
  readonly node: string;
  readonly endedUs: number;
  readonly venues: unknown;
}

/** Null when it is not over in time. */
async function untilOver(view: ClusterView, startedUs: number, timeoutMs: number): Promise<Over | null> {
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs) {
    const leader = await view.leader();
    const report =
      leader === null
        ? null
        : await view
            .clientOf(leader.node)
            ?.recovery()
            .catch(() => null);
    const cold = report?.coldStart ?? null;
    if (leader !== null && cold !== null && cold.startedUs >= startedUs && cold.endedIndex !== 0) {
      return { node: leader.node, endedUs: cold.endedUs, venues: cold.venues };
    }
    await delay(LOOK_MS);
  }
  return null;
}
