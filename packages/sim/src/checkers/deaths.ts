/** No process ends by itself unless its disk failed: an invariant that breaks inside a node is a bug, too. */
import type { World } from '../world/world.ts';

const OF_A_FAILED_DISK = 'BATON_REPLICA_JOURNAL';

export function watchDeaths(world: World): void {
  let judged = 0;
  world.moments.on('ended', () => {
    for (; judged < world.deaths.length; judged++) {
      const death = world.deaths[judged];
      if (death === undefined || death.code === OF_A_FAILED_DISK) continue;
      world.report('no process dies by itself', `node ${death.nodeId}: ${death.code} ${death.text}`);
    }
  });
}
