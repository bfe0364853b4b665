// Three replicas in one process, on real sockets and disks. Laws: clean stop and restart lose nothing and repeat nothing;
// what cannot start says why and leaves nothing behind.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NodeClock, NodeDisk, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { Replica, type ReplicaOptions } from '../src/index.ts';
import { LogMachine } from '../src/testing/log-machine.ts';

class RealCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-replica-'));
  readonly replicas = new Map<number, Replica>();
  readonly machines = new Map<number, LogMachine>();
  ports: readonly number[] = [];

  options(nodeId: number, overrides: Partial<ReplicaOptions> = {}): ReplicaOptions {
    return {
      nodeId,
      clusterId: 'test',
      peers: this.ports.map((port, i) => ({ nodeId: i + 1, address: { host: '127.0.0.1', port } })),
      // Generous: machines that run tests are busy, and no test here is about speed.
      timing: 'lan',
      clock: new NodeClock(),
      random: new NodeRandom(),
      disk: new NodeDisk(),
      folder: join(this.folder, `n${nodeId}`),
      segmentSizeBytes: 1024 * 1024,
      stateMachine: new LogMachine(),
      onFatal: (error) => assert.fail(error.message),
      ...overrides,
    };
  }

  async start(nodeId: number, overrides: Partial<ReplicaOptions> = {}, snapshotPaddingBytes = 0): Promise<Replica> {
    const machine = new LogMachine(snapshotPaddingBytes);
    this.machines.set(nodeId, machine);
    const replica = await Replica.start(this.options(nodeId, { stateMachine: machine, ...overrides }));
    this.replicas.set(nodeId, replica);
    return replica;
  }

  /** Resolves when one of the running replicas leads and has applied an entry of its term. */
  async leader(): Promise<Replica> {
    for (;;) {
      const removals: (() => void)[] = [];
      const led = [...this.replicas.values()].map(
        (replica) =>
          new Promise<Replica>((resolve) => {
            const remove = replica.onRole(({ role }) => {
              if (role === 'leader') resolve(replica);
            });
            removals.push(remove);
          }),
      );
      const leader = await Promise.race(led);
      for (const remove of removals) remove();
      if ((await leader.barrier()).ok) return leader;
    }
  }

  /** Proposes until one is acknowledged. */
  async propose(command: string): Promise<number> {
    for (;;) {
      const outcome = await (await this.leader()).propose(Buffer.from(command));
      if (outcome.ok) return outcome.index;
      assert.ok(outcome.reason === 'not-leader' || outcome.reason === 'draining', outcome.reason);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.replicas.values()].map((replica) => replica.stop({ transfer: false })));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function openCluster(run: (cluster: RealCluster) => Promise<void>): Promise<void> {
  const cluster = new RealCluster();
  cluster.ports = await freePorts(3);
  try {
    await run(cluster);
  } finally {
    await cluster.close();
  }
}

/** Resolves when the machine of a node has applied `command`. */
async function applied(machine: LogMachine, command: string): Promise<void> {
  const has = (): boolean => machine.entries.some((entry) => entry.command === command);
  while (!has()) {
    await new Promise<void>((resolve) => {
      const apply = machine.apply.bind(machine);
      machine.apply = (entry) => {
        machine.apply = apply;
        const result = apply(entry);
        resolve();
        return result;
      };
    });
  }
}

test('proposals are committed on all nodes, and survive clean stops, restarts and a hand-over', async () => {
  await openCluster(async (cluster) => {
    await Promise.all([1, 2, 3].map((nodeId) => cluster.start(nodeId)));
    const leader = await cluster.leader();
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, i) => leader.propose(Buffer.from(`c${i}`))));
    assert.ok(outcomes.every(({ ok }) => ok));
    const { nodeId } = leader.status();
    await leader.stop();
    cluster.replicas.delete(nodeId);
    await cluster.propose('while one is away');
    await cluster.start(nodeId);
    await cluster.propose('end');
    await Promise.all([...cluster.machines.values()].map((machine) => applied(machine, 'end')));
    const [first, ...others] = [...cluster.machines.values()];
    for (const other of others) assert.deepEqual(other.entries, first!.entries);
    assert.deepEqual(
      first!.entries.map(({ command }) => command),
      [...Array.from({ length: 500 }, (_, i) => `c${i}`), 'while one is away', 'end'],
    );
  });
});

