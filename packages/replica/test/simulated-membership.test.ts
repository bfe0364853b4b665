// A cluster on virtual time whose members change: one at a time, through a learner, at every moment of a failover.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MembershipResult } from '../src/membership.ts';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

const addressOf = (nodeId: number): { host: string; port: number } => ({ host: `n${nodeId}`, port: 1 });
const votersOf = (node: SimulatedNode): readonly number[] => node.engine?.membership.confState.voters ?? [];
const learnersOf = (node: SimulatedNode): readonly number[] => node.engine?.membership.confState.learners ?? [];

/** Adds or removes; time passes until it is answered. */
async function change(
  cluster: SimulatedCluster,
  asked: Promise<MembershipResult>,
): Promise<MembershipResult | undefined> {
  let result: MembershipResult | undefined;
  void asked.then((outcome) => {
    result = outcome;
  });
  await cluster.advanceUntil(() => result !== undefined, 2000);
  return result;
}

const add = (cluster: SimulatedCluster, leader: SimulatedNode, nodeId: number) =>
  change(cluster, leader.replica!.addNode(nodeId, addressOf(nodeId), `name of ${nodeId}`));
const remove = (cluster: SimulatedCluster, leader: SimulatedNode, nodeId: number) =>
  change(cluster, leader.replica!.removeNode(nodeId));

async function untilVoters(cluster: SimulatedCluster, wanted: readonly number[]): Promise<void> {
  const areAll = (): boolean =>
    [...cluster.nodes.values()].every((node) => !node.isAlive || votersOf(node).join() === wanted.join());
  assert.ok(await cluster.advanceUntil(areAll), `all nodes have voters ${wanted.join()}`);
}

async function proposals(cluster: SimulatedCluster, client: SimulatedClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const leader = cluster.leader();
    if (leader !== null) client.propose(leader);
    await cluster.advance(1);
  }
}

