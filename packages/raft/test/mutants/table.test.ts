/** The table of seeded bugs fits the sources: each names one place, and there are enough of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTANTS } from './table.ts';

test('each seeded bug names exactly one place in the sources, and changes it', () => {
  assert.ok(MUTANTS.length >= 30, `${MUTANTS.length}`);
  assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
  for (const { name, file, find, replace } of MUTANTS) {
    const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
    assert.equal(source.split(find).length, 2, name);
    assert.notEqual(find, replace, name);
  }
});
