/** The `baton` that is measured: the compiled build where there is one (`npm run build`), else the sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Program and first arguments. `sources`: even if there is a build. */
export function batonProgram(sources: boolean): [string, ...string[]] {
  const built = join(ROOT, 'build/node_modules/@baton/cli/dist/main.js');
  const isBuilt = !sources && existsSync(built);
  return [process.execPath, isBuilt ? built : join(ROOT, 'packages/cli/src/main.ts')];
}
