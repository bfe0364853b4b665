/**
 * Loads a strategy's module in the thread that runs or checks it. What a kept copy imports by name is looked up where its
 * file was deployed from, then where Baton is installed: the copy lies in the data folder, which has no packages.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { StrategyDefinition } from '@baton/strategy';

/** `deployedFrom`: the file that the copy was made of; '' when `file` is itself what was configured. */
export async function loadStrategy(file: string, deployedFrom: string): Promise<StrategyDefinition> {
  if (deployedFrom !== '') lookUpPackages(file, [pathToFileURL(deployedFrom).href, import.meta.url]);
  const module = (await import(pathToFileURL(file).href)) as { default?: StrategyDefinition };
  const definition = module.default;
  if (definition === undefined || definition.parameters === undefined || definition.state === undefined) {
    throw new TypeError(
      `${deployedFrom === '' ? file : deployedFrom} has no strategy as its default export; export default defineStrategy({ name, version, parameters, state, … })`,
    );
  }
  return definition;
}

function lookUpPackages(file: string, places: readonly string[]): void {
  const copied = new URL('.', pathToFileURL(file)).href;
  const folder = copied.slice(0, copied.lastIndexOf('/code/') + 1) || copied;
  registerHooks({
    resolve(specifier, context, next) {
      const isOurs = context.parentURL?.startsWith(folder) === true && /^[@A-Za-z]/.test(specifier);
      if (!isOurs || specifier.startsWith('node:')) return next(specifier, context);
      let failure: unknown;
      for (const parentURL of places) {
        try {
          return next(specifier, { ...context, parentURL });
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    },
  });
}
