/** `baton kill-leader`: SIGKILL to the leader of a running cluster, and the timeline of what happened then. */
import type { Command } from 'commander';
import { ClusterView } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { failoverTimeline, killLeader } from './failover.ts';
import { failoverLines } from './failover-text.ts';
import { integerFrom } from './option-values.ts';
import { requireRunFile } from './run-file.ts';

const HELP = `
The leader's core process gets SIGKILL: no warning, no clean-up, as after a crash. Times are milliseconds since the kill,
taken from the next leader's own record and from the venue's.

Examples:
  $ npx baton kill-leader
  $ npx baton kill-leader --json
`;

interface KillLeaderOptions {
  readonly data: string;
  readonly json?: boolean;
  readonly timeout: number;
}

export function addKillLeaderCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('kill-leader')
    .description('kill the leader of the cluster on this machine and tell how the failover went')
    .option('--data <dir>', 'data folder of the cluster', './baton-data')
    .option('--json', 'the timeline as JSON')
    .option('--timeout <ms>', 'give up after this time', integerFrom(100, 3_600_000), 30_000)
    .addHelpText('after', HELP)
    .action((options: KillLeaderOptions) => run(() => killAndTell(options, output)));
}

async function killAndTell(options: KillLeaderOptions, { out, err }: CommandOutput): Promise<number> {
  const view = ClusterView.fromRunFile(requireRunFile(options.data));
  const kill = await killLeader(view);
  if (options.json !== true) writeLine(err, `killed ${kill.node} (process ${kill.pid}), leader of term ${kill.term}`);
  const timeline = await failoverTimeline(view, kill, { timeoutMs: options.timeout });
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...timeline }));
  else for (const line of failoverLines(timeline)) writeLine(out, line);
  return 0;
}
