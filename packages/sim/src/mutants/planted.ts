/**
 * `node --import …/planted.ts PROGRAM`: plants the bug that BATON_MUTANT names into the sources as they are loaded, so that
 * the whole world runs with it and no file is changed.
 */
import { registerHooks } from 'node:module';
import { MUTANTS } from './table.ts';

const name = process.env['BATON_MUTANT'] ?? '';
const mutant = MUTANTS.find((one) => one.name === name);
if (mutant === undefined) throw new RangeError(`BATON_MUTANT is '${name}': expected the name of a seeded bug`);
const path = `/packages/${mutant.file}`;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(path)) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    const parts = source.split(mutant.find);
    if (parts.length !== 2) throw new RangeError(`bug "${name}": its text occurs ${parts.length - 1} times in ${url}`);
    return { ...loaded, source: parts.join(mutant.replace) };
  },
});
