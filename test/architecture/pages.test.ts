import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadLinks } from './pages.ts';
import { sourceTree } from './source-tree.ts';

const dead = (files: Record<string, string>) => deadLinks(sourceTree(files)).map(({ line, text }) => `${line} ${text}`);

test('links to files, folders, places in pages and other sites are right', () => {
  const page = '[a](b.md) [b](../test) [c](b.md#x) [d](#x) [e](https://nodejs.org/x)';
  assert.deepEqual(dead({ 'docs/a.md': page, 'docs/b.md': '', 'test/c/d.ts': '' }), []);
});

test('a link into nowhere is caught', () => {
  assert.deepEqual(dead({ 'docs/a.md': '\nsee [x](../c.md)' }), ['2 links to ../c.md, which does not exist']);
});
