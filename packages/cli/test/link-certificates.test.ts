// Certificates of `baton certs` on the links of real nodes: with them three nodes elect a leader; a node with those of a
// foreign CA gets no link, for a reason that both sides tell; files that others would refuse end the start.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captured } from '../src/testing/captured-output.ts';
import { followsOrLeads, type LogLine, RealNodes } from '../src/testing/real-nodes.ts';

const NAMES = ['n1', 'n2', 'n3'];

const refusesCertificate = (line: LogLine): boolean => line['reason'] === 'certificate';

test('three nodes with certificates of one CA elect a leader, all over TLS', async (t) => {
  const story = await RealNodes.plan(t, NAMES);
  await story.makeCertificates('certs');
  const configuration = story.configure('certs');
  await Promise.all(NAMES.map((name) => story.start(configuration, name, followsOrLeads)));
  const reports = await story.view.status();
  const leaders = new Set(reports.map((report) => report.status?.leader));
  assert.equal(leaders.size, 1);
  const links = reports.flatMap((report) => report.status?.links ?? []).filter((link) => link.up);
  assert.ok(links.length >= 4, 'the leader has a link to both, and both have one to it');
});

test('a node with certificates of a foreign CA gets no link, both sides say why, and the others go on', async (t) => {
  const story = await RealNodes.plan(t, NAMES);
  await story.makeCertificates('certs');
  await story.makeCertificates('foreign');
  const [good, foreign] = [story.configure('certs'), story.configure('foreign')];
  const refused = Promise.withResolvers<LogLine>();
  const hear = (line: LogLine): boolean => {
    if (refusesCertificate(line)) refused.resolve(line);
    return followsOrLeads(line);
  };
  // A new cluster begins when all its founders have met.
  await Promise.all(NAMES.map((name) => story.start(good, name, hear)));
  await story.stop('n3');
  const told = story.start(foreign, 'n3', refusesCertificate);
  const lines = await Promise.all([refused.promise, told]);
  for (const line of lines) assert.match(String(line['detail']), /certificate|TLS/);
  const reports = await story.view.waitFor('the two others to follow one leader', (seen) => {
    const leaders = seen.filter(({ name }) => name !== 'n3').map(({ status }) => status?.leader ?? null);
    return leaders[0] !== null && leaders[0] === leaders[1] && leaders[0] !== 'n3';
  });
  const foreigner = reports.find((report) => report.status?.node === 'n3')?.status;
  assert.equal(foreigner?.leader ?? null, null);
  assert.deepEqual(new Set(foreigner?.links.map((link) => link.up) ?? [false]), new Set([false]));
});

test('certificates that other nodes would refuse end the start with 78, the file, and the remedy', async (t) => {
  const story = await RealNodes.plan(t, NAMES);
  await story.makeCertificates('certs');
  await story.makeCertificates('foreign');
  const configuration = story.configure('certs');
  const start = (): ReturnType<typeof captured> => captured('node', '--config', configuration, '--node', 'n1');
  const at = (name: string): string => join(story.folder, 'certs', name);
  const [certificate, key] = [readFileSync(at('n1.pem')), readFileSync(at('n1-key.pem'))];
  const wrongs: readonly [() => void, RegExp][] = [
    [() => copyFileSync(at('n2-key.pem'), at('n1-key.pem')), /n1-key\.pem: tls\.keyFile expected the private key of/],
    [() => writeFileSync(at('n1-key.pem'), 'nonsense'), /tls\.keyFile expected a private key in PEM/],
    [
      () => copyFileSync(at('n2.pem'), at('n1.pem')),
      /n1\.pem: tls\.certFile expected a certificate for DNS:n1.*DNS:n2.*baton certs node n1/,
    ],
    [
      () => copyFileSync(join(story.folder, 'foreign', 'n1.pem'), at('n1.pem')),
      /expected a certificate signed by the CA in .*ca\.pem/,
    ],
    [() => writeFileSync(at('n1.pem'), 'nonsense'), /tls\.certFile expected a certificate in PEM/],
    [() => rmSync(at('n1.pem')), /tls\.certFile is ENOENT, expected a readable PEM file/],
  ];
  for (const [spoil, message] of wrongs) {
    spoil();
    const { exitCode, err } = await start();
    assert.equal(exitCode, 78, err);
    assert.match(err, message);
    writeFileSync(at('n1.pem'), certificate);
    writeFileSync(at('n1-key.pem'), key);
  }
});
