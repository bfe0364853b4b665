/** A strategy that does at its start what its parameter says: loops, throws, eats memory, or behaves and beats. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

export default defineStrategy({
  name: 'misbehaving',
  version: 1,
  parameters: z.object({ does: z.enum(['loop', 'throw', 'reject', 'leak', 'behave']) }),
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
    if (does === 'leak') for (const kept: string[][] = []; ; ) kept.push(new Array<string>(10_000).fill('x'));
    await Promise.resolve();
    if (does === 'reject') throw new Error('a promise, on purpose');
  },
});
