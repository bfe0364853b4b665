// Damage to acknowledged entries, on virtual time: the node is mute until it has them again, and has them again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectJournal } from '@baton/journal';
import type { MessageType } from '@baton/raft';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

interface Line {
  readonly text: string;
  readonly facts: Record<string, unknown>;
}

const WORKLOAD = 60;

/** A cluster that has committed some groups of entries, with what it logs. */
async function tradingCluster(seed: number, overrides: object = {}) {
  const lines: Line[] = [];
  const log = (_level: string, text: string, facts: object): void => {
    lines.push({ text, facts: facts as Record<string, unknown> });
  };
  const cluster = new SimulatedCluster(seed, 3, { log, ...overrides });
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  await trade(cluster, client, WORKLOAD);
  return { cluster, client, leader, lines };
}

async function trade(cluster: SimulatedCluster, client: SimulatedClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const leader = cluster.leader();
    if (leader !== null) client.propose(leader);
    await cluster.advance(1);
  }
}

function followerOf(cluster: SimulatedCluster, leader: SimulatedNode): SimulatedNode {
  return [...cluster.nodes.values()].find((node) => node !== leader)!;
}

/**
 * Kills a node and flips one byte of its `nth` group whose loss is damage (negative: the last segment's, from its end).
 */
function damage(cluster: SimulatedCluster, node: SimulatedNode, nth: number): { from: number; to: number } {
  cluster.end(node.nodeId, 'kill');
  const paths = node.disk.list('/journal').filter((file) => file.startsWith('segment-'));
  const used = paths
    .map((file) => `/journal/${file}`)
    .filter((file) => groupOffsets(node.disk.readFile(file)).length > 0);
  const path = nth < 0 ? used.at(-1)! : used[0]!;
  const bytes = Uint8Array.from(node.disk.readFile(path));
  const ranges: { offset: number; from: number; to: number }[] = [];
  const flip = (offset: number): void => {
    bytes[offset + 128]! ^= 1;
    node.disk.tamper(path, Uint8Array.from(bytes));
  };
  for (const offset of groupOffsets(bytes)) {
    flip(offset);
    const found = inspectJournal(node.disk, node.clock, '/journal').report.damage[0];
    if (found !== undefined) ranges.push({ offset, from: found.fromIndex, to: found.toIndex });
    flip(offset);
    if (ranges.length > nth && nth >= 0) break;
  }
  const range = ranges.at(nth);
  assert.ok(range !== undefined, 'there is such a group');
  flip(range.offset);
  return range;
}

function groupOffsets(segment: Uint8Array): number[] {
  const offsets: number[] = [];
  for (let offset = 4096; offset < segment.length; offset += 4096) {
    if (Buffer.from(segment.subarray(offset, offset + 4)).toString('latin1') === 'BGRP') offsets.push(offset);
  }
  return offsets;
}

test('a follower with a flipped byte in acknowledged entries gets them back while the cluster trades', async () => {
  const { cluster, client, leader, lines } = await tradingCluster(31);
  const follower = followerOf(cluster, leader);
  const hole = damage(cluster, follower, 10);
  await trade(cluster, client, 20);
  cluster.start(follower.nodeId);
  assert.ok(follower.isMending);
  await trade(cluster, client, 200);
  assert.ok(follower.isReady, 'it takes part again');
  assert.equal(cluster.leader(), leader, 'nobody was disturbed');
  const found = lines.find(({ text }) => text.startsWith('acknowledged entries are damaged'));
  assert.deepEqual([found?.facts['fromIndex'], found?.facts['toIndex']], [hole.from, hole.to]);
  assert.match(String(found?.facts['file']), /segment-/);
  assert.equal(inspectJournal(follower.disk, follower.clock, '/journal').report.damage.length, 0);
  await checkLaws(cluster, client);
  assert.equal(follower.machine.hash(), leader.machine.hash());
});

