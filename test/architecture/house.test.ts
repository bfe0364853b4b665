/**
 * The rules of the house, applied to this repository. Each rule is shown to catch its violation in the test beside it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importCircles } from './circles.ts';
import { faultsOfTheFaces, importsPastTheDoors } from './doors.ts';
import { FLOORS, importsAgainstTheFloors } from './floors.ts';
import { faultsOfManifests } from './manifests.ts';
import { deadLinks } from './pages.ts';
import { impuritiesOf, PURE_PACKAGES } from './purity.ts';
import { faultsOfShape } from './shape.ts';
import { describeViolations, readSourceTree, type Violation } from './source-tree.ts';

const tree = readSourceTree(fileURLToPath(new URL('../..', import.meta.url)));

function holds(rule: string, violations: readonly Violation[]): void {
  assert.equal(violations.length, 0, describeViolations(rule, violations));
}

test('the whole house is looked at', () => {
  assert.deepEqual([...tree.packages.keys()].sort(), Object.keys(FLOORS).sort());
  for (const name of tree.packages.keys()) {
    assert.ok(
      tree.sources.some((source) => source.packageName === name && !source.forTests),
      `no deployed source found in package ${name}`,
    );
  }
  for (const name of PURE_PACKAGES) assert.ok(tree.packages.has(name), `pure package ${name} does not exist`);
  assert.ok(tree.sources.flatMap((source) => source.imports).length > 100, 'hardly any import was found');
});

test('imports go downwards only', () => holds('floors', importsAgainstTheFloors(tree)));
test('there are no circles, between files or between packages', () => holds('circles', importCircles(tree)));
test('packages are entered by their doors only', () => holds('doors', importsPastTheDoors(tree)));
test('the face of a package is a list of names', () => holds('faces', faultsOfTheFaces(tree)));
test('raft, fix and ledger are pure', () => holds('purity', impuritiesOf(tree)));
test('manifests list what is imported, and every package has a README', () =>
  holds('manifests', faultsOfManifests(tree)));
test('files are short, well named, and at home on any machine', () => holds('shape', faultsOfShape(tree)));
test('links in pages lead to files', () => holds('links', deadLinks(tree)));
