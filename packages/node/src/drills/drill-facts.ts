/** What of a node speaks for or against a drill, gathered from what it knows of itself and of the others. */
import type { Replica } from '@baton/replica';
import type { ApiSubject } from '../api/subject.ts';
import type { DrillFacts } from './drill-objection.ts';

export function drillFacts(
  core: Pick<ApiSubject, 'health' | 'knownNodes' | 'replica'>,
): Pick<DrillFacts, 'peers' | 'problems'> {
  const { checks, peers: told } = core.health();
  const nodes = core.knownNodes();
  const voters = new Set(
    core.replica
      ?.members()
      .filter(({ role }) => role === 'voter')
      .map(({ nodeId }) => nodeId),
  );
  const peers = (core.replica?.status().peers ?? []).map(({ lagEntries, linkUp, nodeId }) => {
    const node = nodes.find(({ id }) => id === nodeId)?.name ?? String(nodeId);
    const problems = told.find((peer) => peer.node === node)?.problems;
    return {
      node,
      isVoter: voters.has(nodeId),
      linkUp,
      lagEntries,
      problems: problems === undefined ? null : Object.keys(problems),
    };
  });
  return { peers, problems: checks.filter(({ counts }) => counts).map(({ check }) => check) };
}

/** Why leadership did not move; '' when it did. */
export async function handedOver(replica: Replica | undefined): Promise<string> {
  const outcome = await replica?.transfer();
  if (outcome === undefined) return 'this node is starting';
  return outcome.ok ? '' : outcome.reason;
}