test('while it is damaged a node says nothing to anybody about votes or appends', async () => {
  const { cluster, client, leader } = await tradingCluster(32);
  const follower = followerOf(cluster, leader);
  const other = [...cluster.nodes.values()].find((node) => node !== leader && node !== follower)!;
  damage(cluster, follower, 10);
  // What its last life said is still on its way.
  await cluster.advance(20);
  const said: MessageType[] = [];
  cluster.network.onArrival = (from, _to, messages) => {
    if (from === follower.nodeId) said.push(...messages.map(({ type }) => type));
  };
  cluster.network.losesBytes = () => true;
  cluster.start(follower.nodeId);
  await trade(cluster, client, 300);
  assert.ok(follower.isMending);
  // A candidate that only the damaged node could elect stays without its vote.
  cluster.end(leader.nodeId, 'kill');
  await cluster.advance(1000);
  assert.notEqual(other.replica!.role().role, 'leader');
  assert.equal(cluster.leader(), null);
  assert.deepEqual(said, []);
  // Then it gets its entries from the follower that has them, without any leader.
  cluster.network.losesBytes = () => false;
  assert.ok(await cluster.advanceUntil(() => follower.isReady && cluster.leader() !== null));
  await checkLaws(cluster, client);
});

test('two nodes damaged at different places mend each other, and elect', async () => {
  const { cluster, client, leader } = await tradingCluster(33);
  const [first, second] = [...cluster.nodes.values()].filter((node) => node !== leader);
  damage(cluster, first!, 8);
  damage(cluster, second!, 20);
  cluster.end(leader.nodeId, 'host-loss');
  cluster.start(first!.nodeId);
  cluster.start(second!.nodeId);
  assert.ok(await cluster.advanceUntil(() => first!.isReady && second!.isReady && cluster.leader() !== null));
  await checkLaws(cluster, client);
});

test('all nodes damaged at the same entries stay down with an error that names them, and nothing is cut off', async () => {
  const { cluster, leader } = await tradingCluster(34);
  await cluster.advance(100);
  const holes = [...cluster.nodes.values()].map((node) => ({ node, hole: damage(cluster, node, 12) }));
  const from = Math.max(...holes.map(({ hole }) => hole.from));
  assert.ok(
    holes.every(({ hole }) => hole.to >= from),
    'the ranges overlap',
  );
  const files = new Map(holes.map(({ node }) => [node, inspectJournal(node.disk, node.clock, '/journal')]));
  for (const { node } of holes) cluster.start(node.nodeId);
  assert.ok(await cluster.advanceUntil(() => holes.every(({ node }) => node.fatal !== null), 8000));
  for (const { node, hole } of holes) {
    assert.equal(node.fatal?.code, 'BATON_REPLICA_DAMAGED');
    assert.match(node.fatal!.message, new RegExp(`entries ${hole.from} to ${hole.to} in .*segment-.* at byte \\d+`));
    const { report } = inspectJournal(node.disk.afterKill(), node.clock, '/journal');
    assert.deepEqual(report.damage, files.get(node)!.report.damage);
  }
  assert.equal(leader.isAlive, false);
});

/** A leader that was cut off with entries of its own, `isOneGroup` or one by one; then it lost one of its last groups. */
async function damagedLoneLeader(seed: number, isOneGroup: boolean, nth: number) {
  const { cluster, client, leader, lines } = await tradingCluster(seed);
  cluster.network.isolate(leader.nodeId);
  const before = leader.replica!.status().last;
  for (let i = 0; i < 8; i++) {
    client.propose(leader);
    if (!isOneGroup) await cluster.advance(1);
  }
  await cluster.advance(5);
  const hole = damage(cluster, leader, nth);
  assert.ok(hole.from > before && hole.to <= before + 8, 'entries that were never committed');
  cluster.network.heal();
  await trade(cluster, client, 200);
  cluster.start(leader.nodeId);
  assert.ok(leader.isMending);
  await trade(cluster, client, 400);
  assert.ok(leader.isReady);
  await checkLaws(cluster, client);
  return lines;
}

