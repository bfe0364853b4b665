/**
 * The term in which a node promises something (a vote, an entry on its disk) never goes back, across restarts; seen in what
 * it sends. Other messages may carry an older term: they were made before a promise that waited for the disk. What waited
 * for one sync leaves at one moment, peer by peer: there, only what goes to the same peer has an order.
 */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

interface Promised {
  /** The latest term, and when it was first promised. */
  term: number;
  atUs: number;
  /** The latest of earlier moments. */
  termBefore: number;
  readonly toPeers: Map<number, number>;
}

export function watchTerms(world: World): void {
  const promises = new Map<number, Promised>();
  world.moments.on('sent', (from, to, messages) => {
    for (const { type, term, reject } of messages) {
      if (reject || (type !== MessageType.VoteResp && type !== MessageType.AppResp)) continue;
      const known = promises.get(from) ?? { term: 0, atUs: -1, termBefore: 0, toPeers: new Map<number, number>() };
      promises.set(from, known);
      if (world.nowUs > known.atUs) known.termBefore = known.term;
      const last = Math.max(known.termBefore, known.toPeers.get(to) ?? 0);
      if (term < last) world.report('terms grow', `node ${from} promises in term ${term} after ${last}`);
      known.toPeers.set(to, Math.max(last, term));
      if (term <= known.term) continue;
      known.term = term;
      known.atUs = world.nowUs;
    }
  });
}
