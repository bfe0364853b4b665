/** What goes wrong at the venue. */
import type { World } from '../world/world.ts';
import { VENUE_HOST } from '../world/world-options.ts';
import type { Fault } from './fault.ts';

/** Plays it; how it is taken back, if it does not end by itself. */
export function playVenueFault({ network, venue }: World, { durationMs, kind, size }: Fault): (() => void) | undefined {
  switch (kind) {
    case 'venue-drop':
      venue.drop();
      return undefined;
    case 'venue-silence':
      venue.fault({ type: 'silence' });
      return () => venue.fault({ type: 'resume' });
    case 'venue-delay':
      venue.fault({ type: 'delay-reports', delayMs: Math.ceil(size * 500) });
      return () => venue.fault({ type: 'delay-reports', delayMs: 0 });
    case 'venue-duplicate':
      venue.fault({ type: 'duplicate-reports', count: 1 + Math.floor(size * 5) });
      return undefined;
    case 'venue-reject':
      venue.fault({ type: 'reject-orders', count: 1 + Math.floor(size * 5) });
      return undefined;
    case 'venue-refuse':
      venue.fault({ type: 'refuse-connections', durationMs });
      return undefined;
    case 'venue-down':
      // Its lines break, and its ports refuse: nothing of it is reached, as while its process is away.
      network.refuse(VENUE_HOST, true);
      venue.drop();
      return () => network.refuse(VENUE_HOST, false);
    default:
      venue.fault({ type: 'restart', keepsState: true, downMs: durationMs });
      return undefined;
  }
}

/** Whatever was played is over. */
export function endVenueFaults({ network, venue }: World): void {
  network.refuse(VENUE_HOST, false);
  venue.fault({ type: 'resume' });
  venue.fault({ type: 'delay-reports', delayMs: 0 });
  venue.fault({ type: 'release-reports' });
}
