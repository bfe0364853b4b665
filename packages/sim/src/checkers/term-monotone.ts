/** A node's term never goes back, across restarts; seen in what it sends (a PreVote speaks of a term that is not yet). */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

export function watchTerms(world: World): void {
  const terms = new Map<number, number>();
  world.moments.on('sent', (from, _to, messages) => {
    for (const { type, term } of messages) {
      if (type === MessageType.PreVote || type === MessageType.PreVoteResp || term === 0) continue;
      const last = terms.get(from) ?? 0;
      if (term < last) world.report('terms grow', `node ${from} speaks of term ${term} after ${last}`);
      else terms.set(from, term);
    }
  });
}
