/**
 * The program behind `baton strategy test`: a strategy's file, tested on the deterministic venue. Options come as one JSON
 * text, checked by the command that starts it. Exit code: 0 all laws hold, 70 one is broken, 1 it could not be tested.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StrategyDefinition } from '@baton/strategy';
import { type StrategyTestOptions, testStrategy } from './strategy-test.ts';
import { strategyText } from './strategy-text.ts';

const [file = '', options = '{}', form = 'text'] = process.argv.slice(2);

async function run(): Promise<number> {
  const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: StrategyDefinition };
  const strategy = module.default;
  if (strategy?.parameters === undefined || strategy.state === undefined) {
    throw new TypeError(`${file} has no strategy as its default export: export default defineStrategy({ … })`);
  }
  const result = await testStrategy({ ...(JSON.parse(options) as Omit<StrategyTestOptions, 'strategy'>), strategy });
  process.stdout.write(form === 'json' ? `${JSON.stringify(result, null, 2)}\n` : strategyText(result));
  return result.ok ? 0 : 70;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
