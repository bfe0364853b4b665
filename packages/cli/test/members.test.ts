// Members of a real cluster changed by command: a node is added, the leader is replaced by it, and a node removed, with
// TLS on all links, while the cluster goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberView } from '@baton/node';
import { captured } from '../src/testing/captured-output.ts';
import { followsOrLeads, type LogLine, RealNodes } from '../src/testing/real-nodes.ts';

const opensLinks = (line: LogLine): boolean => line['msg'] === 'core takes part in the cluster';

test('a leader is replaced by a new node, by one command that can be repeated, and the others go on', async (t) => {
  const all = await RealNodes.plan(t, ['n1', 'n2', 'n3', 'n4']);
  await all.makeCertificates('certs');
  const [fresh, founders] = [all.nodes[3]!, all.nodes.slice(0, 3)];
  const configuration = all.configure('certs', founders);
  await Promise.all(founders.map(({ name }) => all.start(configuration, name, followsOrLeads)));
  const joining = all.configure('certs', [...founders, { ...fresh, joining: true }]);
  const follows = all.start(joining, fresh.name, followsOrLeads);
  const via = founders.flatMap(({ api }) => ['--via', api]);
  const list = async (): Promise<MemberView[]> => {
    const { exitCode, out, err } = await captured('members', 'list', '--json', ...via, '--via', fresh.api);
    assert.equal(exitCode, 0, err);
    return (JSON.parse(out) as { members: MemberView[] }).members;
  };
  const before = await list();
  assert.deepEqual(
    before.map(({ node, role }) => [node, role]),
    [
      ['n1', 'voter'],
      ['n2', 'voter'],
      ['n3', 'voter'],
    ],
  );
  const leader = before.find(({ isLeader }) => isLeader)?.node ?? '';
  const place = ['--id', '4', '--raft', fresh.raft, '--api', fresh.api, '--timeout', '60000'];
  for (let round = 1; round <= 2; round++) {
    const { exitCode, err } = await captured('members', 'replace', leader, 'n4', ...place, ...via);
    assert.equal(exitCode, 0, err);
    assert.match(err, round === 1 ? /n4 is a learner[\s\S]*is a voter[\s\S]*is removed/ : /is no member/);
  }
  await follows;
  const after = await list();
  const rest = ['n1', 'n2', 'n3'].filter((name) => name !== leader);
  assert.deepEqual(
    after.map(({ node, role }) => [node, role]),
    [...rest, 'n4'].map((name) => [name, 'voter']),
  );
  assert.deepEqual(after.find(({ node }) => node === 'n4')?.api, fresh.api);
  const table = await captured('members', 'list', ...via);
  assert.match(table.out, /^NODE +ID +ROLE[\s\S]*^n4 +4 +voter/m);
  const taken = await captured(
    'members',
    'add',
    'n5',
    '--id',
    '4',
    '--raft',
    '127.0.0.1:1',
    '--api',
    '127.0.0.1:2',
    ...via,
  );
  assert.equal(taken.exitCode, 1);
  assert.match(taken.err, /409[\s\S]*id and an address of its own/);
});

test('a node that takes part before it is added waits, and hears nothing', async (t) => {
  const all = await RealNodes.plan(t, ['n1', 'n2']);
  await all.makeCertificates('certs');
  const [founder, fresh] = [all.nodes[0]!, all.nodes[1]!];
  await all.start(all.configure('certs', [founder]), 'n1', followsOrLeads);
  await all.start(all.configure('certs', [founder, { ...fresh, joining: true }]), 'n2', opensLinks);
  const waiting = (await all.view.status()).find((report) => report.status?.node === 'n2')?.status;
  assert.deepEqual([waiting?.role, waiting?.leader, waiting?.lastIndex], ['follower', null, 0]);
});
