// Clusters on virtual time under random crashes, power loss, partitions, pauses, slow disks, transfers and clock drift.
// Laws: an acknowledged proposal is applied on every node exactly once and in the same place; a proposal refused for
// certain is applied nowhere; two nodes never hold a lease at once (checked after every event); after faults it goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, SimulatedClient } from '../src/testing/simulated-client.ts';
import { type ClusterOverrides, SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';
import type { ProcessClockOptions } from '../src/testing/simulated-process-clock.ts';

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
  const client = new SimulatedClient();
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
