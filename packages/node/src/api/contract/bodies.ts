/**
 * Bodies of requests as schemas, by route: what `/openapi.json` is made from. The core reads bodies by hand, because zod
 * would cost it 13 MB; a test keeps both to the same routes. Only the generator and tests load this file.
 */
import { z } from 'zod';

const text = z.string().max(128);
const decimal = z
  .string()
  .regex(/^-?[0-9]+(\.[0-9]+)?$/)
  .describe('exact decimal text, such as "60000.50"');
const flag = z.boolean();
const reason = text.optional();
const signed = { by: text.optional(), reason };
const scope = { scope: z.enum(['global', 'venue', 'strategy', 'symbol']).optional(), target: text.optional() };
const request = { clientKey: text.describe('the same key again is the same request'), strategyId: text.optional() };
const deployment = z.int().min(0).max(1e9).optional();
const object = z.strictObject;
const NOTHING = object({});

export const BODIES: Readonly<Record<string, z.ZodType>> = {
  '/orders': object({
    ...request,
    symbol: text,
    side: z.enum(['buy', 'sell']),
    orderType: z.enum(['market', 'limit']).optional(),
    timeInForce: z.enum(['day', 'ioc', 'fok', 'gtc']).optional(),
    quantity: decimal,
    price: decimal.optional(),
  }),
  '/orders/:/cancel': object(request),
  '/orders/:/replace': object({ ...request, quantity: decimal, price: decimal }),
  '/orders/:/query': object(request),
  '/orders/:/claim': object(request),
  '/orders/:/settle': object({ outcome: z.enum(['Voided', 'Canceled']), reason: text }),
  '/mass-cancel': object({ ...request, venue: text.optional(), symbol: text.optional() }),
  '/kill-switch': object({ on: flag, ...scope, reason, local: flag.optional() }),
  '/trading-state': object({
    ...scope,
    mode: z.enum(['active', 'reduce-only', 'cancel-only', 'halted']),
    reason,
  }),
  '/limits': object({ ...scope, limits: z.record(z.string(), z.union([decimal, z.int(), flag])), reason }),
  '/reference-prices': object({ symbol: text, price: decimal }),
  '/ramp': object({
    steps: z.array(object({ percent: z.int().min(1).max(100), durationMs: z.int().min(0).max(86_400_000) })),
    reason,
  }),
  '/ramp/guard': object({
    lossMax: decimal.optional(),
    rejectsMax: z.int().min(0).max(1_000_000).optional(),
    ackLatencyMaxMs: z.int().min(0).max(3_600_000).optional(),
    reason,
  }),
  '/ramp/abort': object({ reason }),
  '/drills': object({
    id: text,
    kind: z.enum(['hot', 'warm', 'cold']),
    method: text,
    startedUs: z.int().min(0),
    tookUs: z.int().min(0).nullable(),
    objectiveUs: z.int().min(0),
    limitUs: z.int().min(0),
    outcome: z.enum(['met', 'slow', 'missed', 'failed']),
    by: text.optional(),
    document: z.string().max(4096),
  }),
  '/venues/:/accept-sequence-reset': object({
    nextOut: z.int().min(1).optional(),
    nextIn: z.int().min(1).optional(),
    reason: text,
  }),
  '/venues/:/reconcile': NOTHING,
  '/venues/:/acknowledge': object({ id: text, approve: flag.optional(), by: text, reason }),
  '/venues/:/accept-cold-start': object({ by: text, reason: text }),
  '/checkpoints': object({ index: z.int().min(0).optional() }),
  '/checkpoint': object({ index: z.int().min(0).optional() }),
  '/members': object({ id: z.int().min(1).max(255), name: text, raft: text, api: text, fix: text.optional() }),
  '/members/:/remove': NOTHING,
  '/logout': object({ reason }),
  '/logon': NOTHING,
  '/strategies/pause': object(signed),
  '/strategies/resume': object(signed),
  '/strategies/:/pause': object(signed),
  '/strategies/:/resume': object(signed),
  '/strategies/:/deploy': z.looseObject({ file: text, ...signed }),
  '/strategies/:/promote': object({ deployment, force: flag.optional(), ...signed }),
  '/strategies/:/rollback': object({ from: deployment, ...signed }),
  '/strategies/:/parameters': object({ deployment, parameters: z.record(z.string(), z.unknown()), ...signed }),
  '/strategies/:/remove': object({ deployment, cancelOrders: flag.optional(), ...signed }),
  '/drain': object({
    timeoutMs: z.int().min(0).max(86_400_000).optional(),
    atDeadline: z.enum(['cancel', 'leave']).optional(),
    reason,
  }),
  '/stop-trading': object({ reason }),
  '/start-trading': object({ reason }),
  '/configuration': object({ key: text, value: text, reason }),
  '/version/activate': object({ version: z.int().min(1).optional(), reason }),
  '/transfer': object({ to: text.optional() }),
  '/promote-to-primary': NOTHING,
};
