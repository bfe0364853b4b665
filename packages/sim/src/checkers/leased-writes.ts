/** What the gate is for: no order message is written by a node without a lease, at the very moment of the write (I7). */
import { msgTypeOf } from '../world/fix-text.ts';
import type { World } from '../world/world.ts';

const ORDER_TYPES: ReadonlySet<string> = new Set(['D', 'F', 'G', 'q']);

export function watchLeasedWrites(world: World): void {
  world.moments.on('written', ({ nodeId, core }, bytes) => {
    const msgType = msgTypeOf(bytes);
    if (!ORDER_TYPES.has(msgType) || (core?.replica?.leaseRemainingUs() ?? 0) > 0) return;
    world.report('lease at the write', `node ${nodeId} wrote 35=${msgType} without a lease`);
  });
}
