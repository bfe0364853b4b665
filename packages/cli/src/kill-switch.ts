/**
 * The kill switch over the nodes' APIs. Off means danger: closing asks every node's gate first, each by itself, because
 * that needs no quorum; then the cluster is told. Opening tells the cluster first and the gates afterwards, so that no gate
 * opens for a state that is still closed.
 */
import type { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import type { KillSwitchBody } from './node-client.ts';

export interface KillSwitchOutcome {
  /** Nodes whose own gate did as asked, by name. */
  readonly gates: readonly string[];
  /** Nodes that did not answer, or refused. */
  readonly missing: readonly { readonly node: string; readonly reason: string }[];
  /** The state is in the cluster's log: '' or why not. */
  readonly clusterFault: string;
}

export async function turnKillSwitch(view: ClusterView, wanted: KillSwitchBody): Promise<KillSwitchOutcome> {
  if (wanted.on) {
    const gates = await turnGates(view, wanted);
    return { ...gates, clusterFault: await tellCluster(view, wanted) };
  }
  const clusterFault = await tellCluster(view, wanted);
  if (clusterFault !== '') return { gates: [], missing: [], clusterFault };
  return { ...(await turnGates(view, wanted)), clusterFault };
}

async function turnGates(
  { nodes }: ClusterView,
  wanted: KillSwitchBody,
): Promise<Pick<KillSwitchOutcome, 'gates' | 'missing'>> {
  const gates: string[] = [];
  const missing: { node: string; reason: string }[] = [];
  await Promise.all(
    nodes.map(async ({ client, name }) => {
      try {
        await client.killSwitch({ ...wanted, local: true });
        gates.push(name);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        missing.push({ node: name, reason: error.message });
      }
    }),
  );
  return { gates: gates.sort(), missing };
}

/** '' when it is done; else why not. Any node that answers will do: a follower names the leader. */
async function tellCluster({ nodes }: ClusterView, wanted: KillSwitchBody): Promise<string> {
  let fault = 'no node is known';
  for (const { client } of nodes) {
    try {
      const answer = await client.killSwitch(wanted);
      if (answer.ok !== false) return '';
      return answer.text ?? 'refused';
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      fault = error.message;
    }
  }
  return fault;
}
