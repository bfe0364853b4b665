/** Deals twice as much at every fifth beat, not at every seventh, and once more at every eleventh. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';
import { parameters, sideOf } from './steady-terms.ts';

export default defineStrategy({
  name: 'steady',
  version: 2,
  parameters,
  state: z.object({ told: z.int().default(0) }),
  migrate: (other) => ({ told: (other as { readonly beats: number }).beats }),
  start: (context) => context.every('beat', context.parameters.everyMs),
  beat({ slot }, context) {
    const { quantity, symbol } = context.parameters;
    context.state.told += 1;
    if (slot % 7 === 0) return;
    const wanted = slot % 5 === 0 ? String(Math.round(Number(quantity) * 20) / 10) : quantity;
    context.submit({ symbol, ...sideOf(slot), quantity: wanted, timeInForce: 'ioc' });
    if (slot % 11 === 0) context.submit({ symbol, ...sideOf(slot), quantity, timeInForce: 'ioc' });
  },
});