test('entries that nobody else has give way to the log of a confirmed leader', async () => {
  const lines = await damagedLoneLeader(38, true, -1);
  assert.ok(lines.some(({ text }) => text.startsWith('damaged entries fetched')));
});

test('entries that nobody else has, behind others that nobody else has, give way to a checkpoint made for it', async () => {
  const lines = await damagedLoneLeader(37, false, -3);
  assert.ok(lines.some(({ text }) => text.startsWith('checkpoint in the place of damaged entries')));
});

test('damaged entries that all others have compacted come as a checkpoint', async () => {
  const overrides = { checkpointEveryEntries: 200, tailEntries: 0, segmentSizeBytes: 64 * 1024 };
  const { cluster, client, leader, lines } = await tradingCluster(35, overrides);
  const follower = followerOf(cluster, leader);
  const hole = damage(cluster, follower, 10);
  await trade(cluster, client, 600);
  assert.ok(leader.replica!.status().first > hole.to, 'compacted');
  cluster.start(follower.nodeId);
  await trade(cluster, client, 300);
  assert.ok(follower.isReady);
  assert.ok(lines.some(({ text }) => text.startsWith('checkpoint in the place of damaged entries')));
  await checkLaws(cluster, client);
});

test('a node that never led gives its checkpoint in the place of what it has compacted, and the two elect', async () => {
  const overrides = { checkpointEveryEntries: 200, tailEntries: 0, segmentSizeBytes: 64 * 1024 };
  const { cluster, client, leader, lines } = await tradingCluster(35, overrides);
  const follower = followerOf(cluster, leader);
  const hole = damage(cluster, follower, 10);
  await trade(cluster, client, 600);
  const third = [...cluster.nodes.values()].find((node) => node !== follower && node !== leader)!;
  assert.ok(third.replica!.status().first > hole.to, 'compacted');
  cluster.end(leader.nodeId, 'kill');
  cluster.start(follower.nodeId);
  assert.ok(await cluster.advanceUntil(() => follower.isReady && cluster.leader() !== null, 10_000));
  assert.ok(lines.some(({ text }) => text.startsWith('checkpoint in the place of damaged entries')));
  await trade(cluster, client, 100);
  cluster.start(leader.nodeId);
  await trade(cluster, client, 100);
  await checkLaws(cluster, client);
});

test('a leader that finds acknowledged entries damaged resigns, ends, and mends at its next start', async () => {
  const { cluster, client, leader } = await tradingCluster(36, { cacheSizeBytes: 0 });
  const follower = followerOf(cluster, leader);
  cluster.network.isolate(follower.nodeId);
  await trade(cluster, client, 40);
  const path = leader.disk.list('/journal').find((name) => name.startsWith('segment-'))!;
  const bytes = Uint8Array.from(leader.disk.readFile(`/journal/${path}`));
  // The follower lacks the entries of the last groups; serving it makes the leader read them from its disk.
  const file = leader.disk.open(`/journal/${path}`, 'write');
  for (const offset of groupOffsets(bytes).slice(-8)) file.write(Uint8Array.of(bytes[offset + 128]! ^ 1), offset + 128);
  file.close();
  const others = [...cluster.nodes.values()].filter((node) => node !== leader);
  let wasHandedOver = false;
  for (const node of others) {
    node.replica?.onRole(({ role }) => {
      if (role === 'leader' && leader.fatal === null) wasHandedOver = true;
    });
  }
  cluster.network.heal();
  assert.ok(await cluster.advanceUntil(() => leader.fatal !== null, 1000));
  assert.equal(leader.fatal?.code, 'BATON_REPLICA_JOURNAL');
  assert.match(leader.fatal!.message, /entries \d+ to \d+ in .*segment-.* at byte \d+ are damaged/);
  assert.ok(wasHandedOver, 'another one led before it ended');
  cluster.end(leader.nodeId, 'kill');
  leader.fatal = null;
  await trade(cluster, client, 30);
  cluster.start(leader.nodeId);
  await cluster.advance(500);
  await checkLaws(cluster, client);
});

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 3);

