/** What the venue itself proves against the cluster, the moment it sees it: duplicates, garbled bytes, broken numbers. */
import type { World } from '../world/world.ts';

/** A venue may see these of a cluster that is right: each only says that messages crossed on their way. */
const SUSPICIONS: ReadonlySet<string> = new Set([
  'alternating-writers',
  'garbled-before-logon',
  'receive-window-missing',
  'write-after-rival-logon',
]);

export function watchVenueBreaches(world: World): void {
  world.moments.on('venue', (event) => {
    if (event.type !== 'violation' || SUSPICIONS.has(event.code)) return;
    const { expectedAtVenue } = world;
    if (expectedAtVenue.has(event.code) || expectedAtVenue.has(`${event.code} of ${event.compId}`)) return;
    world.report('venue', `${event.code}: ${event.text}`);
  });
}
