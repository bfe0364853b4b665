import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTANTS } from './table.ts';

const packages = new URL('../../../', import.meta.url);

test('every seeded bug finds its text exactly once, and changes it', () => {
  for (const { name, file, find, replace } of MUTANTS) {
    const source = readFileSync(new URL(file, packages), 'utf8');
    assert.equal(source.split(find).length - 1, 1, `"${name}": its text in ${file}`);
    assert.notEqual(find, replace, name);
  }
});

test('names of seeded bugs are unique, and there are at least 25', () => {
  assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
  assert.ok(MUTANTS.length >= 25, String(MUTANTS.length));
});
