/**
 * Pure packages: the same bytes in give the same bytes out, on every node and in every replay. No clock, timer, task
 * queue, process, environment, locale, randomness or input and output; nothing asynchronous. Biome has the same rule for
 * globals; this one is stricter (async, Promise, Math.random, locale methods) and reads dependencies' doors too.
 * Judged are deployed sources only: a pure package's tests may do as they like.
 */
import type { SourceFile, SourceTree, Violation } from './source-tree.ts';

export const PURE_PACKAGES: readonly string[] = ['raft', 'fix', 'profiles', 'ledger'];

const BANNED_WORDS: ReadonlyMap<string, string> = new Map([
  ...words('time comes from the input', ['Date', 'performance', 'Temporal']),
  ...words('no timers', ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval']),
  ...words('everything is synchronous', ['async', 'await', 'Promise', 'queueMicrotask']),
  ...words('no process or environment', ['process', 'globalThis', 'global', 'require']),
  ...words('no input or output', ['console', 'fetch', 'WebSocket', 'XMLHttpRequest', 'Worker', 'Atomics']),
  ...words('randomness comes from the input', ['crypto']),
  ...words('no locales', ['Intl']),
  ...words('depends on the garbage collector', ['WeakRef', 'FinalizationRegistry']),
]);

const BANNED_MEMBERS: ReadonlyMap<string, string> = new Map([
  ...words('randomness comes from the input', ['random']),
  ...words('no locales', ['toLocaleString', 'localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']),
]);

/** What stands before the name of a property: in an object, a type or a class. */
const BEFORE_A_KEY: ReadonlySet<string> = new Set(['{', ',', ';', 'readonly', 'private', 'protected', 'public']);

/** Dependencies of pure packages that are pure in what is used of them, with the reason. */
const PURE_DEPENDENCIES: ReadonlyMap<string, string> = new Map([
  ['msgpackr/pack', 'encodes and decodes bytes; its own caches do not show'],
  ['msgpackr/unpack', 'the same'],
  ['@rgrove/parse-xml', 'text to tree'],
]);

function words(reason: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [name, reason]);
}

export function impuritiesOf(tree: SourceTree, pure: readonly string[] = PURE_PACKAGES): Violation[] {
  return tree.sources
    .filter((source) => source.packageName !== undefined && pure.includes(source.packageName) && !source.forTests)
    .flatMap((source) => [...impureImports(source), ...impureWords(source)]);
}

function impureImports(source: SourceFile): Violation[] {
  return source.imports
    .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('@baton/'))
    .filter(({ specifier }) => specifier !== 'node:buffer' && !PURE_DEPENDENCIES.has(specifier))
    .map(({ specifier, line }) => ({ path: source.path, line, text: `imports ${specifier}` }));
}

function impureWords(source: SourceFile): Violation[] {
  const found: Violation[] = [];
  source.tokens.forEach((token, at) => {
    if (token.kind !== 'word') return;
    const before = source.tokens[at - 1]?.text;
    const isMember = before === '.' || before === '?.';
    const isKey = source.tokens[at + 1]?.text === ':' && BEFORE_A_KEY.has(before ?? '');
    const reason = isMember ? memberReason(source, at) : isKey ? undefined : BANNED_WORDS.get(token.text);
    if (reason !== undefined) found.push({ path: source.path, line: token.line, text: `${token.text}: ${reason}` });
  });
  return found;
}

function memberReason(source: SourceFile, at: number): string | undefined {
  const name = source.tokens[at]?.text ?? '';
  // `options.random()` is the injected source of randomness; `Math.random` is not.
  if (name === 'random' && source.tokens[at - 2]?.text !== 'Math') return undefined;
  return BANNED_MEMBERS.get(name);
}
