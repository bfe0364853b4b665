// The acceptance cases on virtual time, as tests. Over real sockets they are run
// by `npm run conformance:fix`.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { caseFrom, conformanceDirectory, findScripts, type Identity, loadCase } from './profile.ts';
import { runVirtual } from './virtual-mode.ts';

/** Cases whose expectation is of FIX 4.4's dictionary and not of the session layer. */
const OF_FIX44_ONLY: ReadonlySet<string> = new Set([
  // Tag 55 is unknown to FIXT 1.1, whose dictionary judges a Heartbeat: 373=0 instead of 2.
  '14c_TagNotDefinedForMsgType.def',
  // TradingSessionID (336) is an enumeration since FIX 5.0SP2.
  '21_RepeatingGroupSpecifierWithValueOfZero.def',
]);

/** A FIX 4.4 script as one of FIX 5.0SP2 over FIXT 1.1: other names, and DefaultApplVerID in each Logon. */
function translated(source: string): string {
  return source
    .replaceAll('8=FIX.4.4', '8=FIXT.1.1')
    .replaceAll('TW44', 'TW50SP2')
    .split('\n')
    .map((line) => (line.includes('\u000135=A\u0001') ? line.replace(/(\b108=\d+)/, '$1\u00011137=9') : line))
    .join('\n');
}

/** The same cases over FIXT 1.1, where no script of that version is at hand. */
function testTranslated(paths: readonly string[]): void {
  const identity: Identity = {
    beginString: 'FIXT.1.1',
    senderCompId: 'ISLD',
    targetCompId: 'TW50SP2',
    defaultApplVerId: '9',
  };
  for (const path of paths) {
    const name = basename(path);
    const skip = OF_FIX44_ONLY.has(name) ? 'expects the dictionary of FIX 4.4' : false;
    test(`acceptance case ${name}, translated to FIXT 1.1`, { skip }, () => {
      const source = translated(readFileSync(path, 'latin1'));
      assert.equal(runVirtual(caseFrom(join('fix50sp2', name), source, () => identity)), undefined);
    });
  }
}

const folder = join(conformanceDirectory(), 'quickfix');

// Scripts of our own, for behaviour that the cases at hand do not show. They need the dictionaries.
if (existsSync(join(conformanceDirectory(), 'dictionaries'))) {
  for (const path of findScripts(join(import.meta.dirname, 'own'))) {
    const script = loadCase(path);
    test(`own case ${script.name}`, () => {
      assert.equal(runVirtual(script), undefined);
    });
  }
} else {
  test('own cases', { skip: 'no dictionaries in the conformance data' }, () => {});
}

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
  testTranslated(paths.filter((path) => dirname(path).endsWith('fix44')));
} else {
  test('acceptance cases', { skip: `0 cases run: no conformance data at ${folder}` }, () => {});
}
