// Checkpoints on their way to a follower that is behind the compacted log, on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageType } from '@baton/raft';
import { decodeSupply } from '../src/supply-message.ts';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

const MEBIBYTE = 1024 * 1024;

/** What the links carried to a node. */
class Traffic {
  pieceBytes = 0;
  readonly pieces = new Set<string>();
  pieceCount = 0;
  /** Longest time without an append or a heartbeat, and when the last one came, by receiver. */
  readonly gapUs = new Map<number, number>();
  readonly #lastUs = new Map<number, number>();

  constructor(cluster: SimulatedCluster) {
    cluster.network.onArrival = (from, to, messages) => {
      if (from !== cluster.leader()?.nodeId) return;
      if (!messages.some(({ type }) => type === MessageType.Heartbeat || type === MessageType.App)) return;
      const nowUs = cluster.clock.monotonicUs();
      const lastUs = this.#lastUs.get(to);
      if (lastUs !== undefined) this.gapUs.set(to, Math.max(this.gapUs.get(to) ?? 0, nowUs - lastUs));
      this.#lastUs.set(to, nowUs);
    };
    cluster.network.losesBytes = (_from, _to, _channel, bytes) => this.lose(bytes);
  }

  /** Looks at bytes that arrive; true if they are to be lost. */
  lose(bytes: Uint8Array): boolean {
    const frame = decodeSupply(bytes);
    if (frame?.message.kind !== 'piece') return false;
    this.pieceCount++;
    this.pieceBytes += frame.bytes.length;
    this.pieces.add(`${frame.message.index} ${frame.message.offset}`);
    return false;
  }
}

/** A cluster one of whose followers is away until its peers have compacted what it lacks. */
async function clusterWithLateFollower(seed: number, paddingBytes: number, checkpointEveryEntries = 500) {
  const lines: string[] = [];
  const cluster = new SimulatedCluster(seed, 3, {
    checkpointEveryEntries,
    tailEntries: 0,
    segmentSizeBytes: 64 * 1024,
    log: (_level: string, text: string) => lines.push(text),
  });
  cluster.snapshotPaddingBytes = paddingBytes;
  const client = new SimulatedClient();
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = [...cluster.nodes.values()].find((node) => node !== leader)!;
  cluster.end(follower.nodeId, 'kill');
  const isCompacted = (): boolean => leader.replica!.status().first > 100;
  for (let i = 0; i < 3000 && !isCompacted(); i++) {
    client.propose(leader);
    if (i % 5 === 0) await cluster.advance(1);
  }
  assert.ok(isCompacted());
  return { cluster, client, leader, follower, lines };
}

/** One proposal a millisecond until `isDone`. */
async function tradeUntil(
  cluster: SimulatedCluster,
  client: SimulatedClient,
  isDone: () => boolean,
  limitMs = 5000,
): Promise<boolean> {
  for (let ms = 0; ms < limitMs; ms++) {
    if (isDone()) return true;
    const leader = cluster.leader();
    if (leader !== null) client.propose(leader);
    await cluster.advance(1);
  }
  return isDone();
}

function isCaughtUp(follower: SimulatedNode, leader: SimulatedNode): boolean {
  return follower.isReady && follower.replica!.status().applied > leader.replica!.status().commit - 50;
}

test('a checkpoint of more than 32 MiB reaches a follower while proposals flow, and delays no heartbeat', async () => {
  const { cluster, client, leader, follower } = await clusterWithLateFollower(41, 33 * MEBIBYTE, 1500);
  const traffic = new Traffic(cluster);
  // 1 Gbit/s.
  cluster.network.bytesPerMs = 125_000;
  const { term } = leader.replica!.role();
  const ackedBefore = client.acked.size;
  const startUs = cluster.clock.monotonicUs();
  cluster.start(follower.nodeId);
  assert.ok(await tradeUntil(cluster, client, () => isCaughtUp(follower, leader)));
  const durationMs = (cluster.clock.monotonicUs() - startUs) / 1000;
  assert.ok(traffic.pieceBytes >= 33 * MEBIBYTE, `${traffic.pieceBytes} bytes in pieces`);
  assert.equal(cluster.leader(), leader);
  assert.equal(leader.replica!.role().term, term, 'no election');
  assert.ok(client.acked.size - ackedBefore > durationMs * 0.95, 'commits went on at the rate of proposals');
  for (const [nodeId, gapUs] of traffic.gapUs)
    assert.ok(gapUs <= 20_000, `node ${nodeId} heard nothing for ${gapUs} us`);
  await checkLaws(cluster, client);
});

