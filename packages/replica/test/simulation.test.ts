// Whole clusters on virtual time. Laws: an acknowledged proposal is applied on every node exactly once and in the same
// place; a proposal refused for certain is applied nowhere; two nodes never hold a lease at once (checked after every
// event by SimulatedCluster); after faults the cluster goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOutcomeUnknown } from '../src/proposal.ts';
import { type ClusterOverrides, SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';
import type { ProcessClockOptions } from '../src/testing/simulated-process-clock.ts';

/** What clients were told. */
class Client {
  readonly acked = new Map<string, number>();
  readonly refused = new Set<string>();
  readonly unknown = new Set<string>();
  open = 0;
  #next = 0;

  propose(node: SimulatedNode): string {
    const command = `c${++this.#next}`;
    this.open++;
    node.replica!.proposeNow(Buffer.from(command), (outcome) => {
      this.open--;
      if (outcome.ok) this.acked.set(command, outcome.index);
      else if (isOutcomeUnknown(outcome.reason)) this.unknown.add(command);
      else this.refused.add(command);
    });
    return command;
  }
}

async function elect(cluster: SimulatedCluster): Promise<SimulatedNode> {
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null), 'a leader is elected');
  return cluster.leader()!;
}

/** Heals everything, waits until all nodes have applied the same, and compares histories with what clients were told. */
async function checkLaws(cluster: SimulatedCluster, client: Client): Promise<void> {
  cluster.network.heal();
  for (const node of cluster.nodes.values()) {
    node.syncMs = () => 0.2;
    node.clock.resume();
    if (!node.isAlive) cluster.start(node.nodeId);
  }
  await elect(cluster);
  let last = '';
  const isLast = (node: SimulatedNode): boolean => node.machine.entries.some(({ command }) => command === last);
  const converged = await cluster.advanceUntil(() => {
    const leader = cluster.leader();
    if (leader !== null && !client.acked.has(last)) last = client.propose(leader);
    return client.acked.has(last) && [...cluster.nodes.values()].every(isLast);
  });
  assert.ok(converged, 'after healing the cluster commits, and every node applies it');
  assert.deepEqual(cluster.violations, []);
  const [first, ...others] = [...cluster.nodes.values()];
  const history = first!.machine.entries;
  for (const other of others) {
    const count = Math.min(history.length, other.machine.entries.length);
    assert.deepEqual(other.machine.entries.slice(0, count), history.slice(0, count), 'one history on all nodes');
  }
  const places = new Map<string, number>();
  for (const { command, index } of history) {
    assert.ok(!places.has(command), `${command} is applied once`);
    places.set(command, index);
  }
  for (const [command, index] of client.acked)
    assert.equal(places.get(command), index, `${command} is where it was acknowledged`);
  for (const command of client.refused) assert.ok(!places.has(command), `${command} was refused and is applied`);
  for (const node of cluster.nodes.values()) assert.equal(node.fatal, null);
}

test('three nodes elect a leader, commit, and tell followers’ clients who leads', async () => {
  const cluster = new SimulatedCluster(1, 3);
  const client = new Client();
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
  const client = new Client();
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
  await checkLaws(cluster, new Client());
});

test('a leader that is cut off loses its lease before another can lead, and its proposals find out', async () => {
  const cluster = new SimulatedCluster(4, 3);
  const client = new Client();
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
  const client = new Client();
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
  await checkLaws(cluster, new Client());
});

test('leadership is handed over without losing a proposal, and the lease is never in two hands', async () => {
  const cluster = new SimulatedCluster(7, 3);
  const client = new Client();
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
  const client = new Client();
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
  await checkLaws(cluster, new Client());
});

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
  await checkLaws(cluster, new Client());
});

