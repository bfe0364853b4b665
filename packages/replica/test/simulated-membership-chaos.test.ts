// Membership that changes all the time, on virtual time, with real journals and replicas: nodes are added, removed and
// replaced while others are killed, lose power, are cut off, paused, or lose their disks for good.
// Laws: those of every simulation (one leader a term, one lease at a time, looked at after every event); what was
// acknowledged is applied by every member, once, in one place; nobody takes part who forgot; in the end the cluster goes
// on with whoever belongs to it. A seed replays: SIMULATION_SEEDS=500 runs thousands, SIMULATION_SEED=n that one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { type ClusterOverrides, SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

const SEEDS = 10 * Number(process.env['SIMULATION_SEEDS'] ?? 1);
const ONLY = process.env['SIMULATION_SEED'];

const VARIANTS: readonly ClusterOverrides[] = [
  {},
  { checkpointEveryEntries: 40, tailEntries: 10, hashEveryEntries: 20 },
  { checkpointEveryEntries: 15, tailEntries: 0, leaseReads: true },
];

/** Enough that a removal never leaves so few that the rest of the old quorum could not vote it through. */
const VOTERS_MIN = 3;
const VOTERS_MAX = 5;

class Chaos {
  readonly cluster: SimulatedCluster;
  readonly client = new SimulatedClient();
  /** Whose disk is gone; nobody else loses one before it is replaced. */
  #lost = 0;
  #nextId = 4;
  changes = 0;
  wipes = 0;

  constructor(seed: number) {
    this.cluster = new SimulatedCluster(seed, 3, VARIANTS[seed % VARIANTS.length]);
  }

  async run(): Promise<void> {
    const { cluster, client } = this;
    const { random } = cluster;
    cluster.startAll();
    await elect(cluster);
    for (let round = 0; round < 80; round++) {
      const nodes = [...cluster.nodes.values()];
      this.#disturb(nodes[random.below(nodes.length)]!, random.below(16));
      for (let i = random.below(20); i > 0; i--) {
        const target = cluster.leader();
        if (target?.isAlive === true && target.fatal === null) client.propose(target);
        await cluster.advance(random.float() * 4);
      }
      this.#buryRemoved();
    }
    await this.#end();
  }

