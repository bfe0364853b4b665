// One node of the measured cluster: a replica of the ledger, and the load when it leads.

import { NodeClock, NodeDisk, NodeRandom } from '@baton/host/node';
import { openWire, Replica } from '@baton/replica';
import type { Wire } from '@baton/wire';
import { oneInFlight, openLoop } from './load.ts';
import { BenchMachine } from './machine.ts';
import type { NodeSettings, Order, Report, Usage } from './settings.ts';

function tell(report: Report): void {
  process.send!(report);
}

function usageOf(replica: Replica, wire: Wire, reset: boolean): Usage {
  const { user, system } = process.cpuUsage();
  const { applied, loopDelay, leaderGap, heartbeatGap, counters, checkpointIndex, first } = replica.status({
    reset,
  });
  return {
    cpuUs: user + system,
    applied,
    rssBytes: process.memoryUsage.rss(),
    sentBytes: wire.peers().reduce((sum, peer) => sum + peer.sentBytes, 0),
    writtenBytes: counters.bytesWritten,
    syncs: counters.syncs,
    elections: counters.elections,
    checkpointIndex,
    firstIndex: first,
    loopDelay,
    leaderGap,
    heartbeatGap,
  };
}

async function run(settings: NodeSettings): Promise<void> {
  let wire: Wire | undefined;
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
    checkpointEveryEntries: settings.checkpointEveryEntries,
    tailEntries: settings.tailEntries,
    stateMachine: new BenchMachine(settings.ballastBytes),
    // More than the load ever has open, so that overload shows as latency and not as refusals.
    inFlightMax: 1_000_000,
    inFlightBytesMax: 256 * 1024 * 1024,
    openLinks: (options, handlers) => {
      wire = openWire(options, handlers) as Wire;
      return wire;
    },
    log: (level, text, fields) => {
      if (level === 'error') console.error(`node ${settings.nodeId}: ${text}`, fields);
    },
    onFatal: (error) => {
      console.error(error);
      process.exit(70);
    },
  });
  process.on('message', (order: Order) => {
    switch (order.type) {
      case 'one-in-flight':
        return oneInFlight(replica, order.count, order.durationMaxMs, (latency) =>
          tell({ type: 'one-in-flight', latency }),
        );
      case 'open-loop':
        return openLoop(replica, order.perSecond, order.durationMs, (result) => tell({ type: 'open-loop', result }));
      case 'usage':
        return tell({ type: 'usage', usage: usageOf(replica, wire!, order.reset) });
      case 'stop':
        void replica.stop({ transfer: false }).then(() => process.exit(0));
    }
  });
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'ready' });
  replica.onRole(({ role }) => tell({ type: 'leads', leads: role === 'leader' }));
}

await run(JSON.parse(process.argv[2]!) as NodeSettings);