test('an interrupted transfer goes on where it stopped', async () => {
  const { cluster, client, leader, follower, lines } = await clusterWithLateFollower(42, 8 * MEBIBYTE);
  const traffic = new Traffic(cluster);
  cluster.start(follower.nodeId);
  assert.ok(await tradeUntil(cluster, client, () => traffic.pieceBytes > 3 * MEBIBYTE));
  cluster.network.isolate(follower.nodeId);
  await cluster.advance(2500);
  cluster.network.heal();
  assert.ok(await tradeUntil(cluster, client, () => isCaughtUp(follower, cluster.leader() ?? leader)));
  assert.ok(traffic.pieces.size >= 8 * 16);
  assert.ok(
    traffic.pieceCount - traffic.pieces.size <= 16,
    `${traffic.pieceCount - traffic.pieces.size} pieces came twice`,
  );
  assert.equal(lines.filter((text) => text.startsWith('checkpoint received')).length, 1);
  await checkLaws(cluster, client);
});

for (const how of ['kill', 'host-loss'] as const) {
  test(`a transfer goes on where it stopped when the receiving process ended by ${how}, though newer checkpoints are there by then`, async () => {
    const { cluster, client, leader, follower, lines } = await clusterWithLateFollower(46, 8 * MEBIBYTE);
    const traffic = new Traffic(cluster);
    cluster.start(follower.nodeId);
    assert.ok(await tradeUntil(cluster, client, () => traffic.pieceBytes > 5 * MEBIBYTE));
    cluster.end(follower.nodeId, how);
    const before = traffic.pieceCount;
    await tradeUntil(cluster, client, () => false, 800);
    cluster.start(follower.nodeId);
    assert.ok(await tradeUntil(cluster, client, () => lines.includes('checkpoint received')));
    // 128 pieces a checkpoint, some 80 of which were there; what a power loss tore is found and fetched again.
    const after = traffic.pieceCount - before;
    if (how === 'kill') assert.ok(after < 70, `${after} pieces after the restart`);
    assert.ok(await tradeUntil(cluster, client, () => isCaughtUp(follower, cluster.leader() ?? leader)));
    await checkLaws(cluster, client);
  });
}

test('a follower whose leader dies in the middle of a transfer gets the snapshot of the next one', async () => {
  const { cluster, client, leader, follower } = await clusterWithLateFollower(43, 8 * MEBIBYTE);
  const traffic = new Traffic(cluster);
  cluster.start(follower.nodeId);
  assert.ok(await tradeUntil(cluster, client, () => traffic.pieceBytes > 3 * MEBIBYTE));
  cluster.end(leader.nodeId, 'kill');
  await cluster.advance(300);
  cluster.start(leader.nodeId);
  assert.ok(
    await tradeUntil(cluster, client, () => cluster.leader() !== null && isCaughtUp(follower, cluster.leader()!)),
  );
  await checkLaws(cluster, client);
});

test('pieces that never arrive cost the follower, not the leader', async () => {
  const { cluster, client, leader, follower } = await clusterWithLateFollower(44, 0);
  let asked = 0;
  cluster.network.losesBytes = (from, _to, _channel, bytes) => {
    if (from === follower.nodeId && decodeSupply(bytes) !== null) asked++;
    return from !== follower.nodeId && decodeSupply(bytes) !== null;
  };
  cluster.start(follower.nodeId);
  await tradeUntil(cluster, client, () => false, 3000);
  assert.ok(asked > 5 && asked < 100, `${asked} questions in 3 s`);
  assert.equal(cluster.leader(), leader);
  cluster.network.losesBytes = () => false;
  assert.ok(await tradeUntil(cluster, client, () => isCaughtUp(follower, leader)));
  await checkLaws(cluster, client);
});

test('a checkpoint that is damaged at the leader is not taken; the next one is', async () => {
  const { cluster, client, leader, follower, lines } = await clusterWithLateFollower(45, MEBIBYTE);
  await cluster.advance(50);
  const name = leader.disk.list('/journal').findLast((file) => /^checkpoint-\d+/.test(file))!;
  const bytes = Uint8Array.from(leader.disk.readFile(`/journal/${name}`));
  bytes[MEBIBYTE / 2]! ^= 1;
  leader.disk.tamper(`/journal/${name}`, bytes);
  cluster.start(follower.nodeId);
  assert.ok(await tradeUntil(cluster, client, () => isCaughtUp(follower, leader), 8000));
  assert.ok(lines.some((text) => text.startsWith('checkpoint not received')));
  await checkLaws(cluster, client);
});
