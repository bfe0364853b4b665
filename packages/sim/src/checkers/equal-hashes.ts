/** I10: ledgers at the same index have the same hash, on every node and after every restart and snapshot. */
import type { World } from '../world/world.ts';

/** A hash costs what changed since the last: often enough to find a difference near its cause. */
const EVERY_ENTRIES = 16;

export function watchHashes(world: World): void {
  const hashes = new Map<number, string>();
  world.moments.on('applied', (node, { index }) => {
    if (index % EVERY_ENTRIES !== 0 || node.core === undefined) return;
    const hash = node.core.ledger.hash();
    const first = hashes.get(index);
    if (first === undefined) hashes.set(index, hash);
    else if (first !== hash) world.report('I10', `node ${node.nodeId} has hash ${hash} at ${index}, others ${first}`);
  });
}
