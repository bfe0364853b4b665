/** A node's status, as GET /status tells it. */
import type { ClientSessionView, PositionView } from '@baton/ledger';
import type { ScribeStatus } from '@baton/scribe';
import type { ProcessFiguresView } from '../core/process-figures.ts';
import { problemsOf } from '../health/health-view.ts';
import type { ApiSubject } from './subject.ts';

export interface NodeStatus {
  readonly node: string;
  readonly id: number;
  /** Process id of the core, and of its parent. */
  readonly pid: number;
  readonly parentPid: number;
  readonly role: 'leader' | 'follower' | 'candidate' | 'pre-candidate' | 'starting';
  readonly term: number;
  readonly leader: string | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  /** Committed entries, as far as this node knows, that it has not applied yet. */
  readonly lagEntries: number;
  readonly gate: readonly { readonly venue: string; readonly open: boolean; readonly phase: string }[];
  readonly leaseRemainingUs: number;
  readonly orders: OrderCounts;
  readonly fills: number;
  readonly positions: readonly PositionView[];
  /** As compared between the nodes last; index 0 before the first time. Of this moment: GET /state-hash. */
  readonly stateHash: { readonly index: number; readonly hash: string };
  readonly sessions: readonly unknown[];
  /** Sessions of clients who enter orders by FIX. */
  readonly clients: readonly ClientSessionView[];
  readonly links: readonly { readonly node: string; readonly up: boolean }[];
  readonly uptimeMs: number;
  /** Strategies whose threads run on this node and are told what happens. */
  readonly strategiesConnected: readonly string[];
  readonly durability: string;
  readonly paused: boolean;
  /** Check and text of what makes this node unfit to lead; more in GET /health. */
  readonly problems: Readonly<Record<string, string>>;
  readonly process: ProcessFiguresView;
  /** As it said last, at most a second ago; null while there is none. */
  readonly scribe: ScribeStatus | null;
}

export interface OrderCounts {
  readonly total: number;
  readonly open: number;
  readonly held: number;
  readonly inDoubt: number;
  readonly voided: number;
}

export function nodeStatus(core: ApiSubject): NodeStatus {
  const { plan, ledger } = core;
  const replica = core.replica?.status();
  const nodes = core.knownNodes();
  const nameOf = (id: number): string | null => nodes.find((node) => node.id === id)?.name ?? null;
  const counts = ledger.status();
  return {
    node: plan.self.name,
    id: plan.self.id,
    pid: process.pid,
    parentPid: process.ppid,
    role: replica?.role ?? 'starting',
    term: replica?.term ?? 0,
    leader: nameOf(replica?.leader ?? 0),
    commitIndex: replica?.commit ?? 0,
    appliedIndex: replica?.applied ?? 0,
    lastIndex: replica?.last ?? 0,
    lagEntries: Math.max(0, (replica?.commit ?? 0) - (replica?.applied ?? 0)),
    gate: plan.venues.map((venue) => {
      const gate = ledger.gate(venue.name);
      return { venue: venue.name, open: gate.open && gate.term === core.leadingTerm, phase: gate.phase };
    }),
    leaseRemainingUs: replica?.leaseRemainingUs ?? 0,
    orders: counts.orders,
    fills: counts.fills,
    positions: ledger.positions(),
    stateHash: core.replica?.lastHash() ?? { index: 0, hash: '' },
    sessions: ledger.sessions(),
    clients: ledger.clientSessions(),
    links: (replica?.peers ?? []).map((peer) => ({
      node: nameOf(peer.nodeId) ?? String(peer.nodeId),
      up: peer.linkUp,
    })),
    uptimeMs: Math.round(core.uptimeMs()),
    strategiesConnected: core.strategiesConnected,
    durability: plan.durability,
    paused: core.ledger.strategyPauses().some(({ strategyId }) => strategyId === ''),
    problems: problemsOf(core.health()),
    process: core.processFigures(),
    scribe: core.scribe.status(),
  };
}
