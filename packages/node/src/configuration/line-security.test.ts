// Laws of the keys about TLS for FIX lines, and of the files they name.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type TestCertificate, testPem, testPemUrl } from '@baton/host/testing';
import { parseConfiguration } from './load.ts';
import { type Plan, resolvePlan } from './plan.ts';
import { ConfigurationError, type ConfigurationProblem } from './problem.ts';

interface Parts {
  readonly venue?: string;
  readonly node?: string;
  readonly client?: string;
}

/** A file with one venue, one node and one client, with more keys for each. */
function text({ venue = '', node = '', client = '' }: Parts): string {
  return `
cluster: demo
nodes:
  - { id: 1, name: n1, raft: 127.0.0.1:7101, api: 127.0.0.1:9091, ${node || 'fix: 127.0.0.1:9881'} }
venues:
  - { name: SIM, senderCompId: BATON, targetCompId: SIM, account: A1, ${venue || 'address: 127.0.0.1:9880'} }
instruments:
  - { symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }
clients:
  - { name: desk, senderCompId: DESK, targetCompId: BATON${client} }
`;
}

function problemsOf(run: () => unknown): readonly ConfigurationProblem[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
  return [];
}

function keysOf(parts: Parts): string[] {
  return problemsOf(() => parseConfiguration(text(parts), 'baton.yaml')).map((problem) => problem.key);
}

describe('FIX lines in a configuration', () => {
  it('are not in clear off loopback, unless the file says so at that very line', () => {
    assert.deepEqual(keysOf({ venue: 'address: fix.venue.test:9880' }), ['venues[0].address']);
    assert.deepEqual(keysOf({ venue: 'address: 127.0.0.1.venue.test:9880' }), ['venues[0].address']);
    assert.deepEqual(keysOf({ node: 'fix: 0.0.0.0:9881' }), ['nodes[0].fix']);
    assert.deepEqual(keysOf({ venue: 'address: fix.venue.test:9880, plaintext: true' }), []);
    assert.deepEqual(keysOf({ venue: 'address: fix.venue.test:9880, tls: {}' }), []);
    assert.deepEqual(keysOf({ node: 'fix: 0.0.0.0:9881, fixPlaintext: true' }), []);
    assert.deepEqual(keysOf({ node: 'fix: 0.0.0.0:9881, fixTls: { certFile: a, keyFile: b }' }), []);
    assert.deepEqual(keysOf({ node: 'fix: 127.0.0.1:9881, listen: 127.0.0.1' }), []);
    assert.deepEqual(keysOf({ node: 'fix: 127.0.0.1:9881, listen: 0.0.0.0' }), [
      'nodes[0].api',
      'nodes[0].api',
      'nodes[0].fix',
    ]);
    assert.deepEqual(keysOf({ venue: 'address: localhost:9880' }), []);
    const [problem] = problemsOf(() =>
      parseConfiguration(text({ venue: 'address: fix.venue.test:9880' }), 'baton.yaml'),
    );
    assert.match(problem?.remedy ?? '', /tls: \{\}.*plaintext: true/);
    assert.equal(problem?.line, 6);
  });

  it('say one thing only', () => {
    const both = { venue: 'address: v.test:1, tls: {}, plaintext: true', node: 'fix: 127.0.0.1:1, fixPlaintext: true' };
    assert.deepEqual(keysOf(both), ['venues[0].plaintext']);
    const tls = 'fixTls: { certFile: a, keyFile: b }';
    assert.deepEqual(keysOf({ node: `fix: 127.0.0.1:1, ${tls}, fixPlaintext: true` }), ['nodes[0].fixPlaintext']);
    assert.deepEqual(keysOf({ node: tls }), ['clients', 'nodes[0].fixTls']);
    assert.deepEqual(keysOf({ venue: 'address: v.test:1, tls: { certFile: a }' }), ['venues[0].tls.keyFile']);
  });

  it('bind each client to a name where clients show certificates, and only there', () => {
    const asking = 'fix: 127.0.0.1:1, fixTls: { certFile: a, keyFile: b, clientCaFile: c }';
    assert.deepEqual(keysOf({ node: asking }), ['clients[0].certificateName']);
    assert.deepEqual(keysOf({ node: asking, client: ', certificateName: desk.test' }), []);
    assert.deepEqual(keysOf({ client: ', certificateName: desk.test' }), ['clients[0].certificateName']);
    const second = `${asking} }\n  - { id: 2, name: n2, raft: "127.0.0.1:7102", api: "127.0.0.1:9092", fix: 127.0.0.1:2`;
    const keys = keysOf({ node: second, client: ', certificateName: desk.test' });
    assert.deepEqual(keys, ['nodes[1].fixTls.clientCaFile']);
  });
});

