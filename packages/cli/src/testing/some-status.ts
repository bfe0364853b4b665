/** Status answers of nodes, for tests of what is shown of them. */
import type { NodeReport } from '../cluster-view.ts';
import type { NodeStatus } from '../node-client.ts';

export function someStatus(node: string, change: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node,
    id: Number(node.slice(1)),
    pid: 100,
    parentPid: 99,
    role: 'follower',
    term: 1,
    leader: 'n1',
    commitIndex: 10,
    appliedIndex: 10,
    lastIndex: 10,
    lagEntries: 0,
    gate: [{ open: false, phase: 'Idle', venue: 'SIM' }],
    leaseRemainingUs: 0,
    orders: { total: 0, open: 0, held: 0, inDoubt: 0, voided: 0 },
    fills: 0,
    positions: [],
    stateHash: { index: 10, hash: 'aa' },
    sessions: [],
    links: [],
    uptimeMs: 0,
    strategiesConnected: [],
    scribe: null,
    durability: 'disk',
    ...change,
  };
}

export function someLeader(node: string, change: Partial<NodeStatus> = {}): NodeStatus {
  return someStatus(node, {
    role: 'leader',
    leader: node,
    gate: [{ open: true, phase: 'GateOpen', venue: 'SIM' }],
    ...change,
  });
}

export function someReport(status: NodeStatus): NodeReport {
  return { name: status.node, api: `127.0.0.1:909${status.id}`, status, error: null, isRefused: false };
}

export function downReport(node: string): NodeReport {
  return { name: node, api: `127.0.0.1:909${node.slice(1)}`, status: null, error: 'ECONNREFUSED', isRefused: false };
}
