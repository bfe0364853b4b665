import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { captured } from './testing/captured-output.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-init-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what init writes is a configuration that check finds nothing wrong with, for every node', async (t) => {
  const place = join(folder(t), 'new');
  const made = await captured('init', '--folder', place, '--hosts', '10.0.0.1,10.0.0.2,c.example', '--json');
  assert.equal(made.exitCode, 0, made.err);
  const file = join(place, 'cluster.yaml');
  for (const node of ['n1', 'n2', 'n3']) {
    const { err, exitCode } = await captured('config', 'check', file, '--node', node);
    assert.equal(exitCode, 0, err);
  }
  const { files } = JSON.parse(made.out) as { files: string[] };
  assert.equal(files.length, 1 + 3 + 2 * 4);
  for (const path of files.filter((each) => /secrets|-key/.test(each)))
    assert.equal(statSync(path).mode & 0o077, 0, path);
  const tokens = files.filter((each) => each.includes('token-')).map((each) => readFileSync(each, 'utf8'));
  assert.equal(new Set(tokens).size, 3);
});

test('nothing is overwritten', async (t) => {
  const place = folder(t);
  writeFileSync(join(place, 'cluster.yaml'), 'mine');
  const { err, exitCode } = await captured('init', '--folder', place);
  assert.equal(exitCode, 1);
  assert.match(err, /cluster\.yaml exists already[\s\S]*nothing was written/);
  assert.equal(readFileSync(join(place, 'cluster.yaml'), 'utf8'), 'mine');
});

test('hosts that cannot be a cluster are a usage error', async (t) => {
  const place = folder(t);
  for (const hosts of ['10.0.0.1,10.0.0.2', 'a b,c,d', 'a,b,c,d,e,f,g,h,i']) {
    assert.equal((await captured('init', '--folder', place, '--hosts', hosts)).exitCode, 2, hosts);
  }
});

test('every mistake of a file is named at once, with place, value, expectation and fix', async (t) => {
  const place = folder(t);
  await captured('init', '--folder', place, '--no-certs', '--hosts', '127.0.0.1,127.0.0.1,127.0.0.1');
  const file = join(place, 'cluster.yaml');
  assert.equal((await captured('config', 'check', file)).exitCode, 0);
  const text = readFileSync(file, 'utf8')
    .replace('durability: disk', 'durability: paper')
    .replace('timing: lan', 'timming: lan');
  writeFileSync(file, text);
  const { err, exitCode, out } = await captured('config', 'check', file);
  assert.equal(exitCode, 78);
  assert.equal(out, '');
  assert.match(err, /cluster\.yaml:\d+:\d+: durability is "paper"\n {2}expected: .*\n {2}fix: /);
  assert.match(err, /cluster\.yaml:\d+:\d+: timming/);
  const json = await captured('config', 'check', file, '--json');
  const document = JSON.parse(json.out) as { ok: boolean; problems: { key: string; remedy: string }[] };
  assert.equal(document.ok, false);
  assert.deepEqual(document.problems.map(({ key }) => key).sort(), ['durability', 'timming']);
  assert.equal((await captured('config', 'check', join(place, 'none.yaml'))).exitCode, 78);
});

test('a secret file that is missing is found when the node is named', async (t) => {
  const place = folder(t);
  await captured('init', '--folder', place, '--no-certs');
  const file = join(place, 'cluster.yaml');
  const receiver = '  receivers: [{ type: slack, name: chat, urlFile: secrets/slack-url }]\n';
  writeFileSync(file, readFileSync(file, 'utf8').replace('  receivers: []\n', receiver));
  assert.equal((await captured('config', 'check', file)).exitCode, 0);
  const { err, exitCode } = await captured('config', 'check', file, '--node', 'n1');
  assert.equal(exitCode, 78);
  assert.match(err, /alerts\.receivers\[0\].*secrets\/slack-url/);
});
