/**
 * Who lost its disk takes part no more: no vote and no acknowledgement leaves a process that came back under its old id with
 * an empty folder, or nodes would count on what nobody remembers (replica, admission.ts).
 */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

export function watchForgotten(world: World): void {
  world.moments.on('sent', (from, to, messages) => {
    if (!world.node(from).hasLostDisk) return;
    for (const { type, reject } of messages) {
      const isVote = type === MessageType.VoteResp || type === MessageType.PreVoteResp;
      if (reject || (!isVote && type !== MessageType.AppResp)) continue;
      const what = isVote ? 'votes' : 'acknowledges';
      world.report('who forgot is silent', `node ${from} ${what} to node ${to}, and has lost its disk`);
    }
  });
}
