import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCommand, encodeCommand } from '@baton/ledger';
import { parseConfiguration } from './load.ts';
import { resolvePlan } from './plan.ts';
import { ConfigurationError } from './problem.ts';

const GOOD = `
cluster: demo
dataFolder: ./data
nodes:
  - { id: 1, name: n1, raft: 127.0.0.1:7101, api: 127.0.0.1:9091 }
  - { id: 2, name: n2, raft: 127.0.0.1:7102, api: 127.0.0.1:9092 }
venues:
  - { name: SIM, address: 127.0.0.1:9880, senderCompId: BATON, targetCompId: SIM, account: A1 }
instruments:
  - { symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }
`;

function problemsOf(text: string): ConfigurationError['problems'] {
  try {
    parseConfiguration(text, 'baton.yaml');
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems;
  }
  return assert.fail('the file was accepted');
}

describe('configuration file', () => {
  it('fills in defaults and resolves a node and its folder', () => {
    const configuration = parseConfiguration(GOOD, '/etc/baton/baton.yaml');
    assert.equal(configuration.durability, 'disk');
    const plan = resolvePlan('/etc/baton/baton.yaml', configuration, 'n2');
    assert.equal(plan.folder, '/etc/baton/data/n2');
    assert.deepEqual(plan.self.raft, { host: '127.0.0.1', port: 7102 });
    assert.equal(plan.configuration.venues[0]?.heartBtIntS, 5);
    assert.equal('address' in (plan.configuration.venues[0] ?? {}), false);
  });

  it('names file, line, key, value and remedy of a wrong value', () => {
    const [problem] = problemsOf(GOOD.replace('raft: 127.0.0.1:7102', 'raft: nowhere'));
    assert.equal(problem?.file, 'baton.yaml');
    assert.equal(problem?.line, 6);
    assert.equal(problem?.key, 'nodes[1].raft');
    assert.equal(problem?.value, '"nowhere"');
    assert.match(problem?.expected ?? '', /host:port/);
    assert.notEqual(problem?.remedy, '');
  });

  it('refuses an unknown key by name and line', () => {
    const [problem] = problemsOf(`${GOOD}durabilty: disk\n`);
    assert.equal(problem?.key, 'durabilty');
    assert.equal(problem?.line, 11);
  });

  it('tells all problems of a file at once', () => {
    const problems = problemsOf(GOOD.replace('id: 1', 'id: 0').replace('cluster: demo', 'cluster: ""'));
    assert.deepEqual(problems.map((problem) => problem.key).sort(), ['cluster', 'nodes[0].id']);
  });

  it('refuses names that point nowhere and ids that stand twice', () => {
    assert.equal(
      problemsOf(GOOD.replace('venue: SIM, priceScale', 'venue: NYX, priceScale'))[0]?.key,
      'instruments[0].venue',
    );
    assert.equal(problemsOf(GOOD.replace('id: 2', 'id: 1'))[0]?.key, 'nodes[1].id');
  });

  it('refuses a limit written as a number, because a float is no money', () => {
    const [problem] = problemsOf(`${GOOD}limits: { positionMax: 10.5 }\n`);
    assert.equal(problem?.key, 'limits.positionMax');
    assert.equal(problem?.value, '10.5');
  });

  it('names the place of a syntax error', () => {
    const [problem] = problemsOf('nodes: [1\nvenues: }');
    assert.ok((problem?.line ?? 0) > 0);
  });

  it('agrees with the ledger about FIX clients, and keeps each node its own address for them', () => {
    const text = `${GOOD.replace('api: 127.0.0.1:9091', 'api: 127.0.0.1:9091, fix: 127.0.0.1:9881')}clients:
  - { name: desk, senderCompId: DESK, targetCompId: BATON }
`;
    const configuration = parseConfiguration(text, 'baton.yaml');
    const plan = resolvePlan('baton.yaml', configuration, 'n1');
    assert.deepEqual(plan.self.fix, { host: '127.0.0.1', port: 9881 });
    assert.equal(resolvePlan('baton.yaml', configuration, 'n2').self.fix, undefined);
    const decoded = decodeCommand(encodeCommand({ type: 'Configure', configuration: plan.configuration }));
    assert.ok(decoded.type === 'Configure');
    assert.equal(JSON.stringify(decoded.configuration), JSON.stringify(plan.configuration));
  });

  it('refuses clients that nobody can tell apart, that are named like a strategy, or that have nowhere to connect', () => {
    const keys = (more: string): string[] => problemsOf(GOOD + more).map((problem) => problem.key);
    const one = '{ name: desk, senderCompId: DESK, targetCompId: BATON }';
    assert.deepEqual(keys(`clients: [${one}]\n`), ['clients']);
    assert.deepEqual(keys(`clients: [${one}, ${one}]\n`), ['clients[1].name', 'clients[1].senderCompId', 'clients']);
    const strategies = 'strategies: [{ id: desk, file: ./desk.ts }]';
    assert.deepEqual(keys(`clients: [${one}]\n${strategies}\n`), ['clients[0].name', 'clients']);
  });

  it('names a missing file', () => {
    assert.throws(() => resolvePlan('baton.yaml', parseConfiguration(GOOD, 'baton.yaml'), 'n9'), /n1, n2/);
  });
});
