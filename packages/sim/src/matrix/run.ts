/**
 * `npm run matrix`: plays every row against every profile and prints the matrix. `--row 5`, `--profile classic` play a
 * part. Exit code 1 when a cell failed.
 */
import { parseArgs } from 'node:util';
import { PROFILES } from '@baton/profiles';
import { playCell } from './cell.ts';
import { ROWS } from './rows.ts';
import { matrixText } from './table.ts';

const { values } = parseArgs({ options: { row: { type: 'string' }, profile: { type: 'string' } } });
const rows = ROWS.filter(({ number, variant }) => values.row === undefined || `${number}${variant}` === values.row);
const profiles = PROFILES.filter(({ name }) => values.profile === undefined || name === values.profile);
const cells = [];
for (const row of rows) for (const profile of profiles) cells.push(await playCell(row, profile));
console.log(matrixText(cells));
if (cells.some(({ standing }) => standing === 'failed')) process.exitCode = 1;
