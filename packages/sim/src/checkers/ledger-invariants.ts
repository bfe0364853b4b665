/**
 * Invariants of a ledger's state (I1, I2, I8, I13). Judging walks all orders and fills that are remembered, so it is done
 * when the log has grown by a share of them: then it costs as much an entry however long the run. Whenever a gate opens it
 * is done all the same. Of copies at one index the first is judged; that the others are equal is another law (I10).
 */
import type { World } from '../world/world.ts';

const EVERY_ENTRIES = 32;
/** Of the log's length, by which it has grown since. */
const SHARE = 1 / 16;

export function watchLedgers(world: World): void {
  let judged = 0;
  world.moments.on('applied', (node, { index }, events) => {
    if (node.core === undefined || index <= judged) return;
    const isDue = index - judged >= Math.max(EVERY_ENTRIES, judged * SHARE);
    if (!isDue && !events.some(({ type }) => type === 'GateOpened')) return;
    judged = index;
    for (const { invariant, text } of node.core.ledger.violations()) {
      world.report(invariant, `node ${node.nodeId} at ${index}: ${text}`);
    }
  });
}
