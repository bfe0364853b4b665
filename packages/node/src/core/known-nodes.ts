/**
 * Names and addresses of all nodes, as this one knows them: what the membership says, for nodes that were added while the
 * cluster ran, else what the configuration file says. Name, API and FIX address of an added node travel with its membership.
 */
import type { Member } from '@baton/replica';
import type { Address, NodePlan, Plan } from '../configuration/plan.ts';

export interface KnownNode {
  readonly id: number;
  readonly name: string;
  readonly raft: Address;
  readonly api: Address;
  /** Where FIX clients connect, if they may. */
  readonly fix?: Address;
}

/** What the membership says of a node, or what others say of one that this node's log does not know yet. */
type Told = Pick<Member, 'nodeId' | 'address' | 'info'>;

/** What is kept with a member for the others. */
export function infoOfNode(name: string, api: Address, fix?: Address): string {
  return JSON.stringify([name, api.host, api.port, ...(fix === undefined ? [] : [fix.host, fix.port])]);
}

/** All nodes that have a name: members, and those in the file that are none (any more, or yet). */
export function knownNodes(plan: Pick<Plan, 'nodes'>, members: readonly Told[]): readonly KnownNode[] {
  const added = members.map(nodeOfMember).filter((node) => node !== undefined);
  const rest = plan.nodes.filter((node) => !added.some((other) => other.id === node.id));
  return [...rest, ...added].sort((a, b) => a.id - b.id);
}

/** A member by its own words; undefined for founders, whom the file names. */
function nodeOfMember({ nodeId, address, info }: Told): NodePlan | undefined {
  if (info === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(info);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [name, host, port, fixHost, fixPort] = value as unknown[];
  if (typeof name !== 'string' || typeof host !== 'string' || typeof port !== 'number') return undefined;
  const node = { id: nodeId, name, raft: address, api: { host, port } };
  if (fixHost === undefined) return node;
  if (typeof fixHost !== 'string' || typeof fixPort !== 'number') return undefined;
  return { ...node, fix: { host: fixHost, port: fixPort } };
}
