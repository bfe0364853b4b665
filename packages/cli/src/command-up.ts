/** `baton up`: a whole cluster on this machine, in the foreground, until it is stopped. */
import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Cluster } from './cluster.ts';
import type { ClusterOptions } from './cluster-plan.ts';
import type { CommandContext } from './command-context.ts';
import type { CommandOutput } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { collected, parameter, portNumber, profileName, profileOption } from './option-values.ts';
import { UpSession } from './up-session.ts';

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
  $ npx baton up --strategy examples/market-maker.ts --parameter symbol=BTC-USD --parameter everyMs=500
`;

interface UpOptions {
  readonly data: string;
  readonly fresh?: boolean;
  /** false: none; true: the example. */
  readonly strategy?: boolean | string;
  readonly parameter?: readonly (readonly [string, string | number | boolean])[];
  readonly venuePort?: number;
  readonly venueHttpPort?: number;
  readonly raftPort?: number;
  readonly apiPort?: number;
  readonly durability: 'disk' | 'memory';
  readonly timing: 'colocated' | 'lan' | 'wan' | 'requirements';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly profile?: string;
  readonly plain?: boolean;
}

export function addUpCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('up')
    .description('start a cluster on this machine: simulated venue, three nodes, an example strategy')
    .option('--data <dir>', 'folder for everything the cluster writes', './baton-data')
    .option('--fresh', 'remove what earlier clusters left in that folder instead of setting it aside')
    .option('--strategy <file>', 'run this strategy instead of the example')
    .option('--parameter <key=value>', 'a parameter of it (may be repeated)', collected(parameter))
    .option('--no-strategy', 'start no strategy: orders come by the API only')
    .option('--venue-port <port>', "the venue's FIX port, and no other", portNumber)
    .option('--venue-http-port <port>', "the venue's HTTP port, and no other", portNumber)
    .option('--raft-port <port>', "the first node's port for the other nodes; the next ones follow", portNumber)
    .option('--api-port <port>', "the first node's API port; the next ones follow", portNumber)
    .addOption(
      new Option('--durability <mode>', 'where a quorum must have an entry before it counts')
        .choices(['disk', 'memory'])
        .default('disk'),
    )
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
    .option('--profile <name>', 'which venue is played (see baton venue --help)', profileName)
    .option('--plain', 'one line a change, even on a terminal')
    .addHelpText('after', HELP)
    .action((options: UpOptions) => run(() => runUp(options, output)));
}

async function runUp(options: UpOptions, output: CommandOutput): Promise<number> {
  const cluster = await Cluster.start({
    dataFolder: options.data,
    ports: 'usual',
    durability: options.durability,
    timing: options.timing,
    logLevel: options.logLevel,
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    ...strategiesOption(options),
    ...(options.venuePort === undefined ? {} : { venueFixPort: options.venuePort }),
    ...(options.venueHttpPort === undefined ? {} : { venueHttpPort: options.venueHttpPort }),
    ...(options.raftPort === undefined ? {} : { raftPort: options.raftPort }),
    ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
    ...profileOption(options.profile),
  });
  const session = new UpSession(cluster, output, { isLive: output.out.isTTY === true && options.plain !== true });
  await session.run();
  return ExitCode.done;
}

/** A strategy is called after its file; the example and none need no file. */
function strategiesOption({ parameter = [], strategy }: UpOptions): Pick<ClusterOptions, 'strategies'> {
  if (strategy === undefined || strategy === true) return {};
  if (strategy === false) return { strategies: [] };
  const file = resolve(strategy);
  if (!existsSync(file)) {
    throw new CliError('BATON_CLI_USAGE', `--strategy names ${file}, which is not there`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'begin one with: npx baton strategy new my-strategy',
    });
  }
  return { strategies: [{ id: basename(file, extname(file)), file, parameters: Object.fromEntries(parameter) }] };
}
