/**
 * The nodes of a cluster as a table for people: who leads, how far each is, whether it may write to the venue. Columns
 * without borders, as in other tools of the trade, so that it can be read by eye and cut by column.
 */
import Table from 'cli-table3';
import { leaderOf, type NodeReport } from './cluster-view.ts';
import { type OutputStream, styled } from './command-output.ts';
import type { NodeStatus } from './node-client.ts';

/** What a status answer cannot know: how often the node's process was started again. */
export type RestartCounts = ReadonlyMap<string, number>;

/** Columns without lines between them. */
export const BORDERLESS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, part === 'middle' ? '  ' : '']),
);

const HEAD = ['NODE', 'ROLE', 'TERM', 'COMMIT', 'LAG', 'GATE', 'ORDERS', 'OPEN', 'FILLS', 'POSITION'];
const RIGHT_ALIGNED = new Set(['TERM', 'COMMIT', 'LAG', 'ORDERS', 'OPEN', 'FILLS', 'RESTARTS']);

/** The table as text; `restarts` adds a column. */
export function statusTable(reports: readonly NodeReport[], stream: OutputStream, restarts?: RestartCounts): string {
  const head = restarts === undefined ? HEAD : [...HEAD, 'RESTARTS'];
  const table = new Table({
    head,
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((name) => (RIGHT_ALIGNED.has(name) ? 'right' : 'left')),
  });
  const leader = leaderOf(reports);
  for (const report of reports) {
    const cells = report.status === null ? downCells(report, stream) : nodeCells(report.status, leader, stream);
    table.push(restarts === undefined ? cells : [...cells, String(restarts.get(report.name) ?? 0)]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What makes nodes unfit to lead, a line each. */
export function problemLines(reports: readonly NodeReport[]): string[] {
  return reports.flatMap(({ name, status }) =>
    Object.entries(status?.problems ?? {}).map(([check, text]) => `${name} is not fit to lead: ${check}: ${text}`),
  );
}

function downCells(report: NodeReport, stream: OutputStream): string[] {
  return [report.name, styled(stream, 'red', 'down'), ...HEAD.slice(2).map(() => '-')];
}

function nodeCells(status: NodeStatus, leader: NodeStatus | null, stream: OutputStream): string[] {
  const isLeader = leader?.node === status.node;
  return [
    status.node,
    isLeader ? styled(stream, 'green', status.role) : status.role,
    String(status.term),
    String(status.commitIndex),
    String(lagOf(status, leader)),
    gateText(status, stream),
    String(status.orders.total),
    String(status.orders.open),
    String(status.fills),
    positionText(status),
  ];
}

/** Entries the leader knows to be committed that this node has not applied; as far as one round of questions can tell. */
export function lagOf(status: NodeStatus, leader: NodeStatus | null): number {
  return Math.max(0, (leader?.commitIndex ?? status.commitIndex) - status.appliedIndex);
}

function gateText(status: NodeStatus, stream: OutputStream): string {
  if (status.role !== 'leader') return '-';
  const isOpen = status.gate.length > 0 && status.gate.every((gate) => gate.open);
  if (isOpen) return styled(stream, 'green', 'open');
  return styled(stream, 'yellow', status.gate.find((gate) => !gate.open)?.phase ?? 'closed');
}

function positionText(status: NodeStatus): string {
  return status.positions.map((position) => `${position.symbol} ${position.netQuantity}`).join(', ') || '-';
}
