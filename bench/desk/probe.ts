/**
 * The strategy that is measured: an order at each beat, which ends at once, and the instants that only the strategy knows:
 * when it asked, and when it knew that the order was committed. With `decides: everywhere` it is a plain shadow: every node
 * decides at every beat, under a key made from the beat's instant; else only the leader does, with the instant in the key.
 */
import { appendFileSync } from 'node:fs';
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

/** Written in pieces: a write at each order would be a part of what is measured. */
const LINES_KEPT = 50;
const lines: string[] = [];

function flush(folder: string): void {
  if (lines.length > 0) appendFileSync(`${folder}/known-${process.pid}`, `${lines.splice(0).join('\n')}\n`);
}

export default defineStrategy({
  name: 'probe',
  version: 1,
  parameters: z.object({
    symbol: z.string(),
    price: z.string(),
    everyMs: z.number(),
    folder: z.string(),
    decides: z.enum(['leader', 'everywhere']),
  }),
  state: z.object({}),
  start: (context) => context.every('order', context.parameters.everyMs),
  async beat({ slot }, context) {
    const { decides, everyMs, folder, price, symbol } = context.parameters;
    if (decides === 'leader' && !context.isLeading) return;
    // ns of the monotonic clock, or µs of the wall clock.
    const key = decides === 'leader' ? String(process.hrtime.bigint()) : String(slot * everyMs * 1000);
    // A price that nobody pays, ended at once: no order stays.
    const order = context.submit({
      key: `hop-${key}`,
      symbol,
      side: 'sell',
      quantity: '0.001',
      price,
      timeInForce: 'ioc',
    });
    const accepted = await order.accepted;
    const knownNs = process.hrtime.bigint();
    if (!accepted.ok) return;
    lines.push(`known ${key} ${knownNs}`);
    if (lines.length >= LINES_KEPT) flush(folder);
  },
  pause: (_reason, context) => flush(context.parameters.folder),
});
