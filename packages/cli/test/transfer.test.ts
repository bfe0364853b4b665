// Planned hand-over on real nodes, by each of its three ways: the command, the node that wants to lead, and SIGTERM.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestJson } from '../src/http-json.ts';
import type { NodeStatus } from '../src/node-client.ts';
import { captured } from '../src/testing/captured-output.ts';
import { followsOrLeads, type LogLine, RealNodes } from '../src/testing/real-nodes.ts';

const NAMES = ['n1', 'n2', 'n3'];

interface Led {
  readonly leader: string;
  readonly term: number;
  readonly changed: boolean;
}

/** Three nodes that know who leads; what they log is heard to the end. */
async function threeNodes(t: Parameters<typeof RealNodes.plan>[0], hear: (line: LogLine) => void) {
  const story = await RealNodes.plan(t, NAMES);
  await story.makeCertificates('certs');
  const configuration = story.configure('certs');
  const wanted = (line: LogLine): boolean => {
    hear(line);
    return followsOrLeads(line);
  };
  await Promise.all(NAMES.map((name) => story.start(configuration, name, wanted)));
  return story;
}

/** Who leads, once everybody can take over: linked, and with all of the log. */
async function readyLeader(story: RealNodes): Promise<NodeStatus> {
  const reports = await story.view.waitFor('three nodes that agree and are linked', (found) => {
    const states = found.flatMap(({ status }) => (status === null ? [] : [status]));
    const isAgreed = new Set(states.map(({ leader, lastIndex }) => `${leader} ${lastIndex}`)).size === 1;
    return states.length === 3 && isAgreed && states.every(({ leader, links }) => leader !== null && links.every(isUp));
  });
  const leader = reports.find(({ status }) => status?.role === 'leader')?.status;
  assert.ok(leader);
  return leader;
}

const isUp = ({ up }: { readonly up: boolean }): boolean => up;

test('leadership goes where the command sends it, and to the node that asks for it', async (t) => {
  const story = await threeNodes(t, () => {});
  const api = story.nodes.map((node) => node.api).join(',');
  const transfer = async (...to: string[]): Promise<Led & { readonly from: string }> => {
    const { exitCode, out, err } = await captured('transfer', ...to, '--api', api, '--json');
    assert.equal(exitCode, 0, err);
    return JSON.parse(out) as Led & { readonly from: string };
  };
  const first = await readyLeader(story);
  const other = NAMES.find((name) => name !== first.node)!;
  const named = await transfer(other);
  assert.deepEqual([named.from, named.leader, named.changed], [first.node, other, true]);
  assert.ok(named.term > first.term);

  const second = await readyLeader(story);
  const anybody = await transfer();
  assert.equal(anybody.from, second.node);
  assert.ok(NAMES.includes(anybody.leader) && anybody.leader !== second.node && anybody.term > second.term);

  const third = await readyLeader(story);
  assert.equal((await transfer(third.node)).changed, false, 'who leads already is left alone');
  const wants = story.nodes.find(({ name }) => name !== third.node)!;
  const promote = (): Promise<Led> => requestJson(wants.api, '/promote-to-primary', { method: 'POST', body: {} });
  const promoted = await promote();
  assert.deepEqual([promoted.leader, promoted.changed], [wants.name, true]);
  assert.ok(promoted.term > third.term);
  await readyLeader(story);
  assert.deepEqual(await promote(), { leader: wants.name, term: promoted.term, changed: false });

  const { exitCode, err } = await captured('transfer', 'nobody', '--api', api);
  assert.equal(exitCode, 1);
  assert.match(err, /"nobody"; expected one of n1, n2, n3/);
});

test('a leader that is told to end by SIGTERM hands over first, and then ends', async (t) => {
  const lines: LogLine[] = [];
  let stopped = (): void => {};
  const end = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const story = await threeNodes(t, (line) => {
    lines.push(line);
    if (line['msg'] === 'stopped') stopped();
  });
  const old = await readyLeader(story);
  process.kill(old.parentPid, 'SIGTERM');
  await end;
  const itsLines = lines.filter((line) => line['node'] === old.node);
  const handedOver = itsLines.findIndex(
    (line) => line['event'] === 'raft.role' && Number(line['term']) > old.term && Number(line['leader']) > 0,
  );
  assert.ok(handedOver >= 0, 'it followed its successor before it ended');
  assert.ok(handedOver < itsLines.findIndex((line) => line['msg'] === 'stopped'));
  assert.notEqual(itsLines[handedOver]?.['leader'], old.id);
});
