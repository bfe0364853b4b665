/** A strategy that does what its parameter says: loops, throws, eats memory, floods, dawdles, or behaves and beats. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

const kept: string[][] = [];

export default defineStrategy({
  name: 'misbehaving',
  version: 1,
  parameters: z.object({ does: z.enum(['loop', 'throw', 'reject', 'leak', 'flood', 'dawdle', 'behave']) }),
  state: z.object({ beats: z.number().default(0) }),
  start(context) {
    const { does } = context.parameters;
    context.log(`starts to ${does}`);
    if (does === 'throw') throw new Error('on purpose');
    context.every('beat', 5);
  },
  async beat(_beat, context) {
    const { does } = context.parameters;
    context.state.beats += 1;
    if (does === 'behave' && context.state.beats % 20 === 0) context.log('still here');
    if (does === 'loop') for (;;);
    // A little at every beat, as leaks do: it answers meanwhile, and is not taken for a loop.
    if (does === 'leak') kept.push(new Array<string>(200_000).fill('x'));
    if (does === 'dawdle' && context.state.beats % 10 === 0) for (const endMs = Date.now() + 300; Date.now() < endMs; );
    if (does === 'flood') {
      for (let n = 0; n < 5_000; n += 1) {
        context.submit({ symbol: 'X', side: 'buy', quantity: '1', key: `${context.state.beats}.${n}` });
      }
    }
    await Promise.resolve();
    if (does === 'reject') throw new Error('a promise, on purpose');
  },
});
