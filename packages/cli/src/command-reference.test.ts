import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ownTree, referenceText } from './command-reference.ts';

/** Commands that are processes, or whose output is no data, or nothing but JSON. */
const WITHOUT_JSON = new Set(['up', 'node', 'venue', 'strategy new', 'replay']);

test('docs/cli.md has every command, option and exit code, as they are', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  assert.ok(page === referenceText(ownTree()), 'make it anew: node packages/cli/src/command-reference.ts docs/cli.md');
});

test('every command that tells something tells it as JSON, too', () => {
  const leaves = ownTree().filter(({ below, path }) => below.length === 0 && path !== '');
  const lacking = leaves.filter(
    ({ options, path }) => !options.some(({ long }) => long === '--json') && !WITHOUT_JSON.has(path),
  );
  assert.deepEqual(
    lacking.map(({ path }) => path),
    [],
  );
});
