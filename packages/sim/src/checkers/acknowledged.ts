/**
 * What followers have acknowledged, and three laws that rest on it. Leader completeness: who leads has everything that
 * was ever applied. Quorum: nothing is applied that a majority did not acknowledge. Durability: a node that starts again
 * on its disk still has what it acknowledged, if that was ever applied by anybody (nobody may have replaced it then).
 */
import { MessageType } from '@baton/raft';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import type { AgreedLog } from './agreed-log.ts';
import { Voters } from './voters.ts';

export function watchAcknowledged(world: World, agreed: AgreedLog): void {
  const acknowledged = new Map<number, number>();
  const voters = new Voters(world);
  const toJudge = new Set<NodeFace>();
  world.moments.on('sent', (from, _to, messages) => {
    for (const { type, index, reject } of messages) {
      if (type !== MessageType.AppResp || reject) continue;
      if (index > (acknowledged.get(from) ?? 0)) acknowledged.set(from, index);
    }
  });
  world.moments.on('leading', (node, term) => {
    const last = node.core?.replica?.status().last ?? 0;
    if (last < agreed.lastIndex) {
      world.report(
        'leader completeness',
        `node ${node.nodeId} leads term ${term} up to ${last} of ${agreed.lastIndex}`,
      );
    }
  });
  world.moments.on('applied', (node, { index }) => {
    // The leader acknowledges nothing to itself.
    const count = (ids: readonly number[]): number =>
      ids.reduce((sum, id) => sum + ((acknowledged.get(id) ?? 0) >= index ? 1 : 0), 1);
    const ids = voters.of(node);
    if (count(ids) >= quorumOf(ids, voters.hasChanged)) return;
    const applied = voters.asApplied(node);
    if (applied.length > 0 && count(applied) >= quorumOf(applied, applied.length !== ids.length || voters.hasChanged))
      return;
    world.report('quorum before apply', `entry ${index} was applied, and ${count(applied)} have it`);
  });
  world.moments.on('started', (node) => toJudge.add(node));
  world.moments.on('ended', (node) => toJudge.delete(node));
  world.moments.on('stepped', () => {
    for (const node of toJudge) {
      const replica = node.core?.replica;
      if (!node.isReady || replica === undefined) continue;
      toJudge.delete(node);
      // It is another node's part to see that it does not go on as if it remembered (forgotten-silence.ts).
      if (node.hasLostDisk) continue;
      const due = Math.min(acknowledged.get(node.nodeId) ?? 0, agreed.lastIndex);
      const { last } = replica.status();
      if (last < due)
        world.report('durable before acknowledged', `node ${node.nodeId} has ${last}, acknowledged ${due}`);
    }
  });
}

/** Whoever counted may have been one change of membership behind: one voter less. */
function quorumOf(voters: readonly number[], hasChanged: boolean): number {
  return Math.floor((hasChanged ? voters.length - 1 : voters.length) / 2) + 1;
}
