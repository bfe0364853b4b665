/** How often each kind of restart is rehearsed (requirements §10.1: hot monthly, warm weekly, cold daily where it costs nothing). */
import { z } from 'zod';

const often = z.enum(['never', 'daily', 'weekly', 'monthly']).default('never');

/** `baton drill due` runs what is due; a cron or timer runs that. Nothing is broken on purpose unless this asks for it. */
export const drillsSchema = z.strictObject({ hot: often, warm: often, cold: often }).prefault({});

export type DrillSchedule = z.infer<typeof drillsSchema>;
