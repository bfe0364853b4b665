/**
 * One look at a strategy's code and parameters, in a thread of its own that ends with it: what the code does when it is
 * loaded, loop or throw, is held by the bounds of the thread. Nothing of it runs as a strategy.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { checkParameters } from '@baton/strategy/runner';
import type { CheckOutcome } from './steering.ts';
import { keptStrategyCode, readStrategyCode } from './strategy-code.ts';
import { loadStrategy } from './strategy-module.ts';

export interface CheckOrder {
  readonly file: string;
  /** Deployed already: then the kept copy counts. '' otherwise. */
  readonly digest: string;
  readonly parameters: string;
  readonly codeFolder: string;
}

async function check({ codeFolder, digest, file, parameters }: CheckOrder): Promise<CheckOutcome> {
  const code = digest === '' ? readStrategyCode(file) : { digest };
  const module = keptStrategyCode(codeFolder, file, code.digest);
  const definition = await loadStrategy(module, file);
  const checked = checkParameters(definition.parameters, JSON.parse(parameters));
  if (!checked.ok) return checked;
  definition.state.parse({});
  return { ok: true, version: `${definition.name} ${definition.version}`, digest: code.digest };
}

void check(workerData as CheckOrder)
  .catch((error: unknown) => ({ ok: false, problem: error instanceof Error ? error.message : String(error) }) as const)
  .then((outcome) => parentPort?.postMessage(outcome));
