// The acceptance cases on virtual time, as tests. Over real sockets they are run
// by `npm run conformance:fix`.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conformanceDirectory, findScripts, loadCase } from './profile.ts';
import { runVirtual } from './virtual-mode.ts';

const folder = join(conformanceDirectory(), 'quickfix');

if (existsSync(folder)) {
  const paths = findScripts(folder);
  test('there are acceptance cases to run', () => {
    assert.ok(paths.length > 0, `no .def files below ${folder}`);
  });
  for (const path of paths) {
    const script = loadCase(path);
    test(`acceptance case ${script.name}`, () => {
      assert.equal(runVirtual(script), undefined);
    });
  }
} else {
  test('acceptance cases', { skip: `0 cases run: no conformance data at ${folder}` }, () => {});
}
