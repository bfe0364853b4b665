/**
 * Lines to the venue, and who believes in them. A node that does not lead frees the venue: where one line of the cluster is
 * let in at a time, each millisecond that a deposed leader keeps its own is one in which the next leader cannot log on. And
 * the log knows of its line: a leader whose gate stands open has one that lasts, or says within moments that it has none.
 */
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { isOneLine } from './fence.ts';

/** A line that is ended in order lingers for a second at most. */
const FREED_US = 1_500_000;
/** Far more than an entry takes, and less than it takes to resign without one. */
const TOLD_US = 3_000_000;
/** A venue that is away lets lines in and breaks them at once: these are none. */
const LASTS_US = 1_000_000;

interface Lines {
  /** Since when it has a line and does not lead; -1: it is not so. */
  keptUs: number;
  /** Since when its gate is open without a line that lasts; -1: it is not so. */
  untoldUs: number;
  /** Since when it has a line; -1: it has none. */
  sinceUs: number;
}

export function watchVenueLines(world: World): void {
  const isKept = !isOneLine(world.venue.exchange.profile);
  const all = new Map<number, Lines>();
  world.moments.on('stepped', () => {
    const { nowUs } = world;
    for (const node of world.nodes) {
      const lines = all.get(node.nodeId) ?? { keptUs: -1, untoldUs: -1, sinceUs: -1 };
      all.set(node.nodeId, lines);
      lines.sinceUs = since(lines.sinceUs, node.venueLines > 0, nowUs);
      lines.keptUs = since(lines.keptUs, !isKept && lines.sinceUs >= 0 && follows(node), nowUs);
      const isLasting = lines.sinceUs >= 0 && nowUs - lines.sinceUs >= LASTS_US;
      lines.untoldUs = since(lines.untoldUs, !isLasting && leads(node) && node.isTrading, nowUs);
      if (lines.keptUs >= 0 && nowUs - lines.keptUs >= FREED_US) {
        lines.keptUs = Number.POSITIVE_INFINITY;
        world.report('who does not lead frees the venue', `node ${node.nodeId} has a line of its own for 1.5 s`);
      }
      if (lines.untoldUs >= 0 && nowUs - lines.untoldUs >= TOLD_US) {
        lines.untoldUs = Number.POSITIVE_INFINITY;
        if ((node.core?.replica?.leaseRemainingUs() ?? 0) <= 0) continue;
        world.report('the log knows its line', `the gate of node ${node.nodeId} is open for 3 s without a line`);
      }
    }
  });
}

/** When it began to be so; -1 if it is not so. */
function since(beganUs: number, isSo: boolean, nowUs: number): number {
  if (!isSo) return -1;
  return beganUs === -1 ? nowUs : beganUs;
}

function follows({ core, isRunning }: NodeFace): boolean {
  return core !== undefined && isRunning && core.leadingTerm === 0;
}

function leads({ core }: NodeFace): boolean {
  return core !== undefined && core.leadingTerm !== 0;
}
