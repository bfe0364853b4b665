/**
 * What the gate is for: nothing is written to a venue's session by a node without a lease, at the very moment of the write
 * (I7). Not only orders: a Logon of a leader that may have a successor takes the line away from it. The silent line that a
 * follower keeps where the venue lets it is another matter: no order leaves on it.
 */
import { msgTypeOf } from '../world/fix-text.ts';
import type { World } from '../world/world.ts';
import { isOrderMessage } from './order-message.ts';

export function watchLeasedWrites(world: World): void {
  world.moments.on('written', ({ nodeId, core }, bytes) => {
    if ((core?.replica?.leaseRemainingUs() ?? 0) > 0) return;
    const msgType = msgTypeOf(bytes);
    const isSilentLine = (core?.leadingTerm ?? 0) === 0 && !isOrderMessage(msgType);
    // No message of a session: a question over HTTP.
    if (msgType === '' || isSilentLine) return;
    world.report('lease at the write', `node ${nodeId} wrote 35=${msgType} without a lease`);
  });
}
