/** Deals at every beat. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';
import { parameters, sideOf } from './steady-terms.ts';

export default defineStrategy({
  name: 'steady',
  version: 1,
  parameters,
  state: z.object({ beats: z.int().default(0) }),
  start: (context) => context.every('beat', context.parameters.everyMs),
  beat({ slot }, context) {
    const { quantity, symbol } = context.parameters;
    context.state.beats += 1;
    context.submit({ symbol, ...sideOf(slot), quantity, timeInForce: 'ioc' });
  },
});
