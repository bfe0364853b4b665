/** Faults of the venue, asked of it by name (packages/venue/README.md: faults on demand). */
import type { FaultKind } from './fault.ts';
import { type Act, signal, type Undo, type Victim } from './harm.ts';

const DELAY_MAX_MS = 600;
const COUNT_MAX = 5;

export const VENUE_ACTS = {
  'venue-stop': ({ venue }) => {
    signal(venue.pid, 'SIGSTOP');
    return () => {
      signal(venue.pid, 'SIGCONT');
    };
  },
  'venue-drop': (victim, { size }) => once(victim, 'drop', size < 0.7 ? {} : { how: 'end' }),
  'venue-silence': (victim) => until(victim, 'silence', {}, () => victim.venue.fault('resume')),
  'venue-delay': (victim, { size }) =>
    until(victim, 'delay-reports', { delayMs: Math.ceil(size * DELAY_MAX_MS) }, () =>
      victim.venue.fault('delay-reports', { delayMs: 0 }),
    ),
  'venue-duplicate': (victim, { size }) => once(victim, 'duplicate-reports', { count: countOf(size) }),
  'venue-reorder': (victim, { size }) => once(victim, 'reorder-reports', { count: 1 + countOf(size) }),
  'venue-reject': (victim, { size }) => once(victim, 'reject-orders', { count: countOf(size) }),
  'venue-refuse': (victim, { durationMs }) => once(victim, 'refuse-connections', { durationMs }),
  'venue-restart': (victim, { durationMs }) => once(victim, 'restart', { keepsState: true, downMs: durationMs }),
} as const satisfies Partial<Record<FaultKind, Act>>;

function countOf(size: number): number {
  return 1 + Math.floor(size * COUNT_MAX);
}

async function once({ venue }: Victim, name: string, fields: object): Promise<undefined> {
  await venue.fault(name, fields);
  return undefined;
}

async function until({ venue }: Victim, name: string, fields: object, undo: Undo): Promise<Undo> {
  await venue.fault(name, fields);
  return undo;
}
