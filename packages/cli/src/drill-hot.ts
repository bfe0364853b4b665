/**
 * A hot drill: the leader's core is killed (or hands over), and another node must trade. Measured from just before the blow
 * to the moment at which the next leader's gates are open, by that leader's own record of its takeover.
 */
import { NodeClock } from '@baton/host/node';
import { type ClusterView, leaderOf } from './cluster-view.ts';
import type { DrillFinding } from './drill.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type FailoverTimeline, failoverTimeline, type Kill, killCore } from './failover.ts';
import type { NodeStatus } from './node-client.ts';

export type HotMethod = 'kill' | 'transfer';

const clock = new NodeClock();

/** @throws CliError BATON_CLI_REFUSED when the leader's process is not on this machine and shall be killed */
export async function hotDrill(
  view: ClusterView,
  leader: NodeStatus,
  method: HotMethod,
  timeoutMs: number,
): Promise<DrillFinding> {
  const blow = method === 'kill' ? killHere(view, leader) : await handOver(view, leader);
  const startedUs = blow.atUs;
  let timeline: FailoverTimeline;
  try {
    timeline = await failoverTimeline(view, blow, { timeoutMs, untilOrder: false });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { method, startedUs, tookUs: null, lost: [], evidence: { leader: leader.node, failure: error.message } };
  }
  const firstAccepted = await view.venue?.firstAcceptedAfter(startedUs).catch(() => null);
  const wholeAgain = await view.waitForCaughtUp({ timeoutMs, lagEntriesMax: 1000 }).catch(() => null);
  const after = leaderOf(wholeAgain ?? (await view.status()));
  const gateOpenMs = timeline.phasesMs.gateOpen;
  return {
    method,
    startedUs,
    tookUs: gateOpenMs === undefined ? null : Math.round(gateOpenMs * 1000),
    lost: lostSince(leader, after),
    evidence: {
      from: { node: leader.node, term: leader.term, commitIndex: leader.commitIndex },
      to: { node: timeline.leader, term: timeline.term, commitIndex: after?.commitIndex ?? 0 },
      seenBy: timeline.evidence,
      phasesMs: timeline.phasesMs,
      ...(firstAccepted == null
        ? {}
        : { firstOrderAcceptedMs: (firstAccepted.timeUs - startedUs) / 1000, firstOrder: firstAccepted.clOrdId }),
      nodesBackMs: wholeAgain === null ? null : (clock.wallUs() - startedUs) / 1000,
      durability: leader.durability,
    },
  };
}

/** What was committed before, and is not there after: nothing may be. */
export function lostSince(before: NodeStatus, after: NodeStatus | null): string[] {
  if (after === null) return ['no leader answers'];
  const lost: string[] = [];
  const compare = (what: string, had: number, has: number): void => {
    if (has < had) lost.push(`${what}: ${had} before, ${has} after`);
  };
  compare('committed entries', before.commitIndex, after.commitIndex);
  compare('orders', before.orders.total, after.orders.total);
  compare('fills', before.fills, after.fills);
  return lost;
}

function killHere(view: ClusterView, leader: NodeStatus): Kill {
  const api = view.nodes.find(({ name }) => name === leader.node)?.api ?? '';
  if (isHere(api)) return killCore(leader);
  throw new CliError('BATON_CLI_REFUSED', `the leader ${leader.node} is at ${api}, not on this machine`, {
    exitCode: ExitCode.refused,
    remedy: 'run the drill there, or with --method transfer, which reaches every node',
  });
}

/** Its processes are this machine's, and can be reached by their ids. */
export function isHere(api: string): boolean {
  return /^(127\.|localhost:|\[::1\])/.test(api);
}

async function handOver(view: ClusterView, { node, pid, term }: NodeStatus): Promise<Kill> {
  const atUs = clock.wallUs();
  await view.clientOf(node)?.transfer('');
  return { node, pid, term, atUs };
}
