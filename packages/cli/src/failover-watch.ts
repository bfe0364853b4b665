/**
 * Notices from status answers that the leadership has moved, and tells the timeline once it is complete. The start of a
 * failover is the kill, if it was done here; otherwise the moment at which the next leader saw the death.
 */
import { type ClusterView, leaderOf, type NodeReport } from './cluster-view.ts';
import { type FailoverTimeline, failoverTimeline, type Kill, timelineFrom } from './failover.ts';
import type { NodeStatus } from './node-client.ts';

export class FailoverWatch {
  readonly #view: ClusterView;
  readonly #onFailover: (timeline: FailoverTimeline) => void;
  #leader: NodeStatus | null = null;
  #kill: Kill | null = null;

  constructor(view: ClusterView, onFailover: (timeline: FailoverTimeline) => void) {
    this.#view = view;
    this.#onFailover = onFailover;
  }

  /** A kill done here: the next failover is measured from it. */
  killed(kill: Kill): void {
    this.#kill = kill;
  }

  /** Takes a fresh status of all nodes; reports a failover when a new leader's gate is open. */
  async look(reports: readonly NodeReport[]): Promise<void> {
    const leader = leaderOf(reports);
    if (leader === null || !leader.gate.every((gate) => gate.open)) return;
    const before = this.#leader;
    this.#leader = leader;
    if (before === null || before.term === leader.term) return;
    const kill = this.#kill;
    this.#kill = null;
    const timeline =
      kill !== null && kill.term < leader.term ? await this.#fromKill(kill) : await this.#fromDeath(before, leader);
    if (timeline !== null) this.#onFailover(timeline);
  }

  async #fromKill(kill: Kill): Promise<FailoverTimeline | null> {
    // The order that ends the timeline may be long in coming when nothing trades; the gate is enough then.
    return await failoverTimeline(this.#view, kill, { timeoutMs: 1_000 }).catch(() =>
      failoverTimeline(this.#view, kill, { timeoutMs: 1_000, untilOrder: false }).catch(() => null),
    );
  }

  async #fromDeath(before: NodeStatus, leader: NodeStatus): Promise<FailoverTimeline | null> {
    const takeovers = await this.#view
      .clientOf(leader.node)
      ?.takeovers()
      .catch(() => []);
    const takeover = takeovers?.find((each) => each.term === leader.term);
    const atUs = takeover?.phasesUs['deathSeen'] ?? takeover?.phasesUs['elected'];
    if (takeover === undefined || atUs === undefined) return null;
    const kill = { node: before.node, pid: before.pid, term: before.term, atUs };
    const accepted = await this.#view.venue?.firstAcceptedAfter(atUs).catch(() => null);
    return timelineFrom(kill, takeover, accepted ?? null);
  }
}
