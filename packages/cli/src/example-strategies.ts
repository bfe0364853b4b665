/** The example strategy that a local cluster trades unless told otherwise, found in the project's `examples` folder. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTRUMENT, type LocalStrategy } from './cluster-file.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

const EXAMPLE = join('examples', 'ping-pong.ts');

/** @throws CliError BATON_CLI_NOT_INSTALLED when no folder from here upwards has it. */
export function exampleStrategies(): LocalStrategy[] {
  const file = findUpwards(dirname(fileURLToPath(import.meta.url)));
  const { symbol, referencePrice } = INSTRUMENT;
  return [{ id: 'pingpong', file, parameters: { symbol, referencePrice, everyMs: 20 } }];
}

function findUpwards(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, EXAMPLE);
    if (existsSync(file)) return file;
    if (dirname(folder) !== folder) continue;
    throw new CliError('BATON_CLI_NOT_INSTALLED', `looked for ${EXAMPLE} from ${start} upwards and found none`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'run from a checkout of the project, or start without a strategy: baton up --no-strategy',
    });
  }
}
