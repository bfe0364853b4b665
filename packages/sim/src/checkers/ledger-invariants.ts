/** Invariants of a ledger's state (I1, I2, I8) on every node, every few entries: judging walks the whole state. */
import type { World } from '../world/world.ts';

const EVERY_ENTRIES = 32;

export function watchLedgers(world: World): void {
  world.moments.on('applied', (node, { index }) => {
    if (index % EVERY_ENTRIES !== 0 || node.core === undefined) return;
    for (const { invariant, text } of node.core.ledger.violations()) {
      world.report(invariant, `node ${node.nodeId} at ${index}: ${text}`);
    }
  });
}
