/**
 * Alarms that only a venue's fault or a bug can cause: a venue that keeps its numbers and its word gives no reason for
 * them. Where nothing at the venue fences a stopped process, its late bytes are one.
 */
import type { VenueProfile } from '@baton/profiles';
import type { World } from '../world/world.ts';
import { isFenced } from './fence.ts';

const NEVER: ReadonlySet<string> = new Set(['CONTRADICTORY_PROOF', 'SEQUENCE_RESET', 'SEQUENCE_ANOMALY', 'OVERFILL']);

export function watchAlarms(world: World, profile: VenueProfile): void {
  const fenced = isFenced(profile);
  let toldIndex = 0;
  world.moments.on('applied', (_node, { index }, events) => {
    if (index <= toldIndex) return;
    toldIndex = index;
    for (const event of events) {
      if (event.type !== 'Alarm') continue;
      if (NEVER.has(event.code) || (event.code === 'SAFETY_VIOLATION' && fenced)) {
        world.report('no false alarm', `${event.code}: ${event.text}`);
      }
    }
  });
}