test('a node is added as a learner, catches up, becomes a voter by itself, and counts in the quorum', async () => {
  const cluster = new SimulatedCluster(101, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await proposals(cluster, client, 50);
  const joined = cluster.join(4);
  await cluster.advance(200);
  assert.equal(joined.machine.entries.length, 0, 'before it is added it gets nothing');
  assert.deepEqual(await add(cluster, leader, 4), { ok: true, changed: true });
  await untilVoters(cluster, [1, 2, 3, 4]);
  assert.deepEqual(await add(cluster, leader, 4), { ok: true, changed: false });
  const member = joined.replica!.members().find(({ nodeId }) => nodeId === 4);
  assert.deepEqual([member?.role, member?.address, member?.info], ['voter', addressOf(4), 'name of 4']);
  // Four voters: with two of them gone there is no quorum.
  const others = [1, 2, 3].filter((id) => id !== leader.nodeId);
  for (const id of others) cluster.end(id, 'kill');
  assert.equal(await cluster.advanceUntil(() => cluster.leader() === null), true);
  await cluster.advance(500);
  assert.equal(cluster.leader(), null);
  cluster.start(others[0]!);
  await elect(cluster);
  await checkLaws(cluster, client);
});

test('a node that needs the log from before the last checkpoint gets a new checkpoint, and knows everybody after any restart', async () => {
  const cluster = new SimulatedCluster(102, 3, { checkpointEveryEntries: 40, tailEntries: 5 });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await proposals(cluster, client, 120);
  assert.ok(leader.replica!.status().first > 20, 'the beginning of the log is gone');
  cluster.join(4);
  assert.equal((await add(cluster, leader, 4))?.ok, true);
  await untilVoters(cluster, [1, 2, 3, 4]);
  await proposals(cluster, client, 100);
  for (const node of [...cluster.nodes.values()]) {
    cluster.end(node.nodeId, 'host-loss');
    cluster.start(node.nodeId);
    await cluster.advance(300);
    const found = node.replica!.members().map(({ nodeId, address }) => [nodeId, address.host]);
    assert.deepEqual(
      found,
      [1, 2, 3, 4].map((id) => [id, `n${id}`]),
    );
  }
  await checkLaws(cluster, client);
});

for (const [what, options] of [
  ['from the log', {}],
  ['from a checkpoint', { checkpointEveryEntries: 20, tailEntries: 2 }],
] as const) {
  test(`a leader killed at any moment of an addition (${what}): the next one finishes, or the command is repeated without harm`, async () => {
    for (let afterUs = 0; afterUs < 12_000; afterUs += 750) {
      const cluster = new SimulatedCluster(200 + afterUs, 3, options);
      const client = new SimulatedClient();
      cluster.startAll();
      const leader = await elect(cluster);
      await proposals(cluster, client, 60);
      cluster.join(4);
      await cluster.advance(20);
      void leader.replica!.addNode(4, addressOf(4));
      await cluster.advance(afterUs / 1000);
      cluster.end(leader.nodeId, 'kill');
      const isDone = (): boolean => votersOf(cluster.node(4)).includes(4);
      for (let tries = 0; tries < 20 && !isDone(); tries++) {
        const next = cluster.leader();
        if (next !== null) await add(cluster, next, 4);
        await cluster.advance(100);
      }
      cluster.start(leader.nodeId);
      await untilVoters(cluster, [1, 2, 3, 4]);
      await checkLaws(cluster, client);
    }
  });
}

test('a removed node has no links and no vote and is told so; the others go on, also if it was dead; repeating is harmless', async () => {
  const cluster = new SimulatedCluster(103, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  const [gone, other] = [1, 2, 3].filter((id) => id !== leader.nodeId) as [number, number];
  cluster.end(gone, 'kill');
  await cluster.advance(50);
  assert.deepEqual(await remove(cluster, leader, gone), { ok: true, changed: true });
  assert.deepEqual(await remove(cluster, leader, gone), { ok: true, changed: false });
  cluster.start(gone);
  await cluster.advance(500);
  assert.deepEqual([cluster.leader()?.nodeId, leader.replica!.role().term], [leader.nodeId, 1], 'it disturbs nobody');
  const { fatal, replica } = cluster.node(gone);
  assert.deepEqual(
    replica!.status().peers.filter((peer) => peer.linkUp),
    [],
  );
  assert.equal(fatal?.code, 'BATON_REPLICA_REMOVED');
  assert.match(fatal?.message ?? '', /was removed from the cluster by entry \d+ .*do not start it again/);
  assert.deepEqual(
    cluster
      .node(other)
      .replica!.members()
      .map(({ nodeId }) => nodeId),
    [leader.nodeId, other].sort(),
  );
  cluster.forget(gone);
  await checkLaws(cluster, client);
});

test('a change that would leave no quorum of reachable voters is refused, and nothing is written', async () => {
  const cluster = new SimulatedCluster(104, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  const [dead, living] = [1, 2, 3].filter((id) => id !== leader.nodeId) as [number, number];
  cluster.end(dead, 'kill');
  await cluster.advance(50);
  const before = leader.replica!.status().last;
  const refused = (reason: string) => ({ ok: false, reason, leader: leader.nodeId });
  assert.deepEqual(await remove(cluster, leader, living), refused('no-quorum'));
  assert.deepEqual(await remove(cluster, leader, leader.nodeId), refused('is-leader'));
  assert.deepEqual(await change(cluster, leader.replica!.addNode(9, addressOf(living))), refused('conflict'));
  assert.deepEqual(await change(cluster, leader.replica!.addNode(living, addressOf(9))), refused('conflict'));
  assert.deepEqual(await remove(cluster, cluster.node(living), dead), { ...refused('not-leader') });
  assert.equal(leader.replica!.status().last, before);
  await checkLaws(cluster, new SimulatedClient());
});

test('a new leader that has not heard the others yet does not call them out of reach', async () => {
  const cluster = new SimulatedCluster(107, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  let next: SimulatedNode | undefined;
  void leader.replica!.transfer();
  const isNew = (): boolean => {
    next = [...cluster.nodes.values()].find((node) => node !== leader && node.engine?.raft.status().role === 'leader');
    return next !== undefined;
  };
  while (!isNew()) cluster.clock.step();
  const third = [...cluster.nodes.values()].find((node) => node !== leader && node !== next)!;
  const early = await change(cluster, next!.replica!.removeNode(third.nodeId));
  assert.deepEqual(early, { ok: false, reason: 'too-early', leader: next!.nodeId });
  await cluster.advance(50);
  assert.equal((await remove(cluster, next!, third.nodeId))?.ok, true);
  assert.deepEqual(cluster.violations, []);
});

test('a partitioned voter does not count as reachable although its link looks open', async () => {
  const cluster = new SimulatedCluster(105, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  const [away, living] = [1, 2, 3].filter((id) => id !== leader.nodeId) as [number, number];
  cluster.network.isolate(away);
  await cluster.advance(200);
  assert.ok(leader.replica!.status().peers.find(({ nodeId }) => nodeId === away)?.linkUp);
  assert.equal((await remove(cluster, leader, living))?.ok, false);
  await checkLaws(cluster, new SimulatedClient());
});

test('one change at a time: while a learner is on its way nothing else begins; removing the learner gives it up', async () => {
  const cluster = new SimulatedCluster(106, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  // Nobody answers at that address: the learner never catches up.
  assert.deepEqual(await add(cluster, leader, 4), { ok: true, changed: true });
  await cluster.advance(300);
  assert.deepEqual([votersOf(leader), learnersOf(leader)], [[1, 2, 3], [4]]);
  const busy = { ok: false, reason: 'change-under-way', leader: leader.nodeId };
  assert.deepEqual(await add(cluster, leader, 5), busy);
  assert.deepEqual(await remove(cluster, leader, leader.nodeId === 1 ? 2 : 1), busy);
  assert.deepEqual(await remove(cluster, leader, 4), { ok: true, changed: true });
  cluster.join(5);
  assert.equal((await add(cluster, leader, 5))?.ok, true);
  await untilVoters(cluster, [1, 2, 3, 5]);
  await checkLaws(cluster, client);
});

test('all three founders are replaced one by one under load, with kills in between, and nothing is lost', async () => {
  for (let seed = 1; seed <= Number(process.env['SIMULATION_SEEDS'] ?? 3); seed++) {
    const cluster = new SimulatedCluster(300 + seed, 3, { checkpointEveryEntries: 30, tailEntries: 10 });
    const client = new SimulatedClient();
    cluster.startAll();
    await elect(cluster);
    for (const [old, fresh] of [
      [1, 4],
      [2, 5],
      [3, 6],
    ] as const) {
      cluster.join(fresh);
      const isMember = (): boolean => votersOf(cluster.node(fresh)).includes(fresh);
      const isGone = (): boolean => cluster.leader() !== null && !votersOf(cluster.leader()!).includes(old);
      for (let tries = 0; tries < 60 && !(isMember() && isGone()); tries++) {
        const leader = cluster.leader();
        await proposals(cluster, client, 10);
        if (leader?.replica != null && cluster.leader() === leader) {
          if (!isMember()) void leader.replica.addNode(fresh, addressOf(fresh));
          else if (leader.nodeId === old) void leader.replica.transfer();
          else void leader.replica.removeNode(old);
        }
        if (tries % 4 === 1) {
          const victim = cluster.leader()?.nodeId ?? 0;
          await cluster.advance(cluster.random.float() * 3);
          if (victim !== 0) cluster.end(victim, 'kill');
          await cluster.advance(100);
          if (victim !== 0) cluster.start(victim);
        }
        await cluster.advance(100);
      }
      assert.ok(isMember() && isGone(), `node ${old} is replaced by ${fresh} (seed ${seed})`);
      cluster.forget(old);
    }
    await untilVoters(cluster, [4, 5, 6]);
    await checkLaws(cluster, client);
  }
});

test('a node that was away while all others were replaced is found by those that came, and takes part', async () => {
  const cluster = new SimulatedCluster(108, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  await elect(cluster);
  await proposals(cluster, client, 20);
  cluster.end(1, 'kill');
  for (const [old, fresh] of [
    [2, 4],
    [3, 5],
  ] as const) {
    cluster.join(fresh);
    await add(cluster, await elect(cluster), fresh);
    assert.ok(await cluster.advanceUntil(() => votersOf(cluster.node(fresh)).includes(fresh)));
    const leader = await elect(cluster);
    if (leader.nodeId === old) void leader.replica!.transfer(fresh);
    assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader()?.nodeId !== old));
    assert.deepEqual(await remove(cluster, await elect(cluster), old), { ok: true, changed: true });
    await cluster.advance(500);
    cluster.end(old, 'kill');
    cluster.forget(old);
  }
  await proposals(cluster, client, 20);
  cluster.start(1);
  await untilVoters(cluster, [1, 4, 5]);
  await checkLaws(cluster, client);
});

test('a removed node that runs ends with a clear word at once, wherever it stands; one added again since does not', async () => {
  for (const isCut of [false, true]) {
    const cluster = new SimulatedCluster(108, 3);
    const client = new SimulatedClient();
    cluster.startAll();
    const leader = await elect(cluster);
    await proposals(cluster, client, 20);
    const gone = [1, 2, 3].find((id) => id !== leader.nodeId)!;
    if (isCut) cluster.network.isolate(gone);
    await cluster.advance(200);
    assert.equal((await remove(cluster, leader, gone))?.ok, true);
    if (isCut) {
      await cluster.advance(500);
      assert.equal(cluster.node(gone).fatal, null, 'it cannot know yet');
      cluster.network.heal();
    }
    assert.ok(await cluster.advanceUntil(() => cluster.node(gone).fatal?.code === 'BATON_REPLICA_REMOVED'));
    assert.equal(cluster.node(gone).replica?.role().leader, 0);
    cluster.wipe(gone, 'joining');
    cluster.start(gone);
    await cluster.advance(200);
    assert.equal(cluster.node(gone).fatal, null, 'an empty folder waits to be added');
    assert.equal((await add(cluster, leader, gone))?.ok, true);
    await untilVoters(cluster, [1, 2, 3]);
    cluster.end(gone, 'kill');
    cluster.start(gone);
    await cluster.advance(200);
    assert.equal(cluster.node(gone).fatal, null, 'its log holds its removal, and what came after');
    await checkLaws(cluster, client);
  }
});
