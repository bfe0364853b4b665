import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keptStrategyCode, readStrategyCode, StrategyCodeError } from './strategy-code.ts';

/** A folder with these files. */
function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-code-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const FILES = {
  's/maker.ts': "import { z } from 'zod';\nimport { a } from './terms.ts';\nexport { b } from '../shared/b.ts';\n",
  's/terms.ts': "import './maker.ts';\nexport const a = 1;\n",
  'shared/b.ts': "export const b = await import('./c.ts');\n",
  'shared/c.ts': 'export const c = 3;\n',
  'shared/unused.ts': 'export const d = 4;\n',
};

test('the digest is over the module and all that it imports by relative paths, wherever that lies', (t) => {
  const [one, two] = [folderWith(t, FILES), folderWith(t, FILES)];
  const code = readStrategyCode(join(one, 's/maker.ts'));
  assert.equal(code.files.length, 4);
  assert.equal(readStrategyCode(join(two, 's/maker.ts')).digest, code.digest);
  writeFileSync(join(two, 'shared/unused.ts'), 'changed');
  assert.equal(readStrategyCode(join(two, 's/maker.ts')).digest, code.digest);
  writeFileSync(join(two, 'shared/c.ts'), 'export const c = 4;\n');
  assert.notEqual(readStrategyCode(join(two, 's/maker.ts')).digest, code.digest);
});

test('what was deployed runs on although its file changes or goes, and what was damaged is copied again', (t) => {
  const folder = folderWith(t, FILES);
  const [file, kept] = [join(folder, 's/maker.ts'), join(folder, 'kept')];
  const { digest } = readStrategyCode(file);
  const module = keptStrategyCode(kept, file, digest);
  assert.equal(readStrategyCode(module).digest, digest);
  writeFileSync(join(module, '../terms.ts'), 'damaged');
  assert.equal(readStrategyCode(keptStrategyCode(kept, file, digest)).digest, digest);
  rmSync(file);
  assert.equal(keptStrategyCode(kept, file, digest), module);
});

test('code that is not there, or is another, is refused with what to do', (t) => {
  const folder = folderWith(t, FILES);
  const file = join(folder, 's/maker.ts');
  const kept = join(folder, 'kept');
  assert.throws(
    () => keptStrategyCode(kept, file, 'f'.repeat(64)),
    (error) =>
      error instanceof StrategyCodeError && /has digest .*deployed was ffffffffffff: put the/.test(error.message),
  );
  rmSync(join(folder, 'shared/c.ts'));
  assert.throws(() => readStrategyCode(file), /c\.ts, which .*maker\.ts imports, cannot be read here \(ENOENT\)/);
});
