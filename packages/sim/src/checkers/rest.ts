/**
 * Rest: nobody is down, one node trades on a line that lives, every client is answered, all copies are at the same index,
 * and no order is on its way or in doubt. After the last fault a cluster must come to rest within a bound.
 */
import type { Client } from '../workload/client.ts';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import { VENUE_HOST, VENUE_PORT, VENUE_SECOND_PORT } from '../world/world-options.ts';

const VENUE_PORTS = [VENUE_PORT, VENUE_SECOND_PORT];
const MOVING: ReadonlySet<string> = new Set(['Held', 'Sent', 'PendingCancel', 'PendingReplace', 'InDoubt']);

/** What keeps it from rest, in words; '' at rest. */
export function unrest(world: World, client: Client): string {
  const trader = world.trader();
  if (trader === undefined) return 'nobody trades';
  if (client.unanswered > 0) return `${client.unanswered} intents are not answered`;
  // Both its ends believe in it, and nothing passes: heartbeats must find that out.
  const isDead = VENUE_PORTS.some((port) => world.network.isSilenced(trader.name, { host: VENUE_HOST, port }));
  if (isDead) return 'the line to the venue is dead, and nobody knows';
  const down = world.nodes.find((node) => !node.isRunning);
  if (down !== undefined) return `${down.name} does not take part`;
  const applied = trader.core?.replica?.status().applied;
  const behind = world.nodes.find((node) => node.core?.replica?.status().applied !== applied);
  if (behind !== undefined) return `${behind.name} is behind`;
  const moving = furthest(world)
    ?.core?.ledger.orders({ open: true })
    .find(({ state }) => MOVING.has(state));
  return moving === undefined ? '' : `order ${moving.clOrdId} is ${moving.state}`;
}

/** The node that has applied most. */
export function furthest(world: World): NodeFace | undefined {
  let best: NodeFace | undefined;
  let most = -1;
  for (const node of world.nodes) {
    const applied = node.core?.replica?.status().applied ?? -1;
    if (applied > most) [best, most] = [node, applied];
  }
  return best;
}
