/** While a node holds a lease, nobody leads a later term: what the gate rests on (I7). Looked at after every event. */
import type { World } from '../world/world.ts';

export function watchLeases(world: World): void {
  world.moments.on('stepped', () => {
    let leading = 0;
    for (const { core } of world.nodes) if (core !== undefined && core.leadingTerm !== 0) leading += 1;
    if (leading < 2) return;
    for (const { nodeId, core } of world.nodes) {
      if (core === undefined || core.leadingTerm === 0) continue;
      if ((core.replica?.leaseRemainingUs() ?? 0) <= 0) continue;
      for (const other of world.nodes) {
        const { core: rival } = other;
        if (rival === undefined || rival === core || rival.leadingTerm <= core.leadingTerm) continue;
        const text = `node ${nodeId} holds a lease in term ${core.leadingTerm} while node ${other.nodeId} leads ${rival.leadingTerm}`;
        world.report('one lease', text);
      }
    }
  });
}