test('a leader that leads again settles at once what its log no longer holds, and mixes up no outcomes', async () => {
  const cluster = new SimulatedCluster(16, 3, { outcomeWaitMs: 60_000 });
  const client = new Client();
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

test('a restarted node applies what was committed before it says it is ready', async () => {
  const cluster = new SimulatedCluster(8, 3, { checkpointEveryEntries: 40, tailEntries: 10 });
  const client = new Client();
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
  const client = new Client();
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

test('reads are confirmed by a quorum, and a cut-off leader serves none', async () => {
  const cluster = new SimulatedCluster(10, 3);
  const client = new Client();
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

test('a node whose state differs from the others’ quarantines itself', async () => {
  const cluster = new SimulatedCluster(11, 3, { hashEveryEntries: 20 });
  const client = new Client();
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

const CHAOS: readonly { readonly nodeCount: number; readonly seeds: number; readonly overrides: ClusterOverrides }[] = [
  { nodeCount: 3, seeds: 8, overrides: {} },
  { nodeCount: 3, seeds: 4, overrides: { checkpointEveryEntries: 60, tailEntries: 20, hashEveryEntries: 10 } },
  { nodeCount: 5, seeds: 3, overrides: { checkpointEveryEntries: 100, tailEntries: 30 } },
];

/** More seeds for a longer run: SIMULATION_SEEDS=200 multiplies the counts above. */
const SEED_FACTOR = Number(process.env['SIMULATION_SEEDS'] ?? 1);

for (const { nodeCount, seeds, overrides } of CHAOS) {
  for (let i = 0; i < seeds * SEED_FACTOR; i++) {
    const seed = 100_000 * nodeCount + 10_000 * Object.keys(overrides).length + i;
    test(`laws hold through crashes, power loss, partitions, pauses, slow disks and drift: ${nodeCount} nodes, seed ${seed}`, async () => {
      await chaos(seed, nodeCount, overrides);
    });
  }
}

async function chaos(seed: number, nodeCount: number, overrides: ClusterOverrides): Promise<void> {
  const clocks = new Map<number, ProcessClockOptions>();
  for (let id = 1; id <= nodeCount; id++) {
    // Opposite speeds, 0.4 % apart: within what the lease allows for, far beyond real clocks.
    clocks.set(id, { driftShare: id % 2 === 0 ? 0.002 : -0.002, wallErrorUs: id * 300_000 });
  }
  const cluster = new SimulatedCluster(seed, nodeCount, overrides, clocks);
  const client = new Client();
  const { random } = cluster;
  cluster.startAll();
  await cluster.advance(200);
  for (let round = 0; round < 60; round++) {
    const node = cluster.node(1 + random.below(nodeCount));
    disturb(cluster, node, random.below(12));
    for (let i = random.below(30); i > 0; i--) {
      const target = random.chance(0.8) ? cluster.leader() : node;
      if (target?.isAlive === true && target.fatal === null) client.propose(target);
      await cluster.advance(random.float() * 4);
    }
  }
  assert.ok(client.acked.size > 50, `only ${client.acked.size} proposals were acknowledged: the test shows nothing`);
  await checkLaws(cluster, client);
}

function disturb(cluster: SimulatedCluster, node: SimulatedNode, kind: number): void {
  const { network, random } = cluster;
  const other = 1 + (node.nodeId % cluster.nodes.size);
  if (kind === 0) cluster.end(node.nodeId, 'kill');
  else if (kind === 1) cluster.end(node.nodeId, 'host-loss');
  else if (kind === 2) network.isolate(node.nodeId);
  else if (kind === 3) network.cut(node.nodeId, other);
  else if (kind === 4) node.clock.pause();
  else if (kind === 5) node.syncMs = () => 5 + random.float() * 40;
  else if (kind === 6) void cluster.leader()?.replica?.transfer();
  else if (kind === 7)
    for (const id of cluster.nodes.keys()) cluster.end(id, random.chance(0.5) ? 'kill' : 'host-loss');
  else if (kind === 8) for (const each of cluster.nodes.values()) each.syncMs = () => 5 + random.float() * 40;
  else {
    network.heal();
    for (const each of cluster.nodes.values()) {
      each.clock.resume();
      each.syncMs = () => 0.2;
      if (!each.isAlive) cluster.start(each.nodeId);
    }
  }
}
