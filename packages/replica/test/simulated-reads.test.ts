// Reads on virtual time, under crashes, partitions, pauses, drift and hand-overs. Laws: a linearizable read, and a lease
// read, misses nothing that was acknowledged before it was asked for, and sees nothing that is not in the history; a stale
// read sees exactly the state at the index it is told; each query runs once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadConsistency } from '../src/reads.ts';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';
import type { ProcessClockOptions } from '../src/testing/simulated-process-clock.ts';

/** More seeds for a longer run: SIMULATION_SEEDS=100. */
const SEED_FACTOR = Number(process.env['SIMULATION_SEEDS'] ?? 1);

interface Seen {
  readonly consistency: ReadConsistency;
  /** Highest index that was acknowledged to anybody before the read was asked for. */
  readonly floor: number;
  readonly index: number;
  readonly commands: readonly string[];
}

/** A client that reads, and remembers what it saw. */
class Reader {
  readonly seen: Seen[] = [];
  refused = 0;
  readonly #client: SimulatedClient;

  constructor(client: SimulatedClient) {
    this.#client = client;
  }

  read(node: SimulatedNode, consistency: ReadConsistency): void {
    const floor = Math.max(0, ...this.#client.acked.values());
    let runs = 0;
    const query = (at: number): { at: number; commands: string[]; last: number } => {
      runs++;
      const { entries } = node.machine;
      return { at, commands: entries.map(({ command }) => command), last: entries.at(-1)?.index ?? 0 };
    };
    void node.replica!.read(query, { consistency }).then((outcome) => {
      if (!outcome.ok) {
        assert.equal(runs, 0);
        this.refused++;
        return;
      }
      assert.equal(runs, 1);
      assert.equal(outcome.index, outcome.value.at);
      assert.ok(outcome.value.last <= outcome.index, 'never newer than told');
      this.seen.push({ consistency, floor, index: outcome.index, commands: outcome.value.commands });
    });
  }

  /** Holds everything that was seen against the history that the cluster agreed on. */
  check(history: readonly { readonly index: number; readonly command: string }[]): void {
    for (const { consistency, floor, index, commands } of this.seen) {
      const expected = history.filter((entry) => entry.index <= index).map(({ command }) => command);
      assert.deepEqual(commands, expected, `a ${consistency} read at ${index} saw the state at ${index}`);
      if (consistency !== 'stale') assert.ok(index >= floor, `a ${consistency} read at ${index} missed ${floor}`);
    }
  }

  count(consistency: ReadConsistency): number {
    return this.seen.filter((each) => each.consistency === consistency).length;
  }
}

const KINDS: readonly ReadConsistency[] = ['linearizable', 'lease', 'stale'];

test('reads are as new as they say, whatever happens around them', async () => {
  const counts = { linearizable: 0, lease: 0, stale: 0, refused: 0 };
  for (let seed = 1; seed <= 12 * SEED_FACTOR; seed++) {
    // Opposite speeds, within what the lease allows for.
    const clocks = new Map<number, ProcessClockOptions>([1, 2, 3].map((id) => [id, { driftShare: 0.004 * (id - 2) }]));
    const cluster = new SimulatedCluster(9000 + seed, 3, { leaseReads: true, checkpointEveryEntries: 80 }, clocks);
    const client = new SimulatedClient();
    const reader = new Reader(client);
    const { random, network } = cluster;
    cluster.startAll();
    await elect(cluster);
    for (let round = 0; round < 40; round++) {
      const node = cluster.node(1 + random.below(3));
      const kind = random.below(9);
      if (kind === 0) cluster.end(node.nodeId, random.chance(0.5) ? 'kill' : 'host-loss');
      else if (kind === 1) network.isolate(node.nodeId);
      else if (kind === 2) network.cut(node.nodeId, 1 + (node.nodeId % 3));
      else if (kind === 3) node.clock.pause();
      else if (kind === 4) void cluster.leader()?.replica?.transfer();
      else {
        network.heal();
        for (const each of cluster.nodes.values()) {
          each.clock.resume();
          if (!each.isAlive) cluster.start(each.nodeId);
        }
      }
      for (let i = 0; i < 25; i++) {
        const target = cluster.node(1 + random.below(3));
        // Also at nodes that only believe that they lead, and at paused ones, which answer when they wake.
        if (target.replica !== null) reader.read(target, KINDS[random.below(3)]!);
        const leads = [...cluster.nodes.values()].find(({ replica }) => replica?.role().role === 'leader');
        if (leads?.replica != null && random.chance(0.5))
          client.propose(random.chance(0.8) ? leads : (cluster.leader() ?? leads));
        await cluster.advance(random.float() * 3);
      }
    }
    await checkLaws(cluster, client);
    reader.check(cluster.node(1).machine.entries);
    for (const kind of KINDS) counts[kind] += reader.count(kind);
    counts.refused += reader.refused;
  }
  for (const kind of KINDS) assert.ok(counts[kind] > 500, JSON.stringify(counts));
  assert.ok(counts.refused > 50, JSON.stringify(counts));
});

async function settled<Value>(cluster: SimulatedCluster, promise: Promise<Value>): Promise<Value> {
  let value: { readonly it: Value } | undefined;
  void promise.then((it) => {
    value = { it };
  });
  assert.ok(await cluster.advanceUntil(() => value !== undefined));
  return value!.it;
}

test('a follower answers linearizable reads by its leader, and what a client wrote by its index', async () => {
  const cluster = new SimulatedCluster(21, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  const command = client.propose(leader);
  await cluster.advanceUntil(() => client.acked.has(command));
  const read = follower.replica!.read(() => follower.machine.entries.length);
  assert.deepEqual(await settled(cluster, read), { ok: true, index: client.acked.get(command), value: 1 });
  const next = client.propose(leader);
  const wanted = client.acked.get(command)! + 1;
  const stale = await settled(
    cluster,
    follower.replica!.read(() => follower.machine.entries.at(-1)?.command, { consistency: 'stale', minIndex: wanted }),
  );
  assert.deepEqual(stale, { ok: true, index: wanted, value: next });
  const inVain = await settled(
    cluster,
    follower.replica!.read(() => 0, { consistency: 'stale', minIndex: wanted + 1000 }),
  );
  assert.deepEqual(inVain, { ok: false, reason: 'timeout', leader: 0 });
});

test('a node without a leader refuses all but stale reads; what a query throws reaches who asked, and nobody else', async () => {
  const cluster = new SimulatedCluster(22, 3, { leaseReads: true });
  cluster.startAll();
  const leader = await elect(cluster);
  await cluster.advance(50);
  for (const { nodeId } of cluster.nodes.values()) if (nodeId !== leader.nodeId) cluster.end(nodeId, 'kill');
  assert.ok(await cluster.advanceUntil(() => leader.replica!.role().leader === 0));
  for (const consistency of ['linearizable', 'lease'] as const) {
    const outcome = await settled(
      cluster,
      leader.replica!.read(() => 1, { consistency }),
    );
    assert.deepEqual(outcome, { ok: false, reason: 'not-leader', leader: 0 });
  }
  const { applied } = leader.replica!.status();
  const stale = await settled(
    cluster,
    leader.replica!.read((index) => index, { consistency: 'stale' }),
  );
  assert.deepEqual(stale, { ok: true, index: applied, value: applied });
  const query = (): never => {
    throw new Error('the query is wrong');
  };
  await assert.rejects(leader.replica!.read(query, { consistency: 'stale' }), /the query is wrong/);
  assert.equal(leader.fatal, null);
});

test('lease reads are off unless the option allows them; an index that is none is refused', async () => {
  const cluster = new SimulatedCluster(23, 1);
  cluster.startAll();
  const leader = await elect(cluster);
  assert.throws(() => leader.replica!.read(() => 1, { consistency: 'lease' }), { code: 'BATON_REPLICA_OPTIONS' });
  assert.throws(() => leader.replica!.read(() => 1, { minIndex: -1 }), { code: 'BATON_REPLICA_OPTIONS' });
});
