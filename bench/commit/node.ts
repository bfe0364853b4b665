// One node of the measured cluster: a replica of a trivial state machine, and the load when it leads.

import { NodeClock, NodeDisk, NodeRandom } from '@baton/host/node';
import { type AppliedEntry, Replica, type StateMachine } from '@baton/replica';
import {
  COMMAND_BYTES,
  type Latencies,
  latenciesOf,
  type NodeSettings,
  type OpenLoopResult,
  type Order,
  type Report,
} from './settings.ts';

/** The cheapest state that still depends on every command. */
class Checksum implements StateMachine {
  #count = 0;
  #sum = 0;

  apply({ command }: AppliedEntry): number {
    this.#count++;
    this.#sum = (this.#sum * 31 + command[0]! + command[COMMAND_BYTES - 1]!) >>> 0;
    return this.#count;
  }

  snapshot(): Uint8Array {
    return Buffer.from(JSON.stringify([this.#count, this.#sum]));
  }

  restore(bytes: Uint8Array): void {
    [this.#count, this.#sum] = JSON.parse(Buffer.from(bytes).toString()) as [number, number];
  }

  hash(): string {
    return `${this.#count} ${this.#sum}`;
  }
}

function command(i: number): Uint8Array {
  const bytes = Buffer.alloc(COMMAND_BYTES, i & 0xff);
  bytes.writeUInt32BE(i >>> 0, 0);
  return bytes;
}

function oneInFlight(replica: Replica, count: number, done: (latency: Latencies) => void): void {
  const samples = new Float64Array(count);
  let i = 0;
  const next = (): void => {
    const startMs = performance.now();
    replica.proposeNow(command(i), (outcome) => {
      if (!outcome.ok) throw new Error(`a proposal was refused: ${outcome.reason}`);
      samples[i++] = (performance.now() - startMs) * 1000;
      if (i < count) next();
      else done(latenciesOf(samples));
    });
  };
  next();
}

/** Commands at fixed times, whatever becomes of the earlier ones; those that are due are sent once a millisecond. */
function openLoop(
  replica: Replica,
  perSecond: number,
  durationMs: number,
  done: (result: OpenLoopResult) => void,
): void {
  const total = Math.floor((perSecond * durationMs) / 1000);
  const samples = new Float64Array(total);
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let proposed = 0;
  let committed = 0;
  let committedInTime = 0;
  let refused = 0;
  const finish = (): void => {
    if (committed + refused < total) return;
    done({
      intendedPerSecond: perSecond,
      proposed: total,
      committed,
      refused,
      committedPerSecond: Math.round((committedInTime * 1000) / durationMs),
      latency: latenciesOf(samples.slice(0, committed)),
    });
  };
  const propose = (i: number): void => {
    const intendedMs = startMs + (i * 1000) / perSecond;
    replica.proposeNow(command(i), (outcome) => {
      const nowMs = performance.now();
      if (outcome.ok) {
        samples[committed++] = (nowMs - intendedMs) * 1000;
        if (nowMs <= endMs) committedInTime++;
      } else {
        refused++;
      }
      finish();
    });
  };
  const turn = (): void => {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000) + 1);
    while (proposed < due) propose(proposed++);
    if (proposed < total) setTimeout(turn, 1);
  };
  turn();
}

function tell(report: Report): void {
  process.send!(report);
}

async function run(settings: NodeSettings): Promise<void> {
  const replica = await Replica.start({
    nodeId: settings.nodeId,
    clusterId: 'bench',
    peers: settings.ports.map((port, i) => ({ nodeId: i + 1, address: { host: '127.0.0.1', port } })),
    timing: settings.timing,
    clock: new NodeClock(),
    random: new NodeRandom(),
    disk: new NodeDisk(),
    folder: settings.folder,
    durability: settings.durability,
    stateMachine: new Checksum(),
    // More than the load ever has open, so that overload shows as latency and not as refusals.
    inFlightMax: 1_000_000,
    inFlightBytesMax: 256 * 1024 * 1024,
    onFatal: (error) => {
      console.error(error);
      process.exit(70);
    },
  });
  process.on('message', (order: Order) => {
    if (order.type === 'one-in-flight') {
      oneInFlight(replica, order.count, (latency) => tell({ type: 'one-in-flight', latency }));
    } else if (order.type === 'open-loop') {
      openLoop(replica, order.perSecond, order.durationMs, (result) => tell({ type: 'open-loop', result }));
    } else if (order.type === 'usage') {
      const { user, system } = process.cpuUsage();
      const { applied, loopDelay } = replica.status({ reset: true });
      const usage = {
        cpuUs: user + system,
        applied,
        rssBytes: process.memoryUsage.rss(),
        loopDelayP99Us: loopDelay.p99Us,
        loopDelayMaxUs: loopDelay.maxUs,
      };
      tell({ type: 'usage', usage });
    } else {
      void replica.stop({ transfer: false }).then(() => process.exit(0));
    }
  });
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'ready' });
  replica.onRole(({ role }) => tell({ type: 'leads', leads: role === 'leader' }));
}

await run(JSON.parse(process.argv[2]!) as NodeSettings);