describe('certificates in a configuration', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-tls-'));
    const copies: readonly TestCertificate[] = ['ca', 'venue', 'desk', 'venue-expired'];
    for (const name of copies) copyFileSync(testPemUrl(name), join(folder, `${name}.pem`));
    copyFileSync(testPemUrl('other'), join(folder, 'n1.pem'));
    writeFileSync(join(folder, 'text.pem'), 'no certificate');
    writeFileSync(join(folder, 'empty.pem'), '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const planOf = (parts: Parts): Plan => {
    const file = join(folder, 'baton.yaml');
    return resolvePlan(file, parseConfiguration(text(parts), file), 'n1');
  };

  it('are read relative to the file, for the node that starts, and travel in the plan but not into the ledger', () => {
    const plan = planOf({
      venue: 'address: fix.venue.test:9880, tls: { caFile: ca.pem, certFile: "{node}.pem", keyFile: "./{node}.pem" }',
      node: 'fix: 127.0.0.1:1, fixTls: { certFile: venue.pem, keyFile: venue.pem, clientCaFile: ca.pem }',
      client: ', certificateName: desk.baton.test',
    });
    const [ca, own, port] = [testPem('ca'), testPem('other'), testPem('venue')];
    assert.deepEqual(plan.venues[0]?.tls, {
      servername: 'fix.venue.test',
      ticketsAhead: true,
      ca,
      cert: own,
      key: own,
    });
    assert.deepEqual(plan.fixTls, { cert: port, key: port, ca });
    assert.deepEqual(plan.clientCertificates, { desk: 'desk.baton.test' });
    const replicated = JSON.stringify(plan.configuration);
    for (const word of ['PRIVATE', 'CERTIFICATE', 'tls', 'plaintext', 'baton.test']) {
      assert.equal(replicated.includes(word), false, word);
    }
  });

  it('check another name where the file gives one, and the roots of the system where it names no CA', () => {
    const plan = planOf({ venue: 'address: 10.0.0.1:9880, tls: { serverName: fix.venue.test }' });
    assert.deepEqual(plan.venues[0]?.tls, { servername: 'fix.venue.test', ticketsAhead: true });
  });

  it('name key, file and remedy when they are wrong, all at once, and never what stands in them', () => {
    const problems = problemsOf(() =>
      planOf({
        venue: 'address: v.test:1, tls: { caFile: text.pem, certFile: venue.pem, keyFile: desk.pem }',
        node: 'fix: 127.0.0.1:1, fixTls: { certFile: missing.pem, keyFile: empty.pem, clientCaFile: ca.pem }',
        client: ', certificateName: desk.test',
      }),
    );
    assert.deepEqual(
      problems.map(({ key, value }) => `${key} ${value}`),
      [
        'venues[0].tls.caFile "text.pem"',
        'venues[0].tls.keyFile "desk.pem"',
        'nodes[0].fixTls.certFile "missing.pem"',
        'nodes[0].fixTls.keyFile "empty.pem"',
      ],
    );
    assert.match(problems[2]?.remedy ?? '', /ENOENT/);
    const told = JSON.stringify(problems);
    const line = testPem('desk').split('\n')[1] ?? '';
    assert.ok(line.length > 20 && !told.includes(line) && !told.includes('PRIVATE'));
    const noKey = problemsOf(() => planOf({ venue: 'address: v.test:1, tls: { certFile: ca.pem, keyFile: ca.pem }' }));
    assert.match(noKey[0]?.expected ?? '', /private key/);
  });

  it('may have expired: the node still counts in the quorum', () => {
    const tls = 'tls: { certFile: venue-expired.pem, keyFile: venue-expired.pem }';
    assert.doesNotThrow(() => planOf({ venue: `address: v.test:1, ${tls}` }));
  });
});

describe('links between nodes in a configuration', () => {
  const keysWith = (raft: string, more = ''): string[] => {
    const file = text({}).replace('127.0.0.1:7101', raft) + more;
    return problemsOf(() => parseConfiguration(file, 'baton.yaml')).map((problem) => problem.key);
  };

  it('are not in clear off loopback, unless the file says so', () => {
    const tls = 'tls: { caFile: ca.pem, certFile: "{node}.pem", keyFile: "{node}-key.pem" }\n';
    assert.deepEqual(keysWith('10.0.0.1:7101'), ['nodes[0].raft']);
    assert.deepEqual(keysWith('localhost:7101'), []);
    assert.deepEqual(keysWith('10.0.0.1:7101', tls), []);
    assert.deepEqual(keysWith('10.0.0.1:7101', 'linkPlaintext: true\n'), []);
    assert.deepEqual(keysWith('10.0.0.1:7101', `${tls}linkPlaintext: true\n`), ['linkPlaintext']);
  });
});
