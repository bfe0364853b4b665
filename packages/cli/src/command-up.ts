/** `baton up`: a whole cluster on this machine, in the foreground, until it is stopped. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Cluster } from './cluster.ts';
import type { NodeReport } from './cluster-view.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { FailoverWatch } from './failover-watch.ts';
import { listenToKeys } from './keys.ts';
import { type ClusterDisplay, LiveView, PlainView } from './live-view.ts';
import { portNumber } from './option-values.ts';
import type { CommandContext } from './program.ts';
import { StopRequest } from './stop-request.ts';

const HELP = `
Starts the simulated venue and three nodes as processes of their own on 127.0.0.1, with an example strategy that trades.
A node that dies is started again after half a second. Ports: the usual ones (venue 9880 and 9881, nodes 7101-7103 and
9091-9093) if they are free, others if not. On a terminal it shows a live view: k kills the leader, q or Ctrl-C stops
everything in order (FIX Logout, journals closed), a second Ctrl-C at once.

Everything is kept in the data folder: cluster.yaml (configuration), cluster.json (where it runs), logs/, n1/ n2/ n3/. The
simulated venue forgets when it stops, so each start begins a new story; the one before is set aside in previous/.

Examples:
  $ npx baton up
  $ npx baton up --fresh --data /tmp/baton
  $ npx baton up --durability memory --no-strategy
`;

interface UpOptions {
  readonly data: string;
  readonly fresh?: boolean;
  readonly strategy: boolean;
  readonly venuePort?: number;
  readonly venueHttpPort?: number;
  readonly durability: 'disk' | 'memory';
  readonly timing: 'colocated' | 'lan' | 'wan' | 'requirements';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly plain?: boolean;
}

const REFRESH_MS = 250;

export function addUpCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('up')
    .description('start a cluster on this machine: simulated venue, three nodes, an example strategy')
    .option('--data <dir>', 'folder for everything the cluster writes', './baton-data')
    .option('--fresh', 'remove what earlier clusters left in that folder instead of setting it aside')
    .option('--no-strategy', 'start no strategy: orders come by the API only')
    .option('--venue-port <port>', "the venue's FIX port, and no other", portNumber)
    .option('--venue-http-port <port>', "the venue's HTTP port, and no other", portNumber)
    .addOption(new Option('--durability <mode>', 'before commit').choices(['disk', 'memory']).default('disk'))
    .addOption(
      new Option('--timing <profile>', 'how fast a death is noticed')
        .choices(['colocated', 'lan', 'wan', 'requirements'])
        .default('colocated'),
    )
    .addOption(
      new Option('--log-level <level>', "of the nodes' logs")
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .option('--plain', 'one line a change, even on a terminal')
    .addHelpText('after', HELP)
    .action((options: UpOptions) => run(() => runUp(options, output)));
}

async function runUp(options: UpOptions, { out, err }: CommandOutput): Promise<number> {
  const cluster = await Cluster.start({
    dataFolder: options.data,
    ports: 'usual',
    durability: options.durability,
    timing: options.timing,
    logLevel: options.logLevel,
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    ...(options.strategy ? {} : { strategies: [] }),
    ...(options.venuePort === undefined ? {} : { venueFixPort: options.venuePort }),
    ...(options.venueHttpPort === undefined ? {} : { venueHttpPort: options.venueHttpPort }),
  });
  const stop = new StopRequest(() => {
    void cluster.abandon().finally(() => process.exit(ExitCode.failed));
  });
  stop.listen();
  writeLine(err, `data folder: ${cluster.dataFolder}`);
  const isLive = out.isTTY === true && options.plain !== true;
  const display = isLive ? new LiveView(out, titleOf(cluster), [...hintsOf(cluster), KEYS]) : new PlainView(out);
  if (!isLive) for (const hint of hintsOf(cluster)) writeLine(err, hint);
  const giveKeysBack = isLive ? listenToKeys((key) => pressed(key, { cluster, display, stop, watch })) : () => {};
  const watch = new FailoverWatch(cluster.view, (timeline) => display.failover(timeline));
  noteProcesses(cluster, display);
  try {
    await watchUntilStopped(cluster, display, watch, stop.signal);
  } finally {
    display.note('stopping: FIX Logout, then the nodes, then the venue (Ctrl-C again: at once)');
    const isLoggedOut = await cluster.stop();
    display.note(isLoggedOut ? 'stopped; the venue session was logged out' : 'stopped without a FIX Logout');
    display.close();
    giveKeysBack();
    stop.close();
  }
  return ExitCode.done;
}

const KEYS = 'keys: k kill the leader   q stop';

function titleOf(cluster: Cluster): string {
  return `Baton: ${cluster.nodeNames.length} nodes and a simulated venue, data in ${cluster.dataFolder}`;
}

function hintsOf({ runFile }: Cluster): string[] {
  const where = runFile.dataFolder === process.cwd() ? '' : ` --data ${runFile.dataFolder}`;
  const order =
    '{"clientKey":"my-1","strategyId":"me","symbol":"BTC-USD","side":"buy","orderType":"limit",' +
    '"timeInForce":"day","quantity":"0.5","price":"59000"}';
  return [
    'try in another terminal:',
    `  npx baton kill-leader${where}`,
    `  npx baton status${where}`,
    `  curl -L -X POST http://${runFile.nodes[0]?.api}/orders -H 'content-type: application/json' -d '${order}'`,
    `  curl http://${runFile.venue.http}/orders`,
  ];
}

function noteProcesses(cluster: Cluster, display: ClusterDisplay): void {
  cluster.on('exited', (name, { pid, code, signal }) => {
    display.note(`${name} ended (process ${pid}, ${signal ?? `exit code ${code}`})`);
  });
  cluster.on('started', (name, pid) => display.note(`${name} started (process ${pid})`));
}

async function watchUntilStopped(
  cluster: Cluster,
  display: ClusterDisplay,
  watch: FailoverWatch,
  signal: AbortSignal,
): Promise<void> {
  const showNow = async (): Promise<NodeReport[]> => {
    const reports = await cluster.status();
    display.show(reports, new Map(cluster.nodeNames.map((name) => [name, cluster.restartsOf(name)])));
    return reports;
  };
  let gaveUp: string | null = null;
  cluster.on('gaveUp', (name, reason) => {
    gaveUp = reason;
    display.note(`${reason}; see ${cluster.dataFolder}/logs/${name}.log`);
  });
  while (!signal.aborted) {
    await watch.look(await showNow());
    await delay(REFRESH_MS, undefined, { signal }).catch(() => {});
  }
  if (gaveUp !== null) display.note(`given up before: ${gaveUp}`);
}

interface KeyContext {
  readonly cluster: Cluster;
  readonly display: ClusterDisplay;
  readonly stop: StopRequest;
  readonly watch: FailoverWatch;
}

function pressed(key: string, { cluster, display, stop, watch }: KeyContext): void {
  if (key === 'q' || key === 'ctrl-c') stop.request();
  if (key !== 'k') return;
  cluster.killLeader().then(
    (kill) => {
      watch.killed(kill);
      display.note(`killed ${kill.node} (process ${kill.pid}), leader of term ${kill.term}`);
    },
    (error: Error) => display.note(error.message),
  );
}
