/** How often each kind of restart is rehearsed (requirements §10.1: hot monthly, warm weekly, cold daily where it costs nothing). */
import { z } from 'zod';
import { DAYS, type DrillPlan } from '../drills/drill-plan.ts';

const often = z.enum(['never', 'daily', 'weekly', 'monthly', 'quarterly']).default('never');
/** `02:00-04:00`, UTC; over midnight when it ends before it begins. */
const window = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/, 'two times of day, UTC: "02:00-04:00"');

/** Nothing is broken on purpose unless this asks for it. */
export const drillsSchema = z
  .strictObject({
    /** `baton drill due` runs what is due; a cron or timer runs that. */
    hot: often,
    warm: often,
    cold: often,
    /** The leader begins the hot one that is due itself, within the window. */
    byLeader: z
      .strictObject({
        window,
        days: z
          .array(z.enum(DAYS))
          .min(1)
          .default([...DAYS]),
        method: z.enum(['transfer', 'kill']).default('transfer'),
        /** A venue is live, and this is meant. */
        onLiveVenue: z.boolean().default(false),
      })
      .optional(),
  })
  .prefault({});

export type DrillSchedule = Pick<z.infer<typeof drillsSchema>, 'hot' | 'warm' | 'cold'>;

/** What the leader of this configuration begins by itself; null for nothing. */
export function drillPlan(
  { byLeader, hot }: z.infer<typeof drillsSchema>,
  venues: readonly { readonly name: string; readonly environment: 'live' | 'test' }[],
): DrillPlan | null {
  if (byLeader === undefined || hot === 'never') return null;
  const { days, method, onLiveVenue, window } = byLeader;
  const [fromMinute = 0, toMinute = 0] = window.split('-').map(minuteOf);
  const live = onLiveVenue ? [] : venues.filter(({ environment }) => environment === 'live').map(({ name }) => name);
  return { every: hot, method, days, fromMinute, toMinute, live };
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
