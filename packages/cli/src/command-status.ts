/** `baton status`: who leads, how far each node is, whether the gate is open. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { leaderOf, type NodeReport } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type NamedCluster, namedCluster, withWhichCluster } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';
import { problemLines, statusTable } from './status-table.ts';

const HELP = `
Exit codes: 0 a leader was found, 10 nodes answer and none leads, 69 no node answers, 77 they refuse the token.

Examples:
  $ npx baton status
  $ npx baton status --watch 500
  $ npx baton status --json | jq .leader
  $ npx baton status --api 10.0.0.1:9091 --api 10.0.0.2:9091 --api 10.0.0.3:9091
`;

interface StatusOptions extends NamedCluster {
  readonly watch?: number | true;
}

const WATCH_MS = 1_000;

export function addStatusCommand(program: Command, { run, output }: CommandContext): void {
  withWhichCluster(
    program
      .command('status')
      .description('show all nodes: role, term, commit index, lag, gate, orders, fills, position'),
  )
    .option('--json', 'one JSON document, or one a line with --watch')
    .option(
      '--watch [ms]',
      'ask again and again, every second or every so many milliseconds',
      integerFrom(50, 3_600_000),
    )
    .addHelpText('after', HELP)
    .action((options: StatusOptions) => run(() => showStatus(options, output)));
}

async function showStatus(options: StatusOptions, output: CommandOutput): Promise<number> {
  const view = namedCluster(options);
  if (options.watch === undefined) return showOnce(await view.status(), options, output);
  const everyMs = options.watch === true ? WATCH_MS : options.watch;
  for (;;) {
    showOnce(await view.status(), options, output);
    await delay(everyMs);
  }
}

function showOnce(reports: readonly NodeReport[], options: StatusOptions, { out, err }: CommandOutput): number {
  const leader = leaderOf(reports);
  if (options.json === true) {
    const document = { schemaVersion: 1, leader: leader?.node ?? null, nodes: reports };
    writeLine(out, options.watch === undefined ? jsonText(document) : JSON.stringify(document));
  } else {
    writeLine(out, statusTable(reports, out));
    for (const line of problemLines(reports)) writeLine(out, line);
    if (options.watch !== undefined) writeLine(out);
  }
  if (leader !== null) return ExitCode.done;
  if (reports.some((report) => report.status !== null)) {
    writeLine(err, 'baton: no node leads');
    return ExitCode.unhealthy;
  }
  throwUnlessWatching(reports, options);
  return ExitCode.unreachable;
}

function throwUnlessWatching(reports: readonly NodeReport[], options: StatusOptions): void {
  if (options.watch !== undefined) return;
  throw new CliError('BATON_CLI_UNREACHABLE', `no node answers: ${reports.map((report) => report.error).join('; ')}`, {
    exitCode: ExitCode.unreachable,
    remedy: 'start the cluster with `npx baton up`, or name a node with --api host:port',
  });
}
