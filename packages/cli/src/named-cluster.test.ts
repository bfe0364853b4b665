/** Who leads, as a command finds out: through an election, and not for ever. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClusterView } from './cluster-view.ts';
import { requireLeader } from './named-cluster.ts';
import { someLeader } from './testing/some-status.ts';

/** A node that leads once it has been asked so many times. */
async function electing(t: TestContext, questions: number): Promise<{ readonly view: ClusterView; asked: number }> {
  const node = { view: ClusterView.fromAddresses([]), asked: 0 };
  const server = createServer((_, response) => {
    node.asked += 1;
    const role = node.asked > questions ? 'leader' : 'candidate';
    response.end(JSON.stringify({ ...someLeader('n1'), role }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close().closeAllConnections());
  node.view = ClusterView.fromAddresses([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
  return node;
}

const NO_LEADER = { code: 'BATON_CLI_NO_LEADER', exitCode: 69 };

test('a command waits for the end of an election, so that nobody has to type it again', async (t) => {
  const node = await electing(t, 3);
  const { status } = await requireLeader(node.view);
  assert.deepEqual([status.node, status.role, node.asked], ['n1', 'leader', 4]);
});

test('a cluster that elects nobody is given up, and one that does not answer at once', async (t) => {
  const node = await electing(t, Number.POSITIVE_INFINITY);
  await assert.rejects(requireLeader(node.view, 150), NO_LEADER);
  assert.ok(node.asked > 1);
  await assert.rejects(requireLeader(ClusterView.fromAddresses(['127.0.0.1:1']), Number.POSITIVE_INFINITY), NO_LEADER);
});
