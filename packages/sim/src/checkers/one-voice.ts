/**
 * I7: only a leader writes orders, and once a leader of a later term has written, none of an earlier one does: terms of
 * writers never overlap at the venue.
 */
import { msgTypeOf } from '../world/fix-text.ts';
import type { World } from '../world/world.ts';
import { isOrderMessage } from './order-message.ts';

export function watchVoice(world: World): void {
  let lastTerm = 0;
  world.moments.on('written', (node, bytes) => {
    const msgType = msgTypeOf(bytes);
    if (!isOrderMessage(msgType)) return;
    const term = node.core?.leadingTerm ?? 0;
    if (term === 0) world.report('I7', `node ${node.nodeId} wrote 35=${msgType} and does not lead`);
    else if (term < lastTerm) {
      world.report('I7', `node ${node.nodeId} wrote 35=${msgType} in term ${term} after a write in ${lastTerm}`);
    } else lastTerm = term;
  });
}
