/**
 * What changed between two looks at a cluster, in one line a change: for logs and pipes, where a table redrawn in place
 * would be noise. Counters that only grow are not changes.
 */
import { leaderOf, type NodeReport } from './cluster-view.ts';

/** The lines that tell `next` to somebody who knows `before`. */
export function changeLines(before: readonly NodeReport[], next: readonly NodeReport[]): string[] {
  const lines = next.flatMap((report) => {
    const text = roleText(report);
    const earlier = before.find((other) => other.api === report.api);
    return earlier !== undefined && roleText(earlier) === text ? [] : [`${report.name}: ${text}`];
  });
  const gate = gateText(next);
  if (gate !== null && gate !== gateText(before)) lines.push(gate);
  return lines;
}

function roleText({ status }: NodeReport): string {
  if (status === null) return 'down';
  if (status.role === 'leader') return `leader of term ${status.term}`;
  return status.leader === null
    ? `${status.role} without a leader`
    : `follower of ${status.leader}, term ${status.term}`;
}

function gateText(reports: readonly NodeReport[]): string | null {
  const leader = leaderOf(reports);
  if (leader === null) return null;
  const gates = leader.gate.map((gate) => `${gate.venue} ${gate.open ? 'open' : gate.phase}`);
  return `gate of ${leader.node} in term ${leader.term}: ${gates.join(', ')}`;
}
