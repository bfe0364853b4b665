/**
 * Members over the API: who belongs to the cluster, adding a node, removing one. Rules decided here: every request may be
 * repeated without harm; a leader that is to be removed hands over first, and the request goes on at the next leader.
 */
import type { MembershipRefusal, MembershipResult } from '@baton/replica';
import type { Address } from '../configuration/plan.ts';
import { infoOfNode } from '../core/known-nodes.ts';
import { type Fields, memberFromFields } from './body.ts';
import { ok, problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** One member, as GET /members tells it. */
export interface MemberView {
  readonly node: string;
  readonly id: number;
  readonly raft: string;
  readonly api: string;
  /** `learner`: added, catching up, without a vote; it becomes a voter by itself. */
  readonly role: 'voter' | 'learner';
  readonly isLeader: boolean;
  readonly linkUp: boolean;
  /** Entries it lacks, as the leader knows; -1 when another node is asked. */
  readonly lagEntries: number;
}

export function memberViews(core: ApiSubject): MemberView[] {
  const nodes = core.knownNodes();
  return (core.replica?.members() ?? []).map(({ nodeId, address, role, isLeader, linkUp, lagEntries }) => {
    const known = nodes.find((node) => node.id === nodeId);
    const api = known === undefined ? '' : textOf(known.api);
    return {
      node: known?.name ?? String(nodeId),
      id: nodeId,
      raft: textOf(address),
      api,
      role,
      isLeader,
      linkUp,
      lagEntries,
    };
  });
}

export async function addMember(core: ApiSubject, fields: Fields): Promise<Reply> {
  const wanted = memberFromFields(fields);
  if (!wanted.ok) return wanted.reply;
  const { id, name, raft, api, fix } = wanted.value;
  const other = memberViews(core).find((member) => member.node === name && member.id !== id);
  if (other !== undefined) {
    return problem(409, 'CONFLICT', `${name} is the name of member ${other.id}`, 'give the new node a name of its own');
  }
  const result = await core.replica?.addNode(id, raft, infoOfNode(name, api, fix));
  return replyOf(core, result, `${name} (${id})`);
}

export async function removeMember(core: ApiSubject, name: string): Promise<Reply> {
  const member = memberViews(core).find((candidate) => candidate.node === name);
  const status = core.replica?.status();
  if (status?.role !== 'leader') return misdirected();
  if (member === undefined) return ok({ changed: false, members: memberViews(core) });
  if (member.id === core.plan.self.id) {
    const outcome = await core.replica?.transfer();
    if (outcome?.ok === true) return misdirected();
    const why = outcome?.reason ?? 'starting';
    return problem(
      503,
      'TRANSFER_FAILED',
      `${name} leads and could not hand over: ${why}`,
      'see GET /members, try again',
    );
  }
  return replyOf(core, await core.replica?.removeNode(member.id), name);
}

const REMEDIES: Readonly<Record<Exclude<MembershipRefusal, 'not-leader'>, readonly [number, string, string]>> = {
  stopped: [503, 'this node is stopping', 'ask another node'],
  'change-under-way': [
    409,
    'another change of membership is not finished',
    'wait until no member is a learner (GET /members), or remove the learner to give its addition up',
  ],
  'no-quorum': [
    409,
    'the voters that can be reached would be no quorum afterwards',
    'bring back nodes that are down, or remove those first',
  ],
  'is-leader': [409, 'the node leads', 'transfer leadership first: POST /transfer'],
  conflict: [
    409,
    'the id belongs to a member with another address, or the address to another member',
    'give the new node an id and an address of its own; to move a node, remove it and add it under a new id',
  ],
  'too-early': [503, 'this leader is new and has not heard from all nodes yet', 'try again shortly'],
  draining: [503, 'leadership is being handed over, or too much is in flight', 'try again shortly'],
  'leadership-lost': [
    504,
    'leadership was lost before the change was known to be made',
    'repeat the request: if it was made nothing happens',
  ],
};

function replyOf(core: ApiSubject, result: MembershipResult | undefined, what: string): Reply {
  if (result === undefined || (!result.ok && result.reason === 'not-leader')) return misdirected();
  if (result.ok) return ok({ changed: result.changed, members: memberViews(core) });
  const [status, text, remedy] = REMEDIES[result.reason as keyof typeof REMEDIES];
  return problem(status, result.reason.toUpperCase().replaceAll('-', '_'), `${what}: ${text}`, remedy);
}

function misdirected(): Reply {
  return problem(421, 'NOT_LEADING', 'this node does not lead', 'follow Location');
}

function textOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
