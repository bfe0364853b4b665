// The examples are programs: each ends by itself and prints what it shows. The page for readers shows the same lines.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const EXAMPLE = fileURLToPath(new URL('../examples/replicated-counter.ts', import.meta.url));
const PAGE = new URL('../../../docs/replica.md', import.meta.url);

test('the example counts, hands over, counts on, and ends', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE]);
  assert.equal(stdout, 'counted to 1 3 6\nhanded over\ncounted to 10\n');
});

test('docs/replica.md shows the example as it is', () => {
  const program = /\/\/ #region program\n([\s\S]*)\/\/ #endregion program/.exec(readFileSync(EXAMPLE, 'utf8'))?.[1];
  assert.ok(program !== undefined);
  assert.ok(readFileSync(PAGE, 'utf8').includes(program), 'copy the region of the example into the page');
});
