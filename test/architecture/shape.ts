/**
 * The shape of files: names are kebab-case nouns and not a drawer for odds and ends, no source is longer than 400 lines,
 * and no text names a place that exists on one machine only (a home folder, a build machine's path, a package registry).
 */
import type { SourceTree, Violation } from './source-tree.ts';

export const LINES_MAX = 400;

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const DRAWERS = new Set(['util', 'utils', 'common', 'types', 'helper', 'helpers', 'misc', 'shared']);
const SOURCE_NAME = /\/([^/]+?)(\.test|\.d)?\.(ts|tsx)$/;

/** Spelled in pieces, so that this file does not name what it forbids. */
const FORBIDDEN_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.~-])\/(work|root|workspace|mnt|Users)\/[\w.-]/, 'an absolute path of one machine'],
  [/(?<![\w.~-])\/home\/(?!runner|baton)[\w.-]+\//, 'an absolute path of one machine'],
  [new RegExp(['registry\\.npm', '(js|mirror)'].join('')), 'a registry host'],
  [new RegExp(['registry\\.yarn', 'pkg'].join('')), 'a registry host'],
  [new RegExp(['npm\\.pkg\\.git', 'hub'].join('')), 'a registry host'],
  [new RegExp(['arti', 'factory|verda', 'ccio'].join(''), 'i'), 'a registry product'],
];

export function faultsOfShape(tree: SourceTree, linesMax: number = LINES_MAX): Violation[] {
  const found: Violation[] = [];
  for (const { path, text } of tree.sources) {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > linesMax) found.push({ path, line: linesMax, text: `${lines} lines, at most ${linesMax}` });
    const name = SOURCE_NAME.exec(`/${path}`)?.[1];
    if (name !== undefined && !KEBAB_CASE.test(name)) found.push({ path, line: 0, text: 'name is not kebab-case' });
    if (name !== undefined && DRAWERS.has(name)) found.push({ path, line: 0, text: `${name} is no noun of ours` });
  }
  for (const [path, text] of tree.texts) {
    text.split('\n').forEach((line, at) => {
      for (const [pattern, reason] of FORBIDDEN_TEXTS) {
        if (pattern.test(line)) found.push({ path, line: at + 1, text: `names ${reason}` });
      }
    });
  }
  return found;
}
