// A cluster on virtual time whose nodes lose their disks: who forgot what it voted and acknowledged takes no part.
// Laws: what was acknowledged is never lost to a node that forgot it; a disk that never counted may come back empty; a
// crash without loss of the disk is never mistaken for one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

/** More seeds for a longer run: SIMULATION_SEEDS=100. */
const SEED_FACTOR = Number(process.env['SIMULATION_SEEDS'] ?? 1);

const addressOf = (nodeId: number): { host: string; port: number } => ({ host: `n${nodeId}`, port: 1 });
const votersOf = (node: SimulatedNode): readonly number[] => node.engine?.membership.confState.voters ?? [];
const isAdmitted = (node: SimulatedNode): boolean => node.engine?.admission.isAdmitted === true;
const othersOf = (node: SimulatedNode): number[] => [1, 2, 3].filter((id) => id !== node.nodeId);

async function proposals(cluster: SimulatedCluster, client: SimulatedClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const leader = cluster.leader();
    if (leader !== null) client.propose(leader);
    await cluster.advance(1);
  }
}

/** Adds a node until it is a voter, whoever leads. */
async function addUntilVoter(cluster: SimulatedCluster, nodeId: number): Promise<void> {
  const isDone = (): boolean => cluster.leader() !== null && votersOf(cluster.leader()!).includes(nodeId);
  for (let tries = 0; tries < 40 && !isDone(); tries++) {
    void cluster.leader()?.replica?.addNode(nodeId, addressOf(nodeId));
    await cluster.advance(100);
  }
  assert.ok(isDone(), `node ${nodeId} becomes a voter`);
}

async function removeUntilGone(cluster: SimulatedCluster, nodeId: number): Promise<void> {
  const isMember = (leader: SimulatedNode): boolean =>
    leader.replica?.members().some((member) => member.nodeId === nodeId) === true;
  const isDone = (): boolean => cluster.leader() !== null && !isMember(cluster.leader()!);
  for (let tries = 0; tries < 40 && !isDone(); tries++) {
    void cluster.leader()?.replica?.removeNode(nodeId);
    await cluster.advance(100);
  }
  assert.ok(isDone(), `node ${nodeId} is removed`);
}

test('the quorum that would forget an acknowledged command is never formed: a founder with a new disk is refused', async () => {
  for (const comesBackAs of ['founder', 'joining'] as const) {
    const cluster = new SimulatedCluster(11, 3);
    const client = new SimulatedClient();
    cluster.startAll();
    const leader = await elect(cluster);
    const [forgetful, away] = othersOf(leader) as [number, number];
    await proposals(cluster, client, 20);
    cluster.network.isolate(away);
    await proposals(cluster, client, 50);
    assert.ok(client.acked.size > 30);
    cluster.end(leader.nodeId, 'kill');
    cluster.wipe(forgetful, comesBackAs);
    cluster.network.heal();
    cluster.start(forgetful);
    await cluster.advance(2000);
    assert.equal(cluster.leader(), null, 'one node that remembers is no quorum');
    if (comesBackAs === 'founder') {
      assert.equal(cluster.node(forgetful).fatal?.code, 'BATON_REPLICA_FORGOTTEN');
      assert.match(cluster.node(forgetful).fatal?.message ?? '', /baton members replace/);
    }
    cluster.start(leader.nodeId);
    await elect(cluster);
    await cluster.advance(200);
    assert.equal(cluster.node(forgetful).fatal?.code, 'BATON_REPLICA_FORGOTTEN', comesBackAs);
    // The remedy, while the cluster runs.
    cluster.forget(forgetful);
    cluster.join(4);
    await addUntilVoter(cluster, 4);
    await removeUntilGone(cluster, forgetful);
    await checkLaws(cluster, client);
  }
});

test('a disk lost at any moment of the founding: refused if it may have counted, else taken in; nothing acknowledged is lost', async () => {
  const seen = { refused: 0, founded: 0, unfounded: 0 };
  for (let round = 0; round < 60 * SEED_FACTOR; round++) {
    const cluster = new SimulatedCluster(5000 + round, 3);
    const client = new SimulatedClient();
    const { random } = cluster;
    const order = [1, 2, 3].sort(() => random.float() - 0.5);
    for (const id of order) {
      cluster.start(id);
      await cluster.advance(random.float() * 3);
    }
    const victim = 1 + random.below(3);
    for (let atMs = (round % 30) * (round % 2 === 0 ? 0.1 : 3); atMs > 0; atMs -= 0.1) {
      const leader = cluster.leader();
      if (leader !== null) client.propose(leader);
      await cluster.advance(0.1);
    }
    const before = client.acked.size;
    cluster.wipe(victim);
    cluster.start(victim);
    await cluster.advance(50 + random.float() * 500);
    const { fatal } = cluster.node(victim);
    const others = [...cluster.nodes.values()].filter(({ nodeId }) => nodeId !== victim);
    if (fatal !== null) assert.equal(fatal.code, 'BATON_REPLICA_FORGOTTEN');
    if (before > 0) assert.notEqual(fatal, null, `it acknowledged, or may have: round ${round}`);
    if (fatal !== null && !others.every(isAdmitted)) {
      // A founder that had not met all others when one of them lost its disk: the founding begins anew, on empty disks.
      seen.unfounded++;
      assert.equal(client.acked.size, 0);
      continue;
    }
    if (fatal === null) seen.founded++;
    else {
      seen.refused++;
      cluster.end(victim, 'kill');
      cluster.forget(victim);
    }
    await elect(cluster);
    await proposals(cluster, client, 5);
    await checkLaws(cluster, client);
  }
  assert.ok(seen.refused > 5 && seen.founded > 5, JSON.stringify(seen));
});

