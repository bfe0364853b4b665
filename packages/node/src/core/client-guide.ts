/** What a node that does not lead tells FIX clients. */
import type { NodePlan } from '../configuration/plan.ts';
import type { KnownNode } from './known-nodes.ts';

/** The way to the leader; '' while nobody is known to lead, or when it is this node. */
export function leaderText(self: NodePlan, nodes: readonly KnownNode[], leader: number): string {
  const node = nodes.find((candidate) => candidate.id === leader);
  if (node === undefined || node.id === self.id) return '';
  const where = node.fix === undefined ? 'but takes no FIX clients' : `connect to ${node.fix.host}:${node.fix.port}`;
  return `${self.name} does not lead; ${node.name} leads, ${where}`;
}
