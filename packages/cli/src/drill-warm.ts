/**
 * A warm drill: every node's core is killed at the same moment, whoever supervises them starts them again, and they go on
 * from checkpoint and log. Measured to the moment at which the gates are open, by the new leader's record. A stop in order
 * (drain) is easier than this, and what it costs beside it is the time that open orders are given.
 */
import { NodeClock } from '@baton/host/node';
import { type ClusterView, leaderOf } from './cluster-view.ts';
import type { DrillFinding } from './drill.ts';
import { isHere, lostSince } from './drill-hot.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { failoverTimeline } from './failover.ts';
import type { NodeStatus } from './node-client.ts';

const METHOD = 'kill-all';
const clock = new NodeClock();

/** @throws CliError BATON_CLI_REFUSED when a node runs elsewhere */
export async function warmDrill(view: ClusterView, leader: NodeStatus, timeoutMs: number): Promise<DrillFinding> {
  const elsewhere = view.nodes.filter(({ api }) => !isHere(api)).map(({ name }) => name);
  if (elsewhere.length > 0) {
    throw new CliError('BATON_CLI_REFUSED', `${elsewhere.join(', ')} do not run on this machine`, {
      exitCode: ExitCode.refused,
      remedy: 'drain and restart them by their supervisors; the recovery is measured in baton history recoveries',
    });
  }
  const running = (await view.status()).flatMap(({ status }) => status ?? []);
  const { node, pid, term } = leader;
  const startedUs = clock.wallUs();
  for (const status of running) process.kill(status.pid, 'SIGKILL');
  const evidence = { killed: running.map((status) => status.node), commitIndex: leader.commitIndex, term };
  try {
    const kill = { node, pid, term, atUs: startedUs };
    const timeline = await failoverTimeline(view, kill, { timeoutMs, untilOrder: false });
    const wholeAgain = await view.waitForCaughtUp({ timeoutMs, lagEntriesMax: 1000 }).catch(() => null);
    const after = leaderOf(wholeAgain ?? (await view.status()));
    const gateOpenMs = timeline.phasesMs.gateOpen;
    return {
      method: METHOD,
      startedUs,
      tookUs: gateOpenMs === undefined ? null : Math.round(gateOpenMs * 1000),
      lost: lostSince(leader, after),
      evidence: { ...evidence, to: { node: timeline.leader, term: timeline.term }, phasesMs: timeline.phasesMs },
    };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { method: METHOD, startedUs, tookUs: null, lost: [], evidence: { ...evidence, failure: error.message } };
  }
}