test('crashes and power loss at any moment of the founding, without loss of a disk, refuse nobody', async () => {
  for (let round = 0; round < 60 * SEED_FACTOR; round++) {
    const cluster = new SimulatedCluster(6000 + round, 3);
    const client = new SimulatedClient();
    const { random } = cluster;
    cluster.startAll();
    for (let crashes = 1 + random.below(4); crashes > 0; crashes--) {
      await cluster.advance(random.float() * 30);
      const victim = 1 + random.below(3);
      cluster.end(victim, random.chance(0.5) ? 'kill' : 'host-loss');
      await cluster.advance(random.float() * 20);
      cluster.start(victim);
    }
    await elect(cluster);
    await proposals(cluster, client, 5);
    await checkLaws(cluster, client);
  }
});

test('a learner that loses its disk at any moment of its addition never counts with what it forgot', async () => {
  const seen = { refused: 0, voter: 0 };
  for (let round = 0; round < 40 * SEED_FACTOR; round++) {
    const cluster = new SimulatedCluster(
      7000 + round,
      3,
      round % 2 === 0 ? {} : { checkpointEveryEntries: 20, tailEntries: 2 },
    );
    const client = new SimulatedClient();
    const { random } = cluster;
    cluster.startAll();
    const leader = await elect(cluster);
    await proposals(cluster, client, 40);
    cluster.join(4);
    await cluster.advance(10);
    void leader.replica!.addNode(4, addressOf(4));
    await cluster.advance((round % 20) * 0.8);
    // What the newcomer acknowledged may have counted: the leader that knew dies with it.
    const isLeaderLost = random.chance(0.5);
    if (isLeaderLost) cluster.end(leader.nodeId, 'kill');
    cluster.wipe(4, 'joining');
    cluster.start(4);
    await cluster.advance(random.float() * 300);
    if (isLeaderLost) cluster.start(leader.nodeId);
    for (let tries = 0; tries < 20; tries++) {
      const next = cluster.leader();
      if (next !== null) void next.replica!.addNode(4, addressOf(4));
      await cluster.advance(50);
    }
    const { fatal } = cluster.node(4);
    if (fatal === null) {
      seen.voter++;
      await addUntilVoter(cluster, 4);
    } else {
      seen.refused++;
      assert.equal(fatal.code, 'BATON_REPLICA_FORGOTTEN');
      cluster.forget(4);
      await removeUntilGone(cluster, 4);
      cluster.join(5);
      await addUntilVoter(cluster, 5);
    }
    await checkLaws(cluster, client);
  }
  assert.ok(seen.refused > 5 && seen.voter > 5, JSON.stringify(seen));
});

test('after every founder was replaced, a founder with a new disk is still known for one that forgot', async () => {
  const cluster = new SimulatedCluster(12, 3, { checkpointEveryEntries: 30, tailEntries: 5 });
  const client = new SimulatedClient();
  cluster.startAll();
  await elect(cluster);
  await proposals(cluster, client, 60);
  for (const [old, fresh] of [
    [2, 4],
    [3, 5],
  ] as const) {
    cluster.join(fresh);
    await addUntilVoter(cluster, fresh);
    if (cluster.leader()?.nodeId === old) {
      void cluster.leader()!.replica!.transfer();
      await cluster.advance(200);
    }
    await removeUntilGone(cluster, old);
    cluster.forget(old);
    await proposals(cluster, client, 60);
  }
  for (const id of [4, 5]) assert.equal(typeof cluster.node(id).engine?.membership.identityOf(1), 'string');
  cluster.wipe(1, 'joining');
  cluster.named.set(1, [4, 5]);
  cluster.start(1);
  await cluster.advance(500);
  assert.equal(cluster.node(1).fatal?.code, 'BATON_REPLICA_FORGOTTEN');
  cluster.forget(1);
  await checkLaws(cluster, client);
});

test('the same id may come back with a new disk once it was removed: as a learner, like any other', async () => {
  const cluster = new SimulatedCluster(13, 3);
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await proposals(cluster, client, 20);
  const [gone] = othersOf(leader) as [number];
  cluster.wipe(gone, 'joining');
  await removeUntilGone(cluster, gone);
  cluster.start(gone);
  await cluster.advance(100);
  await addUntilVoter(cluster, gone);
  assert.equal(cluster.node(gone).fatal, null);
  await checkLaws(cluster, client);
});
