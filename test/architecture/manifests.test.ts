import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependencyOf, faultsOfManifests } from './manifests.ts';
import { sourceTree } from './source-tree.ts';

function faults(manifest: object, sources: Record<string, string>): string[] {
  const tree = sourceTree({
    'package.json': '{"devDependencies":{"fast-check":"4.10.2"}}',
    'packages/p/package.json': JSON.stringify({ name: '@baton/p', ...manifest }),
    'packages/p/README.md': '# p',
    ...sources,
  });
  return faultsOfManifests(tree).map((violation) => violation.text);
}

test('what is imported is listed and the other way round', () => {
  const sources = { 'packages/p/src/a.ts': "import 'ws'; import 'node:fs'; import './b.ts'; import '@baton/q/node';" };
  assert.deepEqual(faults({ dependencies: { ws: '8.23.0', '@baton/q': '0.1.0' } }, sources), []);
});

test('an import that is not listed is caught', () => {
  assert.match(faults({}, { 'packages/p/src/a.ts': "import 'ws';" }).join(), /imports ws, not listed/);
});

test('a dependency that nothing deployed imports is caught, even if a test imports it', () => {
  const sources = { 'packages/p/src/a.test.ts': "import 'ws';" };
  assert.match(faults({ dependencies: { ws: '8.23.0' } }, sources).join(), /lists ws, which deployed code does not/);
});

test('tests use what the package or the root lists', () => {
  assert.deepEqual(faults({}, { 'packages/p/src/a.test.ts': "import 'fast-check';" }), []);
  assert.match(faults({}, { 'packages/p/src/a.test.ts': "import 'chai';" }).join(), /tests use chai/);
});

test('a range instead of a version, a wrong name and a missing README are caught', () => {
  const sources = { 'packages/p/src/a.ts': "import 'ws';", 'packages/p/README.md': ' ' };
  const found = faults({ name: 'p', dependencies: { ws: '^8.0.0' } }, sources);
  assert.deepEqual(found, ['name must be @baton/p', 'ws ^8.0.0 is not an exact version', 'missing']);
});

test('a dependency is named without its entry', () => {
  assert.equal(dependencyOf('msgpackr/pack'), 'msgpackr');
  assert.equal(dependencyOf('@rgrove/parse-xml/x'), '@rgrove/parse-xml');
});
