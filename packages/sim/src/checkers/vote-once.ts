/** A node votes at most once in a term, across restarts; seen in what it sends (a candidate has voted for itself). */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

export function watchVotes(world: World): void {
  const votes = new Map<string, number>();
  world.moments.on('sent', (from, to, messages) => {
    for (const { type, term, reject } of messages) {
      const isVote = (type === MessageType.VoteResp && !reject) || type === MessageType.Vote;
      if (!isVote) continue;
      const choice = type === MessageType.Vote ? from : to;
      const key = `${from}/${term}`;
      const first = votes.get(key);
      if (first === undefined) votes.set(key, choice);
      else if (first !== choice) {
        world.report('one vote a term', `node ${from} voted for ${first} and ${choice} in term ${term}`);
      }
    }
  });
}
