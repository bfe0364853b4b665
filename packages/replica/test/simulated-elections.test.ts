// A cluster on virtual time: elections, death seen, leases, reads, and what becomes of proposals meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster } from '../src/testing/simulated-cluster.ts';

test('three nodes elect a leader, commit, and tell followers’ clients who leads', async () => {
  const cluster = new SimulatedCluster(1, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 50; i++) {
    client.propose(leader);
    await cluster.advance(1);
  }
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  const outcomes: unknown[] = [];
  follower.replica!.proposeNow(Buffer.from('x'), (outcome) => outcomes.push(outcome));
  await cluster.advance(20);
  assert.deepEqual(outcomes, [{ ok: false, reason: 'not-leader', leader: leader.nodeId }]);
  assert.equal(client.acked.size, 50);
  await checkLaws(cluster, client);
});

test('proof of the leader’s death ends in a new leader well before an election timeout', async () => {
  const cluster = new SimulatedCluster(2, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(100);
  const beforeUs = cluster.clock.monotonicUs();
  cluster.end(leader.nodeId, 'kill');
  const next = await elect(cluster);
  const tookMs = (cluster.clock.monotonicUs() - beforeUs) / 1000;
  assert.notEqual(next.nodeId, leader.nodeId);
  // Up to 6 ms until the streams end, two rounds of messages and two syncs, one heartbeat for the lease.
  assert.ok(tookMs < 25, `${tookMs} ms from kill to lease`);
  await checkLaws(cluster, client);
});

test('a host that vanishes without a sign is replaced after an election timeout', async () => {
  const cluster = new SimulatedCluster(3, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(100);
  const beforeUs = cluster.clock.monotonicUs();
  cluster.end(leader.nodeId, 'host-loss');
  await elect(cluster);
  const tookMs = (cluster.clock.monotonicUs() - beforeUs) / 1000;
  assert.ok(tookMs > 35 && tookMs < 120, `${tookMs} ms from host loss to lease`);
  await checkLaws(cluster, new SimulatedClient());
});

test('a leader that is cut off loses its lease before another can lead, and its proposals find out', async () => {
  const cluster = new SimulatedCluster(4, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 10; i++) client.propose(leader);
  await cluster.advance(20);
  const leases: boolean[] = [];
  leader.replica!.onLease((isHeld) => leases.push(isHeld));
  cluster.network.isolate(leader.nodeId);
  const lost = client.propose(leader);
  await cluster.advance(60);
  assert.deepEqual(leases, [true, false]);
  assert.equal(leader.replica!.leaseValid(), false);
  const next = await elect(cluster);
  assert.notEqual(next, leader);
  client.propose(next);
  await cluster.advance(30);
  cluster.network.heal();
  await cluster.advance(200);
  assert.ok(client.refused.has(lost), 'another entry took its place: certain');
  await checkLaws(cluster, client);
});

test('an isolated leader reports outcomes as unknown when it cannot learn them in time', async () => {
  const cluster = new SimulatedCluster(5, 3, { outcomeWaitMs: 100 });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  cluster.network.isolate(leader.nodeId);
  const lost = client.propose(leader);
  await cluster.advance(300);
  assert.ok(client.unknown.has(lost));
  await checkLaws(cluster, client);
});

test('a leader that is paused longer than its lease wakes without it', async () => {
  const cluster = new SimulatedCluster(6, 3);
  cluster.startAll();
  const leader = await elect(cluster);
  leader.clock.pause();
  await cluster.advance(200);
  leader.clock.resume();
  assert.equal(leader.replica!.leaseValid(), false, 'at its first instant awake');
  await cluster.advance(50);
  assert.notEqual(cluster.leader(), leader);
  await checkLaws(cluster, new SimulatedClient());
});

test('reads are confirmed by a quorum, and a cut-off leader serves none', async () => {
  const cluster = new SimulatedCluster(10, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  let read: unknown;
  let barrier: unknown;
  client.propose(leader);
  await cluster.advance(20);
  void leader.replica!.readIndex().then((outcome) => {
    read = outcome;
  });
  void leader.replica!.barrier().then((outcome) => {
    barrier = outcome;
  });
  await cluster.advance(20);
  assert.deepEqual(read, { ok: true, index: leader.replica!.status().applied });
  assert.ok((barrier as { ok: boolean }).ok);
  cluster.network.isolate(leader.nodeId);
  read = undefined;
  void leader.replica!.readIndex().then((outcome) => {
    read = outcome;
  });
  await cluster.advance(400);
  assert.equal((read as { ok: boolean }).ok, false);
  await checkLaws(cluster, client);
});

test('a status tells what was measured: syncs everywhere, round trips at the leader, and begins anew when told to', async () => {
  const cluster = new SimulatedCluster(18, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  for (let i = 0; i < 20; i++) {
    client.propose(leader);
    await cluster.advance(5);
  }
  for (const node of cluster.nodes.values()) {
    const status = node.replica!.status({ reset: true });
    assert.ok(status.fsyncLatency.count > 5 && status.fsyncLatency.p50Us >= 200, JSON.stringify(status.fsyncLatency));
    assert.ok(status.loopDelay.count > 5 && status.applyLatency.count > 0);
    for (const { roundTrip } of status.peers) {
      if (node !== leader) assert.equal(roundTrip.count, 0);
      // Twice the way of 50 to 250 us.
      else
        assert.ok(roundTrip.count > 3 && roundTrip.p50Us >= 100 && roundTrip.p50Us < 2000, JSON.stringify(roundTrip));
    }
    const { fsyncLatency, peers } = node.replica!.status();
    assert.deepEqual([fsyncLatency.count, ...peers.map(({ roundTrip }) => roundTrip.count)], [0, 0, 0]);
  }
});
