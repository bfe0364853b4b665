// Where node processes are started from: the sources as they are, or what `npm run build` made of the packages.
//
// Rule decided here: a file of the benchmark that is copied beside `build/node_modules` imports the compiled packages,
// which is how nodes run in production, and starts in a tenth of the time.

import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILD = join(HERE, '..', '..', 'build');

let folder = HERE;

/** From now on programs are those with compiled packages. Throws when there is no build. */
export function useBuild(): void {
  if (!existsSync(join(BUILD, 'node_modules', '@baton'))) throw new Error('--built: run `npm run build` first');
  const target = join(BUILD, 'bench', 'commit');
  cpSync(HERE, target, { recursive: true });
  cpSync(join(HERE, '..', 'peers'), join(BUILD, 'bench', 'peers'), { recursive: true });
  folder = target;
}

/** The path of a program of this folder. */
export function programPath(name: string): string {
  return join(folder, name);
}
