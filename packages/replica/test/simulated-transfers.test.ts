// A cluster on virtual time: leadership handed over, or not, and what the lease and proposals make of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

test('leadership is handed over without losing a proposal, and the lease is never in two hands', async () => {
  const cluster = new SimulatedCluster(7, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  let leader = await elect(cluster);
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 20; i++) client.propose(leader);
    let result: unknown;
    void leader.replica!.transfer().then((outcome) => {
      result = outcome;
    });
    const during = client.propose(leader);
    await cluster.advanceUntil(() => result !== undefined, 500);
    assert.ok((result as { ok: boolean }).ok, JSON.stringify(result));
    assert.ok(client.refused.has(during));
    leader = await elect(cluster);
  }
  await cluster.advance(100);
  assert.equal(client.acked.size, 120);
  assert.equal(client.unknown.size, 0);
  await checkLaws(cluster, client);
});

test('while a transfer is under way there is no lease; given up before the order left, it comes back', async () => {
  const cluster = new SimulatedCluster(13, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  const target = [...cluster.nodes.values()].find((node) => node !== leader)!;
  target.clock.pause();
  client.propose(leader);
  await cluster.advance(5);
  assert.ok(leader.replica!.leaseValid(), 'the other follower is enough');
  let result: unknown;
  void leader.replica!.transfer(target.nodeId).then((outcome) => {
    result = outcome;
  });
  await cluster.advance(5);
  assert.equal(leader.replica!.leaseValid(), false, 'the target lacks an entry, so no order has left yet');
  await cluster.advanceUntil(() => result !== undefined, 500);
  assert.deepEqual(result, { ok: false, reason: 'timeout', leader: leader.nodeId });
  assert.ok(await cluster.advanceUntil(() => leader.replica!.leaseValid(), 100));
  await checkLaws(cluster, client);
});

test('an order to take over that is still on its way keeps the old leader without a lease', async () => {
  const cluster = new SimulatedCluster(14, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  const target = [...cluster.nodes.values()].find((node) => node !== leader)!;
  // The target is stopped with the order in its socket buffer: it will act on it whenever it wakes.
  target.clock.pause();
  let result: unknown;
  void leader.replica!.transfer(target.nodeId).then((outcome) => {
    result = outcome;
  });
  await cluster.advance(30);
  assert.equal(leader.replica!.role().term, 1);
  assert.equal(leader.replica!.leaseValid(), false, 'the target may be elected at any moment');
  await cluster.advanceUntil(() => result !== undefined, 500);
  await elect(cluster);
  assert.ok(leader.replica!.role().term > 1, 'a lease of its own again only in a term that the order is not for');
  target.clock.resume();
  await cluster.advance(100);
  await checkLaws(cluster, new SimulatedClient());
});

test('a leader that leads again settles at once what its log no longer holds, and mixes up no outcomes', async () => {
  const cluster = new SimulatedCluster(16, 3, { outcomeWaitMs: 60_000 });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(20);
  cluster.network.isolate(leader.nodeId);
  const lost = Array.from({ length: 20 }, () => client.propose(leader));
  await cluster.advance(10);
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader() !== leader));
  cluster.network.heal();
  await cluster.advance(100);
  let moved: unknown;
  void cluster
    .leader()!
    .replica!.transfer(leader.nodeId)
    .then((outcome) => {
      moved = outcome;
    });
  assert.ok(await cluster.advanceUntil(() => moved !== undefined && cluster.leader() === leader));
  const fresh = Array.from({ length: 40 }, () => client.propose(leader));
  await cluster.advance(30);
  assert.deepEqual([...client.refused].sort(), [...lost].sort(), 'certain, although the wait would go on');
  assert.ok(fresh.every((command) => client.acked.has(command)));
  assert.equal(client.open, 0);
  await checkLaws(cluster, client);
});

