/** `baton kill-switch on|off`: stops new orders at once, everywhere or for one venue, strategy or symbol; cancels pass. */
import { Argument, type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type KillSwitchOutcome, turnKillSwitch } from './kill-switch.ts';
import { type NamedCluster, namedCluster, withWhichCluster } from './named-cluster.ts';
import type { KillSwitchBody } from './node-client.ts';

const HELP = `
Every node's gate is closed at once, without a quorum; then the cluster is told, so that later leaders know it too. New
orders and replaces are stopped, cancels pass. May be repeated without harm.

Exit codes: 0 done, 69 no node answers, 75 the gates that answered are closed, and the cluster has not been told: repeat.

Examples:
  $ npx baton kill-switch on --reason "prices are wrong"
  $ npx baton kill-switch on --scope symbol --target BTC-USD
  $ npx baton kill-switch off
`;

interface KillSwitchOptions extends NamedCluster {
  readonly scope: KillSwitchBody['scope'];
  readonly target?: string;
  readonly reason: string;
  readonly via?: readonly string[];
}

export function addKillSwitchCommand(program: Command, { run, output }: CommandContext): void {
  withWhichCluster(
    program
      .command('kill-switch')
      .description(
        'stop new orders at once, of everything or of one venue, strategy or symbol; or let them pass again',
      ),
    'via',
  )
    .addArgument(new Argument('<state>', 'what to do').choices(['on', 'off']))
    .addOption(
      new Option('--scope <scope>', 'what to stop')
        .choices(['global', 'venue', 'strategy', 'symbol'])
        .default('global'),
    )
    .option('--target <name>', 'which venue, strategy or symbol')
    .option('--reason <text>', 'why, for those who look later', '')
    .option('--json', 'the outcome as JSON')
    .addHelpText('after', HELP)
    .action((state: 'on' | 'off', options: KillSwitchOptions) =>
      run(() => turnAndTell(state === 'on', options, output)),
    );
}

async function turnAndTell(on: boolean, options: KillSwitchOptions, output: CommandOutput): Promise<number> {
  const { reason, scope, target = '' } = options;
  if ((scope === 'global') !== (target === '')) {
    throw new CliError('BATON_CLI_USAGE', `--scope ${scope} ${target === '' ? 'needs' : 'takes no'} --target`, {
      exitCode: ExitCode.usage,
      remedy: 'name the venue, strategy or symbol: --scope symbol --target BTC-USD',
    });
  }
  const outcome = await turnKillSwitch(namedCluster(options), { on, scope, target, reason });
  if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, on, scope, target, ...outcome }));
  else tell(on, outcome, output);
  if (outcome.clusterFault === '') return ExitCode.done;
  return outcome.gates.length === 0 ? ExitCode.unreachable : ExitCode.outcomeUnknown;
}

function tell(on: boolean, { clusterFault, gates, missing }: KillSwitchOutcome, { err, out }: CommandOutput): void {
  if (gates.length > 0) writeLine(out, `gate ${on ? 'closed' : 'open'}: ${gates.join(', ')}`);
  for (const { node, reason } of missing) writeLine(err, `${node} did not answer: ${reason}`);
  if (clusterFault === '') writeLine(out, `the cluster knows: the kill switch is ${on ? 'on' : 'off'}`);
  else writeLine(err, `the cluster has not been told (${clusterFault}): repeat the command`);
}
