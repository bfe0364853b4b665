/**
 * Who is healthier. Rules decided here: only a node that could take over (linked, a voter, level) and that lately said so
 * itself; it must have fewer problems than this leader, and none of the same checks; a venue that is down here it must have
 * reached. Of several the one with the fewest problems, then the one that lacks the least of the log.
 */
import type { Problems } from './health-watch.ts';
import type { PeerReport } from './peer-health.ts';
import { VENUE_CHECK } from './venue-health.ts';

/** A node that could take over as far as the log is concerned. */
export interface Candidate {
  readonly nodeId: number;
  readonly lagEntries: number;
}

/** The healthiest that is healthier than a leader with `problems`; 0 if there is none. */
export function healthierNode(
  problems: Problems,
  candidates: readonly Candidate[],
  reports: ReadonlyMap<number, PeerReport>,
): number {
  const better = candidates.flatMap(({ lagEntries, nodeId }) => {
    const report = reports.get(nodeId);
    return report !== undefined && isHealthier(report, problems)
      ? [{ nodeId, lagEntries, count: report.problems.size }]
      : [];
  });
  better.sort((a, b) => a.count - b.count || a.lagEntries - b.lagEntries || a.nodeId - b.nodeId);
  return better[0]?.nodeId ?? 0;
}

function isHealthier(report: PeerReport, problems: Problems): boolean {
  if (report.problems.size >= problems.size) return false;
  for (const check of problems.keys()) {
    if (report.problems.has(check)) return false;
    const [kind, venue = ''] = check.split(' ');
    if (kind === VENUE_CHECK && !report.reached.includes(venue)) return false;
  }
  return true;
}
