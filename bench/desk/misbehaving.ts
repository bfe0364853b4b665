/** The neighbour: behaves until a file of its fault's name appears, then loops, leaks or floods. */
import { existsSync } from 'node:fs';
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

const LOOK_EVERY_MS = 20;
const leaked: string[][] = [];

export default defineStrategy({
  name: 'misbehaving',
  version: 1,
  parameters: z.object({ symbol: z.string(), does: z.enum(['loop', 'leak', 'flood']), folder: z.string() }),
  state: z.object({}),
  start: (context) => context.every('look', LOOK_EVERY_MS),
  beat({ slot }, context) {
    const { does, folder, symbol } = context.parameters;
    if (!existsSync(`${folder}/${does}`)) return;
    if (does === 'loop') for (;;);
    if (does === 'leak') for (let n = 0; n < 10; n += 1) leaked.push(new Array<string>(100_000).fill('x'));
    if (does === 'flood') {
      for (let n = 0; n < 500; n += 1) {
        context.submit({
          symbol,
          side: 'buy',
          quantity: '0.001',
          price: '1000',
          key: `flood-${slot}-${n}`,
          timeInForce: 'ioc',
        });
      }
    }
  },
});
