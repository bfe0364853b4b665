/**
 * The term in which a node promises something (a vote, an entry on its disk) never goes back, across restarts; seen in what
 * it sends. Other messages may carry an older term: they were made before a promise that waited for the disk.
 */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

export function watchTerms(world: World): void {
  const terms = new Map<number, number>();
  world.moments.on('sent', (from, _to, messages) => {
    for (const { type, term, reject } of messages) {
      if (reject || (type !== MessageType.VoteResp && type !== MessageType.AppResp)) continue;
      const last = terms.get(from) ?? 0;
      if (term < last) world.report('terms grow', `node ${from} promises in term ${term} after ${last}`);
      else terms.set(from, term);
    }
  });
}
