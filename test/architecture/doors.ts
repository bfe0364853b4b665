/**
 * A package is entered through its doors only: its name, or a sub-entry that its manifest declares. Nobody reaches into
 * another package's folders, neither by path nor by a deep specifier; `./testing` opens for tests only. An `index.ts` of
 * a door is a list of names: no `export *`, no default, no code.
 */
import { posix } from 'node:path';
import { packageOf } from './floors.ts';
import { type ImportStatement, SCOPE, type SourceFile, type SourceTree, type Violation } from './source-tree.ts';

/** Packages that are never deployed (tools/build.ts leaves them out): simulators are made of test support. */
export const UNDEPLOYED: ReadonlySet<string> = new Set(['sim']);

export function importsPastTheDoors(tree: SourceTree): Violation[] {
  const found: Violation[] = [];
  for (const source of tree.sources) {
    for (const statement of source.imports) {
      const { specifier, line } = statement;
      const text = specifier.startsWith('.')
        ? pathObjection(source, specifier, tree)
        : entryObjection(source, statement, tree);
      if (text !== undefined) found.push({ path: source.path, line, text });
    }
  }
  return found;
}

function pathObjection(source: SourceFile, specifier: string, tree: SourceTree): string | undefined {
  const target = posix.join(posix.dirname(source.path), specifier);
  const home = source.packageName === undefined ? undefined : `packages/${source.packageName}/`;
  if (home !== undefined && !target.startsWith(home)) return `${specifier} leaves the package by path`;
  if (home === undefined && target.startsWith('packages/')) return `${specifier} enters a package by path`;
  // A browser's page is JavaScript as it stands, and so are the modules that its tests import.
  const isJavaScript = source.path.endsWith('.js') || (source.forTests && tree.texts.has(target));
  if (!isJavaScript && !/\.(ts|tsx|json)$/.test(specifier)) return `${specifier} must end in .ts`;
  return undefined;
}

function entryObjection(source: SourceFile, statement: ImportStatement, tree: SourceTree): string | undefined {
  const { specifier } = statement;
  const target = packageOf(specifier);
  if (target === undefined) return undefined;
  if (target === source.packageName && !source.forTests) return `${specifier}: a package imports its own files by path`;
  const entry = specifier.slice(SCOPE.length + target.length);
  const exports = tree.packages.get(target)?.exports ?? {};
  if (exports[`.${entry}`] === undefined) return `${specifier} is not a declared entry of ${SCOPE}${target}`;
  if (entry === '/testing' && !source.forTests && !UNDEPLOYED.has(source.packageName ?? ''))
    return `${specifier} is for tests only`;
  return undefined;
}

/** The files that `exports` names, with what is wrong in them. */
export function faultsOfTheFaces(tree: SourceTree): Violation[] {
  const found: Violation[] = [];
  for (const [name, manifest] of tree.packages) {
    for (const [entry, file] of Object.entries(manifest.exports ?? {})) {
      const path = posix.join('packages', name, file);
      const source = tree.sources.find((candidate) => candidate.path === path);
      if (source === undefined)
        found.push({ path, line: 0, text: `entry ${entry} of ${manifest.name} does not exist` });
      else if (!path.endsWith('/index.ts')) found.push({ path, line: 0, text: 'an entry is a file named index.ts' });
      else if (entry !== '.' || !isEmptyFace(source)) found.push(...faultsOfOneFace(source));
    }
  }
  return found;
}

const isEmptyFace = (source: SourceFile): boolean => source.tokens.map((token) => token.text).join('') === 'export{};';

function faultsOfOneFace(source: SourceFile): Violation[] {
  const found: Violation[] = [];
  const { tokens, path } = source;
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] as (typeof tokens)[number];
    const named = tokens[at + 1]?.text === 'type' ? at + 2 : at + 1;
    if (token.text !== 'export' || tokens[named]?.text !== '{') {
      return [...found, { path, line: token.line, text: 'a face is a list of `export { … } from`, nothing else' }];
    }
    while (at < tokens.length && tokens[at]?.text !== ';') {
      if (tokens[at]?.text === 'default') {
        found.push({ path, line: token.line, text: 'no default export' });
      }
      at += 1;
    }
    at += 1;
  }
  return found;
}
