// A cluster on virtual time: restarts, snapshots, full and failing disks, and copies that differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster } from '../src/testing/simulated-cluster.ts';

test('a process that restarts within the lease its predecessor granted gives nobody a vote until it is over', async () => {
  // One follower hears the leader no more and campaigns again and again. The other one, whose echo the lease rests on,
  // restarts just before it is asked: the first run finds the moment, the second one uses it.
  const prepare = async () => {
    const cluster = new SimulatedCluster(15, 3, { timing: 'requirements' });
    // Ticks of 50 ms, apart from each other: no heartbeat of the leader comes at the moment of a campaign.
    for (const nodeId of cluster.nodes.keys()) {
      cluster.start(nodeId);
      await cluster.advance(17);
    }
    const leader = await elect(cluster);
    await cluster.advance(500);
    const [granter, lonely] = [...cluster.nodes.values()].filter((node) => node !== leader);
    cluster.network.cut(leader.nodeId, lonely!.nodeId);
    cluster.network.cut(lonely!.nodeId, leader.nodeId);
    return { cluster, leader, granter: granter!, lonely: lonely! };
  };
  const scout = await prepare();
  let campaigns = 0;
  scout.lonely.replica!.onRole(({ role }) => {
    if (role === 'pre-candidate') campaigns++;
  });
  const startUs = scout.cluster.clock.monotonicUs();
  assert.ok(await scout.cluster.advanceUntil(() => campaigns === 1, 2000));
  const { cluster, leader, granter, lonely } = await prepare();
  await cluster.advance((scout.cluster.clock.monotonicUs() - startUs) / 1000 - 3);
  assert.equal(lonely.replica!.role().role, 'follower');
  assert.ok(leader.replica!.leaseValid());
  cluster.end(granter.nodeId, 'kill');
  cluster.start(granter.nodeId);
  await cluster.advance(5);
  assert.equal(lonely.replica!.role().role, 'pre-candidate', 'it asked, and was not given a vote');
  assert.ok(leader.replica!.leaseValid());
  await checkLaws(cluster, new SimulatedClient());
});

test('a restarted node applies what was committed before it says it is ready', async () => {
  const cluster = new SimulatedCluster(8, 3, { checkpointEveryEntries: 40, tailEntries: 10 });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 150; i++) {
    client.propose(leader);
    await cluster.advance(1);
  }
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  const before = follower.replica!.status();
  assert.ok(before.checkpointIndex > 0, 'a checkpoint was saved');
  cluster.end(follower.nodeId, 'kill');
  await cluster.advance(50);
  cluster.start(follower.nodeId);
  assert.ok(await cluster.advanceUntil(() => follower.isReady));
  assert.ok(follower.replica!.status().applied >= before.checkpointIndex);
  await checkLaws(cluster, client);
});

test('a follower that is behind the compacted log gets a snapshot and goes on from it', async () => {
  const cluster = new SimulatedCluster(9, 3, {
    checkpointEveryEntries: 50,
    tailEntries: 0,
    segmentSizeBytes: 64 * 1024,
  });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  cluster.end(follower.nodeId, 'kill');
  for (let i = 0; i < 3000; i++) {
    client.propose(leader);
    if (i % 10 === 0) await cluster.advance(1);
  }
  await cluster.advance(100);
  assert.ok(leader.replica!.status().first > 1, 'the log was compacted');
  cluster.start(follower.nodeId);
  await cluster.advance(200);
  await checkLaws(cluster, client);
});

test('a node whose state differs from the others’ quarantines itself', async () => {
  const cluster = new SimulatedCluster(11, 3, { hashEveryEntries: 20 });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  follower.machine.corruptPrefix = 'c7';
  for (let i = 0; i < 40; i++) {
    client.propose(leader);
    await cluster.advance(1);
  }
  assert.equal(follower.fatal?.code, 'BATON_REPLICA_DIVERGED');
  assert.equal(leader.fatal, null);
  assert.ok(leader.replica!.leaseValid(), 'the cluster goes on');
});

test('a state machine that throws ends its replica, not the process', async () => {
  const cluster = new SimulatedCluster(12, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  follower.machine.apply = () => {
    throw new Error('broken');
  };
  leader.replica!.proposeNow(Buffer.from('x'), () => {});
  await cluster.advance(50);
  assert.equal(follower.fatal?.code, 'BATON_REPLICA_APPLY');
});

test('a failed sync ends the leader’s replica before anything rests on it, and the others go on', async () => {
  const cluster = new SimulatedCluster(17, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 10; i++) client.propose(leader);
  await cluster.advance(20);
  leader.disk.faults = ({ call }) => (call === 'datasync' ? 'EIO' : null);
  client.propose(leader);
  await cluster.advance(5);
  assert.equal(leader.fatal?.code, 'BATON_REPLICA_JOURNAL');
  assert.equal(leader.replica!.role().role, 'follower', 'it says at once that it leads no more');
  assert.equal(leader.replica!.leaseValid(), false);
  cluster.end(leader.nodeId, 'kill');
  leader.fatal = null;
  client.propose(await elect(cluster));
  await checkLaws(cluster, client);
});

test('a leader whose disk is full hands over, and follows again when there is room', async () => {
  const cluster = new SimulatedCluster(18, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(20);
  // No new segment can be made; the present one takes 256 KiB.
  leader.disk.capacityBytes = 0;
  const isOver = (): boolean => cluster.leader() !== null && cluster.leader() !== leader;
  for (let i = 0; i < 40_000 && !isOver(); i++) {
    const target = cluster.leader();
    if (target !== null) client.propose(target);
    if (i % 20 === 0) await cluster.advance(1);
  }
  assert.ok(isOver(), 'another node leads');
  assert.equal(leader.fatal, null);
  leader.disk.capacityBytes = Number.MAX_SAFE_INTEGER;
  await checkLaws(cluster, client);
});

test('a state machine that cannot replay makes the start fail instead of waiting for ever', async () => {
  const cluster = new SimulatedCluster(19, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 10; i++) {
    client.propose(leader);
    await cluster.advance(5);
  }
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  cluster.end(follower.nodeId, 'kill');
  cluster.start(follower.nodeId);
  follower.machine.apply = () => {
    throw new Error('broken');
  };
  await cluster.advance(50);
  assert.equal(follower.fatal?.code, 'BATON_REPLICA_APPLY');
  assert.equal(follower.isReady, false);
});
