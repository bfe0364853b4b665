/**
 * No process ends by itself unless its disk failed or is not whole, its disk was lost and the others told it so, or it was
 * removed: an invariant that breaks inside a node is a bug, too.
 */
import type { World } from '../world/world.ts';

const OF_A_FAILED_DISK = 'BATON_REPLICA_JOURNAL';
const OF_A_LOST_DISK = 'BATON_REPLICA_FORGOTTEN';
const OF_A_LOST_FILE = 'BATON_JOURNAL_';
const OF_WHO_WAS_REMOVED = 'BATON_REPLICA_REMOVED';

export function watchDeaths(world: World): void {
  let judged = 0;
  world.moments.on('ended', () => {
    for (; judged < world.deaths.length; judged++) {
      const death = world.deaths[judged];
      if (death === undefined || death.code === OF_A_FAILED_DISK) continue;
      if (death.code.startsWith(OF_A_LOST_FILE) && world.node(death.nodeId).lostFile !== '') continue;
      if (death.code === OF_A_LOST_DISK && world.node(death.nodeId).hasLostDisk) continue;
      if (death.code === OF_WHO_WAS_REMOVED && isRemoved(world, death.nodeId)) continue;
      world.report('no process dies by itself', `node ${death.nodeId}: ${death.code} ${death.text}`);
    }
  });
}

/** Somebody has applied that it is no member. */
function isRemoved({ nodes }: World, nodeId: number): boolean {
  return nodes.some(({ core }) => {
    const members = core?.replica?.members() ?? [];
    return members.length > 0 && members.every((member) => member.nodeId !== nodeId);
  });
}
