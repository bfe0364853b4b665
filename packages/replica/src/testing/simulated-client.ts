// A client of a simulated cluster, and the laws that hold between what it was told and what the nodes did.

import assert from 'node:assert/strict';
import { isOutcomeUnknown } from '../proposal.ts';
import type { SimulatedCluster, SimulatedNode } from './simulated-cluster.ts';

/** Proposes commands of its own, and remembers what it was told of each. */
export class SimulatedClient {
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

/** Waits for a leader that holds a lease. */
export async function elect(cluster: SimulatedCluster): Promise<SimulatedNode> {
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null), 'a leader is elected');
  return cluster.leader()!;
}

/** Heals everything, waits until all nodes have applied the same, and compares histories with what clients were told. */
export async function checkLaws(cluster: SimulatedCluster, client: SimulatedClient): Promise<void> {
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
