/** A strategy that wants two hundred bars before it begins, listens, and gives no orders. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

export default defineStrategy({
  name: 'listener',
  version: 1,
  parameters: z.object({ symbol: z.string() }),
  state: z.object({ bars: z.number().default(0) }),
  subscribe: ({ symbol }) => ({ bars: [{ symbol, intervalS: 60, warmUp: 200 }] }),
  warmUp(bars, context) {
    context.state.bars = bars.length;
  },
});
