/**
 * No circles: neither between files nor between packages. Imports of types count, because two files that need each
 * other's types are one noun in two places. A circle is reported once, from its first file in alphabetical order.
 */
import { posix } from 'node:path';
import { packageOf } from './floors.ts';
import type { SourceTree, Violation } from './source-tree.ts';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

export function importCircles(tree: SourceTree): Violation[] {
  const named = (circle: readonly string[]): Violation => ({
    path: circle[0] as string,
    line: 0,
    text: `circle: ${circle.join(' → ')}`,
  });
  return [...circlesIn(fileGraph(tree)), ...circlesIn(packageGraph(tree))].map(named);
}

function fileGraph(tree: SourceTree): Graph {
  const graph = new Map<string, Set<string>>();
  for (const source of tree.sources) {
    const targets = new Set<string>();
    for (const { specifier } of source.imports) {
      if (specifier.startsWith('.')) targets.add(posix.join(posix.dirname(source.path), specifier));
    }
    graph.set(source.path, targets);
  }
  return graph;
}

function packageGraph(tree: SourceTree): Graph {
  const graph = new Map<string, Set<string>>();
  for (const source of tree.sources) {
    if (source.packageName === undefined || source.forTests) continue;
    const targets = graph.get(source.packageName) ?? new Set<string>();
    graph.set(source.packageName, targets);
    for (const { specifier } of source.imports) {
      const target = packageOf(specifier);
      if (target !== undefined && target !== source.packageName) targets.add(target);
    }
  }
  return graph;
}

/** One circle for each back edge of a depth-first walk: empty exactly when the graph has no circle. */
function circlesIn(graph: Graph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const since = path.indexOf(name);
    if (since >= 0) circles.push(fromFirst(path.slice(since)));
    if (since >= 0 || done.has(name)) return;
    path.push(name);
    for (const target of graph.get(name) ?? []) visit(target);
    path.pop();
    done.add(name);
  };
  for (const name of graph.keys()) visit(name);
  return circles;
}

function fromFirst(circle: readonly string[]): string[] {
  const first = circle.indexOf([...circle].sort()[0] as string);
  const turned = [...circle.slice(first), ...circle.slice(0, first)];
  return [...turned, turned[0] as string];
}
