/** Election safety: at most one leader a term (Raft thesis §3.2). */
import type { World } from '../world/world.ts';

export function watchElectionSafety(world: World): void {
  const leaders = new Map<number, number>();
  world.moments.on('leading', ({ nodeId }, term) => {
    const first = leaders.get(term);
    if (first === undefined) leaders.set(term, nodeId);
    else if (first !== nodeId) world.report('election safety', `nodes ${first} and ${nodeId} lead term ${term}`);
  });
}
