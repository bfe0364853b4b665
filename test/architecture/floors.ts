/**
 * The floors of the house: which package may import which. Imports go downwards only. This is the table of
 * docs/architecture.md as data: a package that is not in it is refused, so a new package is a decision, not an accident.
 * Deployed code obeys `mayImport`; tests may use any package of a lower floor.
 */
import { type ImportStatement, SCOPE, type SourceFile, type SourceTree, type Violation } from './source-tree.ts';

export interface Floor {
  readonly floor: number;
  readonly mayImport: readonly string[];
}

export const FLOORS: Readonly<Record<string, Floor>> = {
  host: { floor: 1, mayImport: [] },
  raft: { floor: 1, mayImport: [] },
  fix: { floor: 1, mayImport: [] },
  profiles: { floor: 1, mayImport: [] },
  herald: { floor: 1, mayImport: [] },
  console: { floor: 1, mayImport: [] },
  ledger: { floor: 2, mayImport: ['fix', 'profiles'] },
  journal: { floor: 2, mayImport: ['host', 'raft'] },
  wire: { floor: 2, mayImport: ['host', 'raft'] },
  replica: { floor: 3, mayImport: ['host', 'raft', 'journal', 'wire'] },
  database: { floor: 3, mayImport: ['host', 'ledger'] },
  strategy: { floor: 3, mayImport: ['ledger'] },
  venue: { floor: 3, mayImport: ['host', 'fix', 'profiles'] },
  history: { floor: 4, mayImport: ['host', 'fix', 'ledger', 'journal', 'replica'] },
  scribe: { floor: 5, mayImport: ['host', 'ledger', 'journal', 'replica', 'history'] },
  node: {
    floor: 7,
    mayImport: [
      'host',
      'fix',
      'profiles',
      'ledger',
      'journal',
      'wire',
      'replica',
      'strategy',
      'database',
      'history',
      'scribe',
      'herald',
      'console',
    ],
  },
  cli: {
    floor: 8,
    mayImport: ['host', 'profiles', 'ledger', 'journal', 'venue', 'database', 'history', 'scribe', 'node', 'herald'],
  },
  sim: {
    floor: 8,
    mayImport: ['host', 'raft', 'fix', 'profiles', 'ledger', 'journal', 'wire', 'replica', 'strategy', 'venue', 'node'],
  },
};

/** What floor 2 may take from `raft` besides types: constants that are on disk or on the wire. The machine is replica's. */
export const RAFT_CONSTANTS: ReadonlySet<string> = new Set([
  'EntryType',
  'MessageType',
  'APPEND_THREAD',
  'APPLY_THREAD',
  'StorageRefusal',
]);

export function importsAgainstTheFloors(
  tree: SourceTree,
  floors: Readonly<Record<string, Floor>> = FLOORS,
): Violation[] {
  const found: Violation[] = [];
  for (const name of tree.packages.keys()) {
    if (floors[name] === undefined) {
      found.push({ path: `packages/${name}/package.json`, line: 0, text: `package ${name} has no floor` });
    }
  }
  for (const source of tree.sources) {
    for (const statement of source.imports) {
      const text = objection(source, statement, floors);
      if (text !== undefined) found.push({ path: source.path, line: statement.line, text });
    }
  }
  return found;
}

function objection(
  source: SourceFile,
  statement: ImportStatement,
  floors: Readonly<Record<string, Floor>>,
): string | undefined {
  const target = packageOf(statement.specifier);
  if (target === undefined || source.packageName === undefined || target === source.packageName) return undefined;
  const from = floors[source.packageName];
  const to = floors[target];
  if (from === undefined || to === undefined) return `imports ${SCOPE}${target}, and one of the two has no floor`;
  if (to.floor >= from.floor) {
    return `${source.packageName} (floor ${from.floor}) imports ${target} (floor ${to.floor}): imports go downwards only`;
  }
  if (source.forTests) return undefined;
  if (!from.mayImport.includes(target)) {
    return `${source.packageName} may import ${from.mayImport.join(', ') || 'nothing of ours'}, not ${target}`;
  }
  const machine = statement.values.filter((value) => !RAFT_CONSTANTS.has(value));
  if (target === 'raft' && from.floor === 2 && machine.length > 0) {
    return `${source.packageName} knows raft's types only, not ${machine.join(', ')}`;
  }
  return undefined;
}

/** `@baton/host/node` → `host`; undefined for everything that is not ours. */
export function packageOf(specifier: string): string | undefined {
  return specifier.startsWith(SCOPE) ? specifier.slice(SCOPE.length).split('/')[0] : undefined;
}
