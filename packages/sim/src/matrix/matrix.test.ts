/** The crash-point matrix as tests: one a cell. What a venue's protocol rules out, or nobody plays yet, is skipped by name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROFILES } from '@baton/profiles';
import { playCell } from './cell.ts';
import { ROWS } from './rows.ts';

for (const row of ROWS) {
  describe(`row ${row.number}${row.variant}, ${row.title}: ${row.required}`, () => {
    for (const profile of PROFILES) {
      it(profile.name, async (test) => {
        const { standing, outcome } = await playCell(row, profile);
        if (standing === 'impossible') test.skip(outcome);
        else if (standing === 'open') test.todo(outcome);
        else if (standing === 'not-played') test.skip(`not played yet: ${outcome}`);
        else assert.equal(standing, 'passed', outcome);
      });
    }
  });
}
