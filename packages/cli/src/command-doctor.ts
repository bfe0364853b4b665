/** `baton doctor`: names what is wrong with a cluster, or (`--host`) with this host, and what to do about it. */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { clusterFindings } from './doctor-cluster.ts';
import { hostFindings, readHost } from './doctor-host.ts';
import { ExitCode } from './exit-code.ts';
import { type Finding, findingLines } from './finding.ts';
import { askAny, type NamedCluster, namedCluster, withClusterOptions } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';

const HELP = `
Looks at every node: who answers, who leads, gates, orders in doubt, health, links, lag, state hashes, and which phase of
the last failover was slow. With --host at this host instead: processor governor, swap, clock, file limits, free space,
and how long the disk of --folder takes to sync.

Exit codes: 0 nothing is wrong (warnings are told), 10 something is, 69 no node answers.

Examples:
  $ npx baton doctor
  $ npx baton doctor --api 10.0.0.1:9090,10.0.0.2:9090,10.0.0.3:9090 --json
  $ npx baton doctor --host --folder /var/lib/baton
`;

const ROUNDS = 200;

interface DoctorOptions extends NamedCluster {
  readonly host?: boolean;
  readonly folder: string;
  readonly rounds: number;
}

export function addDoctorCommand(program: Command, { run, output }: CommandContext): void {
  withClusterOptions(
    program.command('doctor').description('name what is wrong with a cluster or a host, and what to do'),
  )
    .option('--host', 'look at this host')
    .option('--folder <dir>', 'with --host: the folder whose disk is measured', '.')
    .option('--rounds <n>', 'with --host: how many writes', integerFrom(1, 100_000), ROUNDS)
    .addHelpText('after', HELP)
    .action((options: DoctorOptions) =>
      run(async () => {
        const findings =
          options.host === true ? hostFindings(readHost(options.folder, options.rounds)) : await ofCluster(options);
        return tell(findings, options, output);
      }),
    );
}

async function ofCluster(options: NamedCluster): Promise<Finding[]> {
  const view = namedCluster(options);
  const reports = await view.status();
  const takeovers = (await askAny(view, (client) => client.takeoverReports())) ?? [];
  return clusterFindings({ reports, takeovers });
}

function tell(findings: readonly Finding[], options: DoctorOptions, { out }: CommandOutput): number {
  const isIll = findings.some(({ state }) => state === 'fail');
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ok: !isIll, findings }));
  else for (const line of findingLines(findings, out)) writeLine(out, line);
  const nobody =
    options.host !== true && findings.every(({ check, state }) => !check.startsWith('node ') || state === 'fail');
  if (nobody) return ExitCode.unreachable;
  return isIll ? ExitCode.unhealthy : ExitCode.done;
}
