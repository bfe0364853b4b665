/**
 * The repository as the architecture rules see it: paths and texts, packages with their manifests, and the imports of
 * every TypeScript file. `readSourceTree` reads it from disk; `sourceTree` makes one from a record of path to text, so
 * that each rule is also tried on a small tree that breaks it. Paths use `/` and are relative to the root.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Token, tokensOf } from './token.ts';

export interface Violation {
  readonly path: string;
  /** Counted from 1; 0 means the whole file. */
  readonly line: number;
  readonly text: string;
}

export interface ImportStatement {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
  /** Imported values by their exported names (types left out); `*` for a namespace, a re-export or a dynamic import. */
  readonly values: readonly string[];
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Name of the package it belongs to, without the scope; undefined for the root's folders. */
  readonly packageName: string | undefined;
  /** True for code that is never deployed: tests, a package's testing entry, examples, benchmarks, tools. */
  readonly forTests: boolean;
  readonly tokens: readonly Token[];
  readonly imports: readonly ImportStatement[];
}

export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface SourceTree {
  /** TypeScript and JavaScript sources. */
  readonly sources: readonly SourceFile[];
  /** Every text file, sources included; others with an empty text. */
  readonly texts: ReadonlyMap<string, string>;
  /** Manifests by package name without the scope. */
  readonly packages: ReadonlyMap<string, Manifest>;
}

export const SCOPE = '@baton/';
const SKIPPED_FOLDERS = new Set(['node_modules', '.git', 'build', 'baton-data']);
const BINARY = /\.(png|ico|gz|tgz|bin|woff2)$/;
const SOURCE = /\.(ts|tsx|js|mjs|cjs)$/;
const PACKAGE_PATH = /^packages\/([^/]+)\//;
const DEPLOYED_PATH = /^packages\/[^/]+\/(src|bin)\/(?!testing\/)(?!.*\/testing\/)(?!.*\.test\.tsx?$)/;

export function readSourceTree(root: string): SourceTree {
  const files: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) visit(path);
      // Of a picture only that it is there: pages link to it.
      if (entry.isFile()) files[path] = BINARY.test(entry.name) ? '' : readFileSync(join(root, path), 'utf8');
    }
  };
  visit('');
  return sourceTree(files);
}

export function sourceTree(files: Readonly<Record<string, string>>): SourceTree {
  const texts = new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const packages = new Map<string, Manifest>();
  const sources: SourceFile[] = [];
  for (const [path, text] of texts) {
    const packageName = PACKAGE_PATH.exec(path)?.[1];
    if (packageName !== undefined && path === `packages/${packageName}/package.json`) {
      packages.set(packageName, JSON.parse(text) as Manifest);
    }
    if (!SOURCE.test(path)) continue;
    const tokens = tokensOf(text);
    sources.push({ path, text, packageName, forTests: !DEPLOYED_PATH.test(path), tokens, imports: importsOf(tokens) });
  }
  return { sources, texts, packages };
}

/** Every static import, re-export and dynamic import or require of a literal. */
export function importsOf(tokens: readonly Token[]): ImportStatement[] {
  const found: ImportStatement[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return;
    if (token.text === 'import' || token.text === 'export') {
      const statement = statementAt(tokens, at);
      if (statement !== undefined) found.push(statement);
    }
    const called = token.text === 'import' || token.text === 'require';
    const argument = tokens[at + 2];
    if (called && tokens[at + 1]?.text === '(' && argument?.kind === 'string') {
      found.push({ specifier: argument.text, line: token.line, typeOnly: false, values: ['*'] });
    }
  });
  return found;
}

/** Words that open a declaration: such an `export` re-exports nothing. */
const DECLARATIONS = new Set(['const', 'let', 'var', 'function', 'class', 'interface', 'default', 'async', 'abstract']);

function statementAt(tokens: readonly Token[], start: number): ImportStatement | undefined {
  const keyword = tokens[start] as Token;
  let at = start + 1;
  if (tokens[at]?.kind === 'string') {
    return { specifier: (tokens[at] as Token).text, line: keyword.line, typeOnly: false, values: ['*'] };
  }
  if (tokens[at]?.text === '(' || tokens[at]?.text === '.') return undefined;
  if (keyword.text === 'export' && DECLARATIONS.has(tokens[at]?.text ?? '')) return undefined;
  const after = tokens[at + 1]?.text;
  const typeOnly = tokens[at]?.text === 'type' && after !== 'from' && after !== ',';
  if (typeOnly) at += 1;
  if (keyword.text === 'export' && tokens[at]?.text !== '{' && tokens[at]?.text !== '*') return undefined;
  const clause: string[] = [];
  while (at < tokens.length && tokens[at]?.text !== 'from' && tokens[at]?.text !== ';') {
    clause.push((tokens[at] as Token).text);
    at += 1;
  }
  const source = tokens[at + 1];
  if (tokens[at]?.text !== 'from' || source?.kind !== 'string') return undefined;
  return { specifier: source.text, line: keyword.line, typeOnly, values: typeOnly ? [] : valuesOf(clause) };
}

/** Exported names of the values in an import clause: `a, { type B, c as d }` gives default and c. */
function valuesOf(clause: readonly string[]): string[] {
  if (clause.includes('*')) return ['*'];
  const open = clause.indexOf('{');
  const values = open !== 0 && clause.length > 0 ? ['default'] : [];
  const names = open < 0 ? [] : clause.slice(open + 1, clause.lastIndexOf('}'));
  let item: string[] = [];
  for (const word of [...names, ',']) {
    if (word !== ',') item.push(word);
    else {
      const isType = item[0] === 'type' && item.length > 1 && item[1] !== 'as';
      if (item[0] !== undefined && !isType) values.push(item[0]);
      item = [];
    }
  }
  return values;
}

/** Fails a test with one line a violation; `rule` says what was asked. */
export function describeViolations(rule: string, violations: readonly Violation[]): string {
  return `${rule}\n${violations.map(({ path, line, text }) => `  ${path}:${line} ${text}`).join('\n')}`;
}