test('leadership is never handed to a node that is cut off, paused, mute, a learner, or far behind', async () => {
  for (const how of ['cut off', 'paused', 'mute', 'learner'] as const) {
    const cluster = new SimulatedCluster(17, 3);
    const client = new SimulatedClient();
    cluster.startAll();
    const leader = await elect(cluster);
    await cluster.advance(100);
    const [bad, good] = [...cluster.nodes.values()].filter((node) => node !== leader) as [SimulatedNode, SimulatedNode];
    let target = bad;
    if (how === 'cut off') cluster.network.isolate(bad.nodeId);
    else if (how === 'paused') bad.clock.pause();
    else if (how === 'mute') bad.engine!.inbox.isMute = true;
    else {
      target = cluster.join(4);
      // It never says which disk it is, so it stays a learner.
      cluster.network.losesBytes = (from) => from === 4;
      void leader.replica!.addNode(4, { host: 'n4', port: 1 });
    }
    await cluster.advance(120);
    let refused: unknown;
    void leader.replica!.transfer(target.nodeId).then((outcome) => {
      refused = outcome;
    });
    await cluster.advance(1);
    const reason = how === 'learner' ? 'unknown-node' : 'no-target';
    assert.deepEqual(refused, { ok: false, reason, leader: leader.nodeId }, how);
    let result: { ok: boolean; leader?: number } | undefined;
    void leader.replica!.transfer().then((outcome) => {
      result = outcome;
    });
    await cluster.advanceUntil(() => result !== undefined, 500);
    if (how === 'learner') assert.ok(result?.ok && result.leader !== 4);
    else assert.deepEqual([result?.ok, result?.leader], [true, good.nodeId], how);
    if (bad.engine !== null) bad.engine.inbox.isMute = false;
    bad.clock.resume();
    cluster.network.losesBytes = () => false;
    await checkLaws(cluster, client);
  }
});

test('the node that takes over by order is told by whom, before it campaigns; one elected otherwise is told nothing', async () => {
  const told: number[] = [];
  const cluster = new SimulatedCluster(19, 3, { onHandedOver: (from) => told.push(from) });
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  assert.deepEqual(told, []);
  void leader.replica!.transfer();
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader() !== leader));
  assert.deepEqual(told, [leader.nodeId]);
  await checkLaws(cluster, new SimulatedClient());
});

test('what an owner tells another node arrives there alone, and says by whether it left that there is a link', async () => {
  const heard: [number, string][] = [];
  const cluster = new SimulatedCluster(20, 3, {
    onTold: (from, bytes) => heard.push([from, Buffer.from(bytes).toString()]),
  });
  cluster.startAll();
  await elect(cluster);
  await cluster.advance(50);
  assert.ok(cluster.node(1).replica!.tell(2, Buffer.from('fit')));
  await cluster.advance(5);
  assert.deepEqual(heard, [[1, 'fit']]);
  assert.equal(cluster.node(1).replica!.tell(9, Buffer.from('nobody')), false);
});

test('a node that began to hand over and leads a later term itself takes proposals at once', async () => {
  const cluster = new SimulatedCluster(21, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  const { term } = leader.replica!.role();
  const target = [...cluster.nodes.values()].find((node) => node !== leader)!;
  // The target takes the order and then hears nobody: it raises the term, and cannot win.
  let result: unknown;
  void leader.replica!.transfer(target.nodeId).then((outcome) => {
    result = outcome;
  });
  await cluster.advanceUntil(() => target.replica!.role().role === 'candidate', 100);
  cluster.end(target.nodeId, 'kill');
  assert.ok(
    await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader()!.replica!.role().term > term),
  );
  const next = cluster.leader()!;
  const commands = Array.from({ length: 5 }, () => client.propose(next));
  await cluster.advance(30);
  assert.ok(
    commands.every((command) => client.acked.has(command)),
    `node ${next.nodeId} leads term ${next.replica!.role().term}; the old leader was ${leader.nodeId}, its hand-over: ${JSON.stringify(result)}`,
  );
  await checkLaws(cluster, client);
});
