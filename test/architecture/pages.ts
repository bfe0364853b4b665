/** Pages lead somewhere: a relative link in Markdown names a file or folder that exists. */
import { posix } from 'node:path';
import type { SourceTree, Violation } from './source-tree.ts';

const RELATIVE_LINK = /\]\((?![a-z]+:|#)([^)#\s]+)/g;

export function deadLinks(tree: SourceTree): Violation[] {
  const places = new Set<string>();
  for (const path of tree.texts.keys()) {
    for (let place = path; place !== '.'; place = posix.dirname(place)) places.add(place);
  }
  const found: Violation[] = [];
  for (const [path, text] of tree.texts) {
    if (!path.endsWith('.md')) continue;
    text.split('\n').forEach((line, at) => {
      for (const [, link = ''] of line.matchAll(RELATIVE_LINK)) {
        const target = posix.join(posix.dirname(path), link).replace(/\/$/, '');
        if (!places.has(target)) found.push({ path, line: at + 1, text: `links to ${link}, which does not exist` });
      }
    });
  }
  return found;
}
