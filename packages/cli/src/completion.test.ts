/** Completion in the real shells, where they are installed; what is offered is compared with the tree of commands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commandTree } from './command-tree.ts';
import { makeProgram } from './program.ts';
import { captured } from './testing/captured-output.ts';

const tree = commandTree(makeProgram({ output: { out: process.stdout, err: process.stderr }, run: async () => {} }));
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash offers after these words. */
function offered(script: string, words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const text = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _baton; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stderr, stdout } = spawnSync('bash', ['-c', text], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers the commands and options of the place where one is', async () => {
  const { exitCode, out } = await captured('completion', 'bash');
  assert.equal(exitCode, 0);
  assert.deepEqual(offered(out, ['baton', 'doc']), ['doctor']);
  assert.deepEqual(offered(out, ['baton', 'config', 'ch']), ['check']);
  assert.deepEqual(offered(out, ['baton', 'doctor', '--ho']), ['--host']);
  assert.deepEqual(offered(out, ['baton', 'checklist', 'hot', '--phase', 'p']).includes('pre'), true);
  assert.deepEqual(offered(out, ['baton', 'doctor', '--folder', '']), []);
  for (const { below, path } of tree.filter((facts) => facts.below.length > 0)) {
    const words = offered(out, ['baton', ...path.split(' ').filter((word) => word !== ''), '']);
    for (const name of below) assert.ok(words.includes(name), `${path} ${name}`);
  }
});

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const skip = has(shell) ? false : `${shell} is not installed`;
  test(`the script for ${shell} is one that ${shell} reads without complaint`, { skip }, async () => {
    const { out } = await captured('completion', shell);
    const { status, stderr } = spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}

test('fish is told each command and option once, with what it is for', async () => {
  const { out } = await captured('completion', 'fish');
  const lines = out.split('\n').filter((line) => line.startsWith('complete'));
  assert.equal(new Set(lines).size, lines.length);
  for (const name of tree[0]?.below ?? []) assert.ok(out.includes(`-a '${name}' -d '`), name);
});

test('a shell that is not known is a usage error', async () => {
  assert.equal((await captured('completion', 'tcsh')).exitCode, 2);
});
