/**
 * Why the leader does not begin a drill now. Pure, because it is what keeps a drill from becoming an accident: it must be
 * due, within its window and allowed at these venues; the cluster must bear the loss of its leader (three voters when it is
 * killed, all linked and level); and nobody may be in trouble. What the books say (gates, doubt, drain, recovery) the
 * ledger asks itself at the entry that begins it.
 */
import { type DrillPlan, isDrillDue, isInWindow } from './drill-plan.ts';

/** Who has just been elected is still being caught up with. */
const LEADING_MIN_US = 60_000_000;
/** A follower that takes over first applies what it lacks. */
const LAG_ENTRIES_MAX = 1000;

export interface DrillFacts {
  readonly nowUs: number;
  /** When the last hot drill began, whoever began it; null for none. */
  readonly lastStartedUs: number | null;
  /** Since when this node leads, by the same clock. */
  readonly leadingSinceUs: number;
  /** Checks that count against this node. */
  readonly problems: readonly string[];
  readonly peers: readonly {
    readonly node: string;
    readonly isVoter: boolean;
    readonly linkUp: boolean;
    readonly lagEntries: number;
    /** What counts against it by its own word; null when it has said nothing lately. */
    readonly problems: readonly string[] | null;
  }[];
}

/** '' when nothing speaks against it. */
export function drillObjection(plan: DrillPlan, facts: DrillFacts): string {
  const { lastStartedUs, leadingSinceUs, nowUs, peers, problems } = facts;
  if (!isDrillDue(plan.every, lastStartedUs, nowUs)) return 'it is not due';
  if (!isInWindow(plan, nowUs)) return 'it is not the time of its window';
  if (plan.live.length > 0) return `${plan.live.join(', ')} is live`;
  if (nowUs - leadingSinceUs < LEADING_MIN_US) return 'this node has led for less than a minute';
  if (problems.length > 0) return `this node is unfit: ${problems.join(', ')}`;
  const others = peers.filter(({ isVoter }) => isVoter).length;
  const needed = plan.method === 'kill' ? 2 : 1;
  if (others < needed) return `a ${plan.method} needs ${needed + 1} voters, there are ${others + 1}`;
  for (const { lagEntries, linkUp, node, problems: theirs } of peers) {
    if (!linkUp) return `there is no link to ${node}`;
    if (lagEntries > LAG_ENTRIES_MAX) return `${node} lacks ${lagEntries} entries`;
    if (theirs === null) return `${node} has not said how it is`;
    if (theirs.length > 0) return `${node} is unfit: ${theirs.join(', ')}`;
  }
  return '';
}
