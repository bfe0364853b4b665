import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkServerIdentity } from 'node:tls';
import { captured } from './testing/captured-output.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-certs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function madeFor(t: TestContext, ...args: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(t), 'certs');
  assert.equal((await captured('certs', 'init', '--folder', folder)).exitCode, 0);
  const { exitCode, err } = await captured('certs', 'node', ...args, '--folder', folder);
  assert.equal(exitCode, 0, err);
  return folder;
}

const certificateOf = (folder: string, name: string): X509Certificate =>
  new X509Certificate(readFileSync(join(folder, `${name}.pem`)));

const nameFault = (certificate: X509Certificate, name: string): Error | undefined =>
  checkServerIdentity(name, certificate.toLegacyObject() as Parameters<typeof checkServerIdentity>[1]);

test('a certificate is signed by the authority and names its node, loopback and the addresses given, and no other node', async (t) => {
  const folder = await madeFor(t, 'n1', 'n_2', '--address', '10.0.0.4', '--address', 'a.example');
  const authority = certificateOf(folder, 'ca');
  assert.equal(authority.ca, true);
  for (const [name, other] of [
    ['n1', 'n_2'],
    ['n_2', 'n1'],
  ] as const) {
    const certificate = certificateOf(folder, name);
    assert.equal(certificate.ca, false);
    assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
    for (const good of [name, 'localhost', '127.0.0.1', '::1', '10.0.0.4', 'a.example']) {
      assert.equal(nameFault(certificate, good), undefined, good);
    }
    assert.notEqual(nameFault(certificate, other), undefined);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  }
});

test('a certificate does not outlive its authority', async (t) => {
  const folder = join(temporaryFolder(t), 'certs');
  await captured('certs', 'init', '--folder', folder, '--days', '10');
  await captured('certs', 'node', 'n1', '--folder', folder, '--days', '800');
  assert.equal(certificateOf(folder, 'n1').validTo, certificateOf(folder, 'ca').validTo);
});

test('files are for their owner only, and nothing else is left', async (t) => {
  const folder = await madeFor(t, 'n1');
  assert.deepEqual(readdirSync(folder), ['ca-key.pem', 'ca.pem', 'n1-key.pem', 'n1.pem']);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test('nothing is overwritten without --force: the command names what is there and writes nothing', async (t) => {
  const folder = await madeFor(t, 'n1');
  const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  for (const args of [['init'], ['node', 'n2', 'n1']]) {
    const { exitCode, err } = await captured('certs', ...args, '--folder', folder);
    assert.equal(exitCode, 1);
    assert.match(err, /\.pem.* exist already[\s\S]*--force/);
  }
  const after = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  assert.deepEqual(after, before);
  assert.equal((await captured('certs', 'node', 'n1', '--folder', folder, '--force')).exitCode, 0);
  assert.notEqual(readFileSync(join(folder, 'n1.pem'), 'latin1'), before[3]);
  assert.equal(statSync(join(folder, 'n1-key.pem')).mode & 0o777, 0o600);
});

test('without an authority, or with one whose files do not belong together, no certificate is made', async (t) => {
  const empty = temporaryFolder(t);
  const missing = await captured('certs', 'node', 'n1', '--folder', empty);
  assert.equal(missing.exitCode, 66);
  assert.match(missing.err, /ca\.pem[\s\S]*certs init/);
  const [one, other] = [await madeFor(t, 'n1'), await madeFor(t, 'n1')];
  writeFileSync(join(one, 'ca-key.pem'), readFileSync(join(other, 'ca-key.pem')));
  const mixed = await captured('certs', 'node', 'n2', '--folder', one);
  assert.equal(mixed.exitCode, 65);
  assert.match(mixed.err, /does not belong/);
  writeFileSync(join(one, 'ca-key.pem'), 'nonsense');
  assert.equal((await captured('certs', 'node', 'n2', '--folder', one)).exitCode, 65);
  assert.equal(readdirSync(one).includes('n2.pem'), false);
});

test('names that would mix up files or identities are usage errors', async (t) => {
  for (const name of ['ca', 'n1-key', 'localhost', '../n1', '']) {
    const { exitCode, err } = await captured('certs', 'node', name, '--folder', temporaryFolder(t));
    assert.equal(exitCode, 2, name);
    assert.match(err, /is invalid/);
  }
  const { exitCode } = await captured(
    'certs',
    'node',
    'n1',
    '--address',
    '10.0.0.1:80',
    '--folder',
    temporaryFolder(t),
  );
  assert.equal(exitCode, 2);
});
