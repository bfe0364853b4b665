/** What a doctor says of a cluster, from what its nodes answered: pure, so that each illness can be played. */
import type { TakeoverReport } from '@baton/node';
import { leaderOf, type NodeReport } from './cluster-view.ts';
import { failoverFinding } from './doctor-failover.ts';
import { bad, type Finding, good, warn } from './finding.ts';
import type { NodeStatus } from './node-client.ts';
import { lagOf } from './status-table.ts';

export interface ClusterFacts {
  readonly reports: readonly NodeReport[];
  readonly takeovers: readonly TakeoverReport[];
}

/** Entries that a follower may lack while much is under way. */
const LAG_USUAL = 1000;

/** By check of a node's health: what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  'event-loop': 'something takes the processor: baton doctor --host, fewer programs beside it, a core of its own',
  disk: 'a slow disk: baton doctor --host measures it; another disk, or durability: memory if you accept that',
  'order-lag': 'orders wait for their venue: look at the sessions and gates',
  risk: 'commands wait for a quorum: look at links, lag and disks of the followers',
  'market-data': 'a feed is silent: look at its session, and at the venue',
  clock: 'synchronise clocks (chrony, PTP): baton doctor --host',
};

export function clusterFindings({ reports, takeovers }: ClusterFacts): Finding[] {
  const leader = leaderOf(reports);
  const alive = reports.flatMap(({ status }) => (status === null ? [] : [status]));
  return [
    ...reports.map(nodeFinding),
    leaderFinding(reports, leader),
    ...termFindings(alive, leader),
    ...(leader === null ? [] : [...gateFindings(leader), ...doubtFindings(leader)]),
    ...alive.flatMap((status) => [...healthFindings(status), ...followerFindings(status, leader)]),
    hashFinding(alive),
    ...durabilityFindings(alive),
    failoverFinding(takeovers),
  ];
}

function nodeFinding({ api, error, name, status }: NodeReport): Finding {
  if (status !== null) return good(`node ${name}`, `${status.role}, up ${uptimeText(status.uptimeMs)}`);
  const remedy =
    'start it (systemctl start baton@NODE), or look at its log; a lost host is replaced with baton members replace';
  return bad(`node ${name}`, `does not answer at ${api} (${error})`, remedy);
}

function leaderFinding(reports: readonly NodeReport[], leader: NodeStatus | null): Finding {
  if (leader !== null) return good('leader', `${leader.node} leads term ${leader.term}`);
  const alive = reports.filter(({ status }) => status !== null).length;
  const hasQuorum = alive > reports.length / 2;
  const text = `nobody leads; ${alive} of ${reports.length} nodes answer`;
  return bad(
    'leader',
    text,
    hasQuorum
      ? 'look at the links between nodes: ports, certificates, clocks'
      : 'start nodes until more than half are there',
  );
}

function termFindings(alive: readonly NodeStatus[], leader: NodeStatus | null): Finding[] {
  const others = alive.filter(({ node, role }) => role === 'leader' && node !== leader?.node);
  return others.map(({ node, term }) =>
    warn(
      `node ${node}`,
      `still calls itself leader, of term ${term}`,
      'ask again: without a quorum it can do nothing, and finds out in a moment',
    ),
  );
}

function gateFindings({ gate, sessions }: NodeStatus): Finding[] {
  return gate.map(({ open, phase, venue }) => {
    const status = sessions.find((session) => session.venue === venue)?.status ?? 'no session';
    if (open) return good(`gate ${venue}`, `open; session ${status}`);
    const remedy =
      'baton takeovers tells where it waits; baton kill-switch and baton recover tell whether it was closed by hand';
    return bad(`gate ${venue}`, `closed, at ${phase}; session ${status}`, remedy);
  });
}

function doubtFindings({ orders }: NodeStatus): Finding[] {
  if (orders.inDoubt === 0) return [good('orders', `${orders.open} open, none in doubt`)];
  return [
    warn(
      'orders',
      `${orders.inDoubt} in doubt: their worst case is reserved`,
      'baton takeovers names them; ask the venue, then baton settle',
    ),
  ];
}

function healthFindings({ node, problems = {} }: NodeStatus): Finding[] {
  return Object.entries(problems).map(([check, text]) => {
    const name = check.split(' ')[0] ?? check;
    return bad(`health ${node}`, `${check}: ${text}`, REMEDIES[name] ?? 'see GET /health of the node, and its log');
  });
}

function followerFindings(status: NodeStatus, leader: NodeStatus | null): Finding[] {
  const down = status.links.filter(({ up }) => !up).map(({ node }) => node);
  const links =
    down.length === 0
      ? []
      : [
          bad(
            `links ${status.node}`,
            `none to ${down.join(', ')}`,
            'look at the raft ports, certificates and names of both sides; their logs say who refused',
          ),
        ];
  const lag = lagOf(status, leader);
  if (status.node === leader?.node || lag <= LAG_USUAL) return links;
  const remedy = 'compare network and disk with the others: baton doctor --host; it catches up by itself';
  return [...links, warn(`lag ${status.node}`, `${lag} entries behind the leader`, remedy)];
}

/** Only states at the same index can be compared. */
function hashFinding(alive: readonly NodeStatus[]): Finding {
  const byIndex = Map.groupBy(alive, ({ stateHash }) => stateHash.index);
  for (const [index, nodes] of byIndex) {
    if (new Set(nodes.map(({ stateHash }) => stateHash.hash)).size < 2) continue;
    const told = nodes.map(({ node, stateHash }) => `${node} ${stateHash.hash.slice(0, 12)}`).join(', ');
    return bad(
      'state',
      `differs at entry ${index}: ${told}`,
      'stop the node that is alone with its hash, keep its folder, replace it; report this',
    );
  }
  const largest = Math.max(0, ...[...byIndex.values()].map((nodes) => nodes.length));
  return good('state', largest < 2 ? 'no two nodes told a hash of the same entry' : `${largest} nodes agree`);
}

function durabilityFindings(alive: readonly NodeStatus[]): Finding[] {
  const inMemory = alive.filter(({ durability }) => durability === 'memory').map(({ node }) => node);
  if (inMemory.length === 0) return [];
  return [
    warn(
      'durability',
      `memory on ${inMemory.join(', ')}: a power cut of a quorum loses what was committed last`,
      'durability: disk',
    ),
  ];
}

function uptimeText(uptimeMs: number): string {
  const minutes = Math.floor(uptimeMs / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
