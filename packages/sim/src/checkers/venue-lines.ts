/**
 * Lines to the venue, and who believes in them. A node that does not lead frees the venue: where one line of the cluster is
 * let in at a time, each millisecond that a deposed leader keeps its own is one in which the next leader cannot log on. And
 * the log knows of its line: a leader whose gate stands open has one, or says within moments that it has none.
 */
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { isOneLine } from './fence.ts';

/** A line that is ended in order lingers for a second at most. */
const FREED_MS = 1_500;
/** Far more than an entry takes, and less than it takes to resign without one. */
const TOLD_MS = 3_000;

export function watchVenueLines(world: World): void {
  /** Since when, by node. */
  const kept = new Map<number, number>();
  const untold = new Map<number, number>();
  const isKept = !isOneLine(world.venue.exchange.profile);
  const lasts = (since: Map<number, number>, nodeId: number, isSo: boolean, limitMs: number): boolean => {
    if (!isSo) {
      since.delete(nodeId);
      return false;
    }
    const fromUs = since.get(nodeId) ?? world.nowUs;
    since.set(nodeId, fromUs);
    if (world.nowUs - fromUs < limitMs * 1000) return false;
    since.set(nodeId, Number.POSITIVE_INFINITY);
    return true;
  };
  world.moments.on('stepped', () => {
    for (const node of world.nodes) {
      const { nodeId } = node;
      if (!isKept && lasts(kept, nodeId, follows(node) && node.venueLines > 0, FREED_MS)) {
        world.report('who does not lead frees the venue', `node ${nodeId} has a line of its own for ${FREED_MS} ms`);
      }
      if (lasts(untold, nodeId, leads(node) && node.venueLines === 0 && node.isTrading, TOLD_MS)) {
        if ((node.core?.replica?.leaseRemainingUs() ?? 0) <= 0) continue;
        world.report('the log knows its line', `the gate of node ${nodeId} is open for ${TOLD_MS} ms without a line`);
      }
    }
  });
}

function follows({ core, isRunning }: NodeFace): boolean {
  return core !== undefined && isRunning && core.leadingTerm === 0;
}

function leads({ core }: NodeFace): boolean {
  return core !== undefined && core.leadingTerm !== 0;
}
