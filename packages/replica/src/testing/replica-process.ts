// A process that runs one replica of a LogMachine and does what its parent says over IPC: the subject of tests that kill
// real processes.

import { NodeClock, NodeDisk, NodeRandom } from '@baton/host/node';
import type { ProposeResult } from '../proposal.ts';
import { Replica } from '../replica.ts';
import type { RoleLevel } from '../role.ts';
import { LogMachine } from './log-machine.ts';

/** What the parent asks. */
export type ParentMessage =
  | { readonly type: 'propose'; readonly command: string }
  | { readonly type: 'history' }
  | { readonly type: 'stop' };

/** What the process tells. */
export type ProcessMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'role'; readonly level: RoleLevel }
  | { readonly type: 'outcome'; readonly command: string; readonly outcome: ProposeResult }
  | { readonly type: 'history'; readonly applied: number; readonly hash: string; readonly commands: readonly string[] }
  | { readonly type: 'fatal'; readonly message: string };

/** First argument of the process: its settings as JSON. */
export interface ProcessSettings {
  readonly nodeId: number;
  readonly folder: string;
  readonly ports: readonly number[];
  readonly checkpointEveryEntries: number;
}

function tell(message: ProcessMessage): void {
  process.send?.(message);
}

async function run(settings: ProcessSettings): Promise<void> {
  const machine = new LogMachine();
  const replica = await Replica.start({
    nodeId: settings.nodeId,
    clusterId: 'kill-test',
    peers: settings.ports.map((port, i) => ({ nodeId: i + 1, address: { host: '127.0.0.1', port } })),
    timing: 'colocated',
    clock: new NodeClock(),
    random: new NodeRandom(),
    disk: new NodeDisk(),
    folder: settings.folder,
    stateMachine: machine,
    checkpointEveryEntries: settings.checkpointEveryEntries,
    tailEntries: Math.floor(settings.checkpointEveryEntries / 4),
    segmentSizeBytes: 1024 * 1024,
    hashEveryEntries: 50,
    onFatal: (error) => {
      tell({ type: 'fatal', message: error.message });
      process.exit(70);
    },
  });
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'propose') {
      const { command } = message;
      replica.proposeNow(Buffer.from(command), (outcome) => tell({ type: 'outcome', command, outcome }));
    } else if (message.type === 'history') {
      const commands = machine.entries.map(({ command }) => command);
      tell({ type: 'history', applied: replica.status().applied, hash: machine.hash(), commands });
    } else {
      void replica.stop().then(() => process.exit(0));
    }
  });
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'ready' });
  replica.onRole((level) => tell({ type: 'role', level }));
}

await run(JSON.parse(process.argv[2]!) as ProcessSettings);
