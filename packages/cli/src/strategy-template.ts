/**
 * What `baton strategy new` writes: a strategy that trades, small enough to be read in a minute, and its test, which kills
 * the leader at points of an order's way.
 */

export interface NewStrategy {
  /** Contents by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** What to put into the cluster's configuration. */
  readonly configuration: string;
}

/** `name` is lower case, with hyphens. */
export function newStrategy(name: string): NewStrategy {
  return {
    files: { [`${name}.ts`]: strategyText(name), [`${name}.test.ts`]: testText(name) },
    configuration: `strategies:\n  - { id: ${name}, file: ./${name}.ts, parameters: { symbol: BTC-USD } }\n`,
  };
}

const strategyText = (
  name: string,
): string => `/** Buys when a bar closes above the one before, and sells when it closes below. */
import { defineStrategy } from '@baton/strategy';
import { z } from 'zod';

export default defineStrategy({
  name: '${name}',
  version: 1,
  parameters: z.object({ symbol: z.string(), quantity: z.string().default('1') }),
  // What is in here is replicated, and found again after a failover. Every field needs a default.
  state: z.object({ lastClose: z.string().default(''), filled: z.number().default(0) }),
  subscribe: ({ symbol }) => ({ bars: [{ symbol, intervalS: 60, warmUp: 1 }] }),
  warmUp([bar], context) {
    context.state.lastClose = bar?.close ?? '';
  },
  bar(bar, context) {
    const { quantity, symbol } = context.parameters;
    const { lastClose } = context.state;
    context.state.lastClose = bar.close;
    if (lastClose === '' || lastClose === bar.close) return;
    const side = Number(bar.close) > Number(lastClose) ? 'buy' : 'sell';
    // On every node; only the leader's order goes out, and if the leader dies the next one sends the same, once.
    context.submit({ symbol, side, quantity, price: bar.close, timeInForce: 'ioc' });
  },
  fill(_fill, context) {
    context.state.filled += 1;
  },
  takeover({ venue, voided, gapMs }, context) {
    context.log(\`\${venue} is back after \${gapMs.toFixed(1)} ms, \${voided.length} orders never arrived\`);
  },
});
`;

const testText = (name: string): string => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strategyText, testStrategy } from '@baton/sim/strategy';
import strategy from './${name}.ts';

for (const failoverAt of ['before-intent', 'intent-answer', 'send-ack']) {
  test(\`one order for each intent, whoever dies at \${failoverAt}\`, async () => {
    // A cluster of three and a market, on virtual time. Another seed is another market; more points: --help of the test.
    const result = await testStrategy({ strategy, failoverAt, seconds: 150, seed: 1 });
    assert.ok(result.ok, strategyText(result));
    assert.ok(result.failover.orders.length > 0, 'it did not trade');
  });
}
`;
