import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importCircles } from './circles.ts';
import { sourceTree } from './source-tree.ts';

const circles = (files: Record<string, string>) => importCircles(sourceTree(files)).map((violation) => violation.text);

test('a diamond is no circle', () => {
  const files = {
    'packages/p/src/a.ts': "import './b.ts'; import './c.ts';",
    'packages/p/src/b.ts': "import './d.ts';",
    'packages/p/src/c.ts': "import './d.ts';",
    'packages/p/src/d.ts': '',
  };
  assert.deepEqual(circles(files), []);
});

test('a circle of three files is caught, over folders too', () => {
  const files = {
    'packages/p/src/a.ts': "import './x/b.ts';",
    'packages/p/src/x/b.ts': "import type { C } from '../c.ts';",
    'packages/p/src/c.ts': "export { a } from './a.ts';",
  };
  const expected = ['circle: packages/p/src/a.ts → packages/p/src/x/b.ts → packages/p/src/c.ts → packages/p/src/a.ts'];
  assert.deepEqual(circles(files), expected);
});

test('a file that imports itself is caught', () => {
  assert.equal(circles({ 'test/a.ts': "import './a.ts';" }).length, 1);
});

test('a circle of packages without a circle of files is caught', () => {
  const files = {
    'packages/p/src/a.ts': "import '@baton/q';",
    'packages/q/src/b.ts': "import '@baton/p';",
  };
  assert.deepEqual(circles(files), ['circle: p → q → p']);
});
