// Three replicas of a counter in one process, on real sockets and disks: propose, read, hand leadership over, stop.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, NodeClock, NodeDisk, NodeRandom } from '@baton/host/node';
import { Replica, type ReplicaPeer, type StateMachine } from '@baton/replica';

// #region program
class Counter implements StateMachine {
  value = 0;
  apply({ command }: { command: Uint8Array }): number {
    this.value += command[0] ?? 0;
    return this.value; // what the proposer gets
  }
  snapshot(): Uint8Array {
    return Buffer.from(String(this.value));
  }
  restore(bytes: Uint8Array): void {
    this.value = Number(Buffer.from(bytes).toString());
  }
  hash(): string {
    return String(this.value);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'counter-'));
const peers: ReplicaPeer[] = [];
for (const nodeId of [1, 2, 3]) peers.push({ nodeId, address: { host: '127.0.0.1', port: await freePort() } });

const counters = peers.map(() => new Counter());
const replicas = await Promise.all(
  peers.map(({ nodeId }, i) =>
    Replica.start({
      nodeId,
      peers,
      clusterId: 'example',
      timing: 'requirements',
      clock: new NodeClock(),
      random: new NodeRandom(),
      disk: new NodeDisk(),
      folder: join(folder, `n${nodeId}`),
      stateMachine: counters[i]!,
      onFatal: (error) => {
        throw error; // end the process: another node takes over, and a restart recovers
      },
    }),
  ),
);

// A follower refuses and says who leads; right after the start nobody may lead yet, so the caller asks again.
async function add(amount: number): Promise<number> {
  for (let i = 0; ; i = (i + 1) % replicas.length) {
    const outcome = await replicas[i]!.propose(Uint8Array.of(amount));
    if (outcome.ok) return outcome.result as number;
    if (outcome.reason !== 'not-leader' && outcome.reason !== 'draining') throw new Error(outcome.reason);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

console.log('counted to', await add(1), await add(2), await add(3));
for (let isHandedOver = false; !isHandedOver; ) {
  const attempts = await Promise.all(replicas.map((replica) => replica.transfer())); // the leader alone can
  isHandedOver = attempts.some(({ ok }) => ok);
}
console.log('handed over');
console.log('counted to', await add(4));
await Promise.all(replicas.map((replica) => replica.stop({ transfer: false })));
// #endregion program
rmSync(folder, { recursive: true });
