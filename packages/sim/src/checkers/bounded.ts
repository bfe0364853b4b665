/** Nothing grows without bound: proposals and messages in flight, timers, what waits for a gate. */
import type { World } from '../world/world.ts';

const EVERY_STEPS = 20_000;
const TIMERS_MAX = 20_000;
const HELD_MAX = 5_000;

export function watchBounds(world: World): void {
  let steps = 0;
  world.moments.on('stepped', () => {
    steps += 1;
    if (steps % EVERY_STEPS !== 0) return;
    const timers = world.clock.pending();
    if (timers > TIMERS_MAX) world.report('bounded', `${timers} timers are set`);
    for (const { nodeId, core } of world.nodes) {
      for (const session of core?.ledger.sessions() ?? []) {
        if (session.held > HELD_MAX) world.report('bounded', `node ${nodeId} holds ${session.held} messages`);
      }
    }
  });
}
