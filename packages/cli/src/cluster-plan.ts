/**
 * What a local cluster consists of, decided before anything is started: its options, its ports and addresses, its
 * configuration file, and the commands of its processes.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VenueProfile } from '@baton/profiles';
import { clusterFileText, type LocalStrategy, VENUE_NAME } from './cluster-file.ts';
import { exampleStrategies } from './example-strategies.ts';
import { choosePorts, type PortWish } from './ports.ts';
import type { RunFile } from './run-file.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface ClusterOptions {
  /** Folder for configuration, logs, run file and the nodes' state; made if missing. Keep its path short: sockets lie in it. */
  readonly dataFolder: string;
  /** Remove what an earlier cluster left in the folder. Default false: it is set aside in `previous/`. */
  readonly fresh?: boolean;
  /** Number of nodes. Default 3. */
  readonly nodes?: number;
  /** `usual`: the documented ports where they are free. `free`: any free ones. Default `free`. */
  readonly ports?: 'usual' | 'free';
  /** Ports that the user insists on: taken ones are an error. */
  readonly venueFixPort?: number;
  readonly venueHttpPort?: number;
  /** The first of the nodes' raft or API ports, one a node, that the user insists on. */
  readonly raftPort?: number;
  readonly apiPort?: number;
  readonly durability?: 'disk' | 'memory';
  readonly timing?: 'colocated' | 'lan' | 'wan' | 'requirements';
  /** Default: the example `ping-pong`. Empty: nothing trades by itself. */
  readonly strategies?: readonly LocalStrategy[];
  readonly neverReceivedPolicy?: 'void' | 'resend';
  /** What the venue plays, and the nodes are told. Default classic-789. */
  readonly profile?: VenueProfile;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** False: nodes start without rehearsing takeovers, which makes each start some seconds of processor time cheaper. */
  readonly rehearse?: boolean;
  /** Delay before a dead node is started again; null: only `restart` does. Default 500 ms. */
  readonly restartDelayMs?: number | null;
  /** Further arguments of `baton venue`. */
  readonly venueArguments?: readonly string[];
  /** Further keys of the configuration file, instead of what stands there: `history`, for one. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Program and first arguments that stand for `baton`; tests put a stand-in here. */
  readonly batonCommand?: readonly [string, ...string[]];
}

const USUAL_PORTS = { venueFix: 9880, venueHttp: 9881, venueSecondFix: 9882, raft: 7101, api: 9091 };
const RESTART_DELAY_MS = 500;

/** Program and first arguments of this very command, run by this very Node. */
function ownCommand(): [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL('./main.ts', import.meta.url))];
}

/** Settles ports and paths; makes the folder of the logs. Process ids are still 0. */
export async function planRunFile(dataFolder: string, options: ClusterOptions): Promise<RunFile> {
  const count = options.nodes ?? 3;
  const wish = (purpose: string, option: string, own: number | undefined, usual: number): PortWish =>
    own === undefined ? { purpose, port: options.ports === 'usual' ? usual : null } : { purpose, port: own, option };
  const nth = (own: number | undefined, n: number): number | undefined => (own === undefined ? undefined : own + n);
  const wishes = [
    wish('the venue (FIX)', '--venue-port', options.venueFixPort, USUAL_PORTS.venueFix),
    wish('the venue (HTTP)', '--venue-http-port', options.venueHttpPort, USUAL_PORTS.venueHttp),
  ];
  for (let n = 0; n < count; n++) {
    wishes.push(wish(`node n${n + 1} (raft)`, '--raft-port', nth(options.raftPort, n), USUAL_PORTS.raft + n));
    wishes.push(wish(`node n${n + 1} (API)`, '--api-port', nth(options.apiPort, n), USUAL_PORTS.api + n));
  }
  const hasSecond = options.profile?.session.gateways === 2;
  if (hasSecond) wishes.push(wish('the venue (second gateway)', '', undefined, USUAL_PORTS.venueSecondFix));
  const addresses = (await choosePorts(wishes)).map((port) => `127.0.0.1:${port}`);
  const [fix = '', http = '', ...rest] = addresses;
  const logs = join(dataFolder, 'logs');
  mkdirSync(logs, { recursive: true });
  return {
    schemaVersion: 1,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    dataFolder,
    configurationFile: join(dataFolder, 'cluster.yaml'),
    venue: {
      name: VENUE_NAME,
      pid: 0,
      fix,
      ...(hasSecond ? { secondFix: rest[2 * count] ?? '' } : {}),
      http,
      log: join(logs, 'venue.log'),
    },
    nodes: Array.from({ length: count }, (_, n) => ({
      name: `n${n + 1}`,
      id: n + 1,
      pid: 0,
      raft: rest[2 * n] ?? '',
      api: rest[2 * n + 1] ?? '',
      log: join(logs, `n${n + 1}.log`),
      restarts: 0,
    })),
  };
}

/** The text of the configuration file. */
export function configurationText(runFile: RunFile, options: ClusterOptions): string {
  return clusterFileText({
    cluster: 'demo',
    nodes: runFile.nodes.map(({ id, name, raft, api }) => ({ id, name, raft, api })),
    venueFix: runFile.venue.fix,
    venueHttp: runFile.venue.http,
    ...(runFile.venue.secondFix === undefined ? {} : { venueSecondFix: runFile.venue.secondFix }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    durability: options.durability ?? 'disk',
    timing: options.timing ?? 'colocated',
    strategies: options.strategies ?? exampleStrategies(),
    neverReceivedPolicy: options.neverReceivedPolicy ?? 'void',
    logLevel: options.logLevel ?? 'info',
    rehearse: options.rehearse ?? true,
    more: options.configuration ?? {},
  });
}

/** The arguments of `baton` for the venue. */
export function venueCommand({ venue }: RunFile, { profile, venueArguments = [] }: ClusterOptions): string[] {
  const command = ['venue', '--fix', venue.fix, '--http', venue.http];
  if (profile !== undefined) command.push('--profile', profile.name);
  if (venue.secondFix !== undefined) command.push('--second-fix', venue.secondFix);
  return [...command, ...venueArguments, '--end-with-parent'];
}

/** The processes, by name, not yet started. */
export function processesOf(runFile: RunFile, options: ClusterOptions): Map<string, SupervisedProcess> {
  const baton = options.batonCommand ?? ownCommand();
  const restartDelayMs = options.restartDelayMs === undefined ? RESTART_DELAY_MS : options.restartDelayMs;
  const { venue, nodes, configurationFile } = runFile;
  const processes = new Map<string, SupervisedProcess>();
  const add = (name: string, logFile: string, args: readonly string[], delayMs: number | null): void => {
    const command: [string, ...string[]] = [...baton, ...args];
    processes.set(name, new SupervisedProcess({ name, command, logFile, restartDelayMs: delayMs }));
    closeSync(openSync(logFile, 'a'));
  };
  // A venue that died has forgotten its side of the story; started again, it could only contradict the ledgers.
  add('venue', venue.log, venueCommand(runFile, options), null);
  for (const node of nodes) {
    add(
      node.name,
      node.log,
      ['node', '--config', configurationFile, '--node', node.name, '--end-with-parent'],
      restartDelayMs,
    );
  }
  return processes;
}