test('a checkpoint of more than 32 MiB reaches a follower in pieces while proposals go on', async () => {
  await openCluster(async (cluster) => {
    const lines: string[] = [];
    const start = (nodeId: number): Promise<Replica> =>
      cluster.start(
        nodeId,
        {
          checkpointEveryEntries: 60,
          tailEntries: 0,
          segmentSizeBytes: 64 * 1024,
          log: (_level, text) => lines.push(text),
        },
        33 * 1024 * 1024,
      );
    await Promise.all([1, 2, 3].map(start));
    const { nodeId } = (await cluster.leader()).status();
    const away = nodeId === 3 ? 2 : 3;
    await cluster.replicas.get(away)!.stop();
    cluster.replicas.delete(away);
    let count = 0;
    while ((await cluster.leader()).status().first === 1) await cluster.propose(`c${++count}`);
    const starting = start(away);
    while (!lines.includes('checkpoint received')) await cluster.propose(`c${++count}`);
    await starting;
    await cluster.propose('end');
    await Promise.all([...cluster.machines.values()].map((machine) => applied(machine, 'end')));
    const [first, ...others] = [...cluster.machines.values()];
    assert.equal(first!.entries.length, count + 1);
    for (const other of others) assert.equal(other.hash(), first!.hash());
  });
});

test('a status tells numbers that fit each other', async () => {
  await openCluster(async (cluster) => {
    await Promise.all([1, 2, 3].map((nodeId) => cluster.start(nodeId)));
    const index = await cluster.propose('x');
    const status = (await cluster.leader()).status({ reset: true });
    assert.equal(status.role, 'leader');
    assert.equal(status.leader, status.nodeId);
    assert.ok(status.applied >= index && status.commit >= status.applied && status.last >= status.commit);
    assert.ok(status.commitLatency.count >= 1 && status.commitLatency.p50Us > 0);
    assert.equal(status.proposalsInFlight, 0);
    assert.deepEqual(
      status.peers.map(({ nodeId }) => nodeId),
      [1, 2, 3].filter((nodeId) => nodeId !== status.nodeId),
    );
    assert.equal((await cluster.leader()).status().commitLatency.count, 0, 'begun anew');
  });
});

test('a port that is taken is refused by name, and the folder is given back', async () => {
  await openCluster(async (cluster) => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(cluster.ports[0], '127.0.0.1', resolve));
    await assert.rejects(cluster.start(1), (error: Error & { code: string }) => {
      assert.equal(error.code, 'BATON_WIRE_LISTEN');
      assert.match(error.message, new RegExp(String(cluster.ports[0])));
      return true;
    });
    await new Promise((resolve) => blocker.close(resolve));
    await cluster.start(1);
  });
});

test('a folder that another replica owns is refused', async () => {
  await openCluster(async (cluster) => {
    await cluster.start(1);
    await assert.rejects(Replica.start(cluster.options(1)), { code: 'BATON_JOURNAL_LOCKED' });
  });
});

test('options that cannot work are refused with every fault named', async () => {
  const cluster = new RealCluster();
  cluster.ports = [1, 2, 3];
  await assert.rejects(
    Replica.start({ ...cluster.options(9), inFlightMax: -1, clusterId: '', successionOrder: [4] }),
    (error: Error & { code: string; problems: string[] }) => {
      assert.equal(error.code, 'BATON_REPLICA_OPTIONS');
      assert.equal(error.problems.length, 4);
      return true;
    },
  );
  await cluster.close();
});

test('after a stop nothing is taken any more, and every open proposal has an outcome', async () => {
  await openCluster(async (cluster) => {
    await Promise.all([1, 2, 3].map((nodeId) => cluster.start(nodeId)));
    const leader = await cluster.leader();
    const open = Array.from({ length: 50 }, (_, i) => leader.propose(Buffer.from(`c${i}`)));
    await leader.stop({ transfer: false });
    for (const outcome of await Promise.all(open)) {
      assert.ok(outcome.ok || ['leadership-lost', 'stopped', 'draining'].includes(outcome.reason));
    }
    assert.deepEqual(await leader.propose(Buffer.from('x')), { ok: false, reason: 'stopped', leader: 0 });
    assert.equal(leader.leaseValid(), false);
    assert.equal((await leader.readIndex()).ok, false);
    assert.equal((await leader.transfer()).ok, false);
  });
});