test(`damage at any place of any node, round after round, with kills in between (${SEEDS} seeds)`, async () => {
  let damages = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const small = { checkpointEveryEntries: 60, tailEntries: 20, segmentSizeBytes: 64 * 1024 };
    const { cluster, client } = await tradingCluster(1000 + seed, seed % 2 === 0 ? small : {});
    for (let round = 0; round < 6; round++) {
      const victim = pickOf(cluster, [...cluster.nodes.values()]);
      const other = pickOf(
        cluster,
        [...cluster.nodes.values()].filter((node) => node !== victim),
      );
      if (damageAnywhere(cluster, victim)) damages++;
      await trade(cluster, client, cluster.random.below(60));
      cluster.start(victim.nodeId);
      await cluster.advance(cluster.random.below(40));
      cluster.end(other.nodeId, 'kill');
      await cluster.advance(cluster.random.below(100));
      cluster.start(other.nodeId);
      const areReady = (): boolean => [...cluster.nodes.values()].every((node) => node.isReady);
      assert.ok(await cluster.advanceUntil(areReady, 20_000), `seed ${seed}, round ${round}: all take part again`);
      await trade(cluster, client, 30);
    }
    await checkLaws(cluster, client);
  }
  assert.ok(damages > 0, 'some of it was damage to acknowledged entries');
});

test('a damaged node asks the members of now, although its options name those of the beginning', async () => {
  for (const overrides of [{}, { checkpointEveryEntries: 30, tailEntries: 20 }]) {
    const { cluster, client } = await tradingCluster(71, overrides);
    for (const [old, fresh] of [
      [2, 4],
      [3, 5],
    ] as const) {
      cluster.join(fresh);
      const members = (): readonly number[] =>
        cluster
          .leader()
          ?.replica?.members()
          .map(({ nodeId }) => nodeId) ?? [];
      const isMade = (): boolean =>
        cluster.leader()?.engine?.membership.confState.voters.includes(fresh) === true && !members().includes(old);
      for (let tries = 0; tries < 40 && !isMade(); tries++) {
        const leader = cluster.leader();
        if (leader?.nodeId === old) void leader.replica!.transfer();
        else if (!members().includes(fresh)) void leader?.replica?.addNode(fresh, { host: `n${fresh}`, port: 1 });
        else void leader?.replica?.removeNode(old);
        await cluster.advance(60);
      }
      assert.ok(isMade());
      cluster.forget(old);
    }
    await trade(cluster, client, 60);
    damage(cluster, cluster.node(1), -1);
    await trade(cluster, client, 20);
    cluster.start(1);
    assert.ok(cluster.node(1).isMending);
    assert.ok(await cluster.advanceUntil(() => cluster.node(1).isReady, 10_000), 'the newcomers gave what it lost');
    await checkLaws(cluster, client);
  }
});

function pickOf<Item>(cluster: SimulatedCluster, items: readonly Item[]): Item {
  return items[cluster.random.below(items.length)]!;
}

/** Kills a node and damages some bytes of one of its segments; false if that costs no acknowledged entry. */
function damageAnywhere(cluster: SimulatedCluster, node: SimulatedNode): boolean {
  cluster.end(node.nodeId, 'kill');
  const names = node.disk.list('/journal').filter((file) => file.startsWith('segment-'));
  const used = names
    .map((file) => `/journal/${file}`)
    .filter((file) => groupOffsets(node.disk.readFile(file)).length > 0);
  const path = pickOf(cluster, used);
  const bytes = Uint8Array.from(node.disk.readFile(path));
  const offset = pickOf(cluster, groupOffsets(bytes)) + cluster.random.below(4096);
  bytes.fill(0xee, offset, Math.min(bytes.length, offset + 1 + cluster.random.below(6000)));
  node.disk.tamper(path, bytes);
  return inspectJournal(node.disk, node.clock, '/journal').report.damage.length > 0;
}