  #disturb(node: SimulatedNode, kind: number): void {
    const { cluster } = this;
    const { network, random } = cluster;
    const ids = [...cluster.nodes.keys()];
    if (kind === 0) cluster.end(node.nodeId, 'kill');
    else if (kind === 1) cluster.end(node.nodeId, 'host-loss');
    else if (kind === 2) network.isolate(node.nodeId);
    else if (kind === 3) network.cut(node.nodeId, ids[random.below(ids.length)]!);
    else if (kind === 4) node.clock.pause();
    else if (kind === 5) void cluster.leader()?.replica?.transfer();
    else if (kind === 6) this.#loseDisk(node);
    else if (kind === 7) for (const id of ids) cluster.end(id, random.chance(0.5) ? 'kill' : 'host-loss');
    else if (kind <= 11) this.#change();
    else this.#heal();
  }

  #heal(): void {
    this.cluster.network.heal();
    for (const node of this.cluster.nodes.values()) {
      node.clock.resume();
      if (!node.isAlive) this.cluster.start(node.nodeId);
    }
  }

  /** The disk of a voter that has a vote is lost, and the node comes back with an empty one. */
  #loseDisk(node: SimulatedNode): void {
    const leader = this.cluster.leader();
    if (this.#lost !== 0 || leader === null || node.engine === null) return;
    this.wipes++;
    this.#lost = node.nodeId;
    this.cluster.named.set(node.nodeId, this.#membersOf(leader));
    this.cluster.wipe(node.nodeId, this.cluster.random.chance(0.5) ? 'founder' : 'joining');
    this.cluster.start(node.nodeId);
  }

  #membersOf(node: SimulatedNode): number[] {
    return node.replica?.members().map(({ nodeId }) => nodeId) ?? [];
  }

  /** Asks the leader for a change that an operator could want now. */
  #change(): void {
    const { cluster } = this;
    const leader = cluster.leader();
    if (leader?.replica == null) return;
    const members = leader.replica.members();
    const voters = members.filter(({ role }) => role === 'voter');
    const learner = members.find(({ role }) => role === 'learner');
    const lost = members.find(({ nodeId }) => nodeId === this.#lost);
    this.changes++;
    if (learner !== undefined) {
      // Wait for it, as a rule; or give it up.
      if (cluster.random.chance(0.3)) void leader.replica.removeNode(learner.nodeId);
    } else if (lost !== undefined && (voters.length > VOTERS_MIN || lost.role === 'learner')) {
      if (lost.nodeId !== leader.nodeId) void leader.replica.removeNode(lost.nodeId);
    } else if (voters.length < VOTERS_MAX && (voters.length <= VOTERS_MIN || cluster.random.chance(0.5))) {
      const id = this.#nextId++;
      // Its file lists the members of now, as an operator writes it.
      cluster.named.set(id, this.#membersOf(leader));
      cluster.join(id);
      void leader.replica.addNode(id, { host: `n${id}`, port: 1 }, `n${id}`);
    } else {
      const gone = voters[cluster.random.below(voters.length)]!;
      if (gone.nodeId !== leader.nodeId) void leader.replica.removeNode(gone.nodeId);
    }
  }

  /** Nodes that know of their removal are gone. */
  #buryRemoved(): void {
    for (const { nodeId, fatal } of [...this.cluster.nodes.values()]) {
      if (fatal?.code !== 'BATON_REPLICA_REMOVED') continue;
      this.cluster.forget(nodeId);
      if (nodeId === this.#lost) this.#lost = 0;
    }
    const leader = this.cluster.leader();
    const isGone = leader?.replica?.members().every(({ nodeId }) => nodeId !== this.#lost) === true;
    if (this.#lost === 0 || !isGone) return;
    if (this.cluster.nodes.has(this.#lost)) this.cluster.forget(this.#lost);
    this.#lost = 0;
  }

  /** Everything works again; who forgot is replaced; who does not belong goes; the rest agrees. */
  async #end(): Promise<void> {
    const { cluster } = this;
    for (let tries = 0; tries < 60; tries++) {
      this.#heal();
      for (const node of cluster.nodes.values()) {
        const code = node.fatal?.code;
        if (code !== undefined) assert.match(code, /FORGOTTEN|REMOVED/, String(node.fatal));
        if (code === 'BATON_REPLICA_FORGOTTEN') assert.equal(node.nodeId, this.#lost, 'only who forgot is refused');
      }
      this.#buryRemoved();
      const leader = cluster.leader();
      const members = leader?.replica?.members() ?? [];
      const isSettled = members.length > 0 && members.every(({ role }) => role === 'voter') && this.#lost === 0;
      if (isSettled) break;
      if (this.#lost !== 0 || members.some(({ role }) => role === 'learner')) this.#mend(leader);
      await cluster.advance(100);
    }
    assert.equal(this.#lost, 0, 'the node that forgot could be replaced');
    const leader = await elect(cluster);
    const members = new Set(leader.replica!.members().map(({ nodeId }) => nodeId));
    assert.ok(members.size >= VOTERS_MIN - 1);
    for (const id of [...cluster.nodes.keys()]) if (!members.has(id)) cluster.forget(id);
    await checkLaws(cluster, this.client);
  }

  /** What an operator does to be rid of a node that forgot, or of a learner that does not come on. */
  #mend(leader: SimulatedNode | null): void {
    const { cluster } = this;
    if (leader?.replica == null) return;
    const members = leader.replica.members();
    const learner = members.find(({ role }) => role === 'learner');
    if (learner !== undefined && (learner.nodeId === this.#lost || !cluster.nodes.has(learner.nodeId))) {
      void leader.replica.removeNode(learner.nodeId);
    } else if (learner === undefined && members.some(({ nodeId }) => nodeId === this.#lost)) {
      if (this.#lost === leader.nodeId) void leader.replica.transfer();
      else void leader.replica.removeNode(this.#lost);
    }
  }
}

const seeds = ONLY === undefined ? Array.from({ length: SEEDS }, (_, at) => 40_000 + at) : [Number(ONLY)];

test('membership changes are safe under kills, power loss, partitions, pauses and lost disks', async () => {
  let changes = 0;
  let wipes = 0;
  for (const seed of seeds) {
    const chaos = new Chaos(seed);
    try {
      await chaos.run();
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    changes += chaos.changes;
    wipes += chaos.wipes;
  }
  if (ONLY === undefined) assert.ok(changes > 4 * seeds.length && wipes > seeds.length / 2, `${changes}, ${wipes}`);
});
