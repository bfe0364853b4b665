/**
 * The kill switch over the nodes' APIs. Off means danger: closing asks every node's gate, each by itself, because that
 * needs no quorum; the cluster is told through the first one that has closed its own, for an order that was in the log
 * before and is held back at the gate costs a new line to the venue, and a dead node must not hold that up. Opening tells
 * the cluster first and the gates afterwards, so that no gate opens for a state that is still closed.
 */
import type { ClusterView, NodeHandle } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { LEADER_PATIENCE_MS, LEADER_POLL_MS } from './leader-patience.ts';
import type { KillSwitchBody } from './node-client.ts';
import { pause } from './pause.ts';

export interface KillSwitchOutcome {
  /** Nodes whose own gate did as asked, by name. */
  readonly gates: readonly string[];
  /** Nodes that did not answer, or refused. */
  readonly missing: readonly { readonly node: string; readonly reason: string }[];
  /** The state is in the cluster's log: '' or why not. */
  readonly clusterFault: string;
}

/** `patienceMs`: for how long the cluster is asked again while it elects a leader. */
export async function turnKillSwitch(
  { nodes }: ClusterView,
  wanted: KillSwitchBody,
  patienceMs = LEADER_PATIENCE_MS,
): Promise<KillSwitchOutcome> {
  if (wanted.on) {
    const turns = nodes.map((node) => turnGate(node, wanted));
    const first = Promise.any(turns.map(async (turn) => ((await turn).reason === '' ? turn : Promise.reject(turn))));
    const told = first.then(
      ({ node }) => tellCluster([node, ...nodes.filter((other) => other !== node)], wanted, patienceMs),
      () => tellCluster(nodes, wanted, patienceMs),
    );
    return { ...gatesOf(await Promise.all(turns)), clusterFault: await told };
  }
  const clusterFault = await tellCluster(nodes, wanted, patienceMs);
  if (clusterFault !== '') return { gates: [], missing: [], clusterFault };
  return { ...gatesOf(await Promise.all(nodes.map((node) => turnGate(node, wanted)))), clusterFault };
}

interface Turn {
  readonly node: NodeHandle;
  /** '' when its gate did as asked. */
  readonly reason: string;
}

async function turnGate(node: NodeHandle, wanted: KillSwitchBody): Promise<Turn> {
  try {
    await node.client.killSwitch({ ...wanted, local: true });
    return { node, reason: '' };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { node, reason: error.message };
  }
}

function gatesOf(turns: readonly Turn[]): Pick<KillSwitchOutcome, 'gates' | 'missing'> {
  const gates = turns.filter(({ reason }) => reason === '').map(({ node }) => node.name);
  const missing = turns.filter(({ reason }) => reason !== '').map(({ node, reason }) => ({ node: node.name, reason }));
  return { gates: gates.toSorted(), missing };
}

/** '' when it is done; else why not. Any node that answers will do: a follower names the leader. */
async function tellCluster(nodes: readonly NodeHandle[], wanted: KillSwitchBody, patienceMs: number): Promise<string> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    let fault = 'no node is known';
    let isElecting = false;
    for (const { client } of nodes) {
      try {
        const answer = await client.killSwitch(wanted);
        if (answer.ok !== false) return '';
        return answer.text ?? 'refused';
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        fault = error.message;
        isElecting ||= error.apiCode === 'NO_LEADER';
      }
    }
    if (!isElecting || performance.now() >= endMs) return fault;
    await pause(LEADER_POLL_MS);
  }
}
