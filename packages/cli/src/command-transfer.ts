/** `baton transfer [NODE]`: planned hand-over of leadership in a running cluster, and how long order flow was interrupted. */
import type { Command } from 'commander';
import { ClusterView } from './cluster-view.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { requireRunFile } from './run-file.ts';

const HELP = `
The leader lets what is under way be committed, then tells the other node to take over at once (no timeout runs out).
Without NODE, whoever has most of the log takes over.

Examples:
  $ npx baton transfer
  $ npx baton transfer n2
  $ npx baton transfer n2 --api 10.0.0.1:9091,10.0.0.2:9091,10.0.0.3:9091
`;

interface TransferOptions {
  readonly data: string;
  readonly api?: string;
  readonly json?: boolean;
}

export function addTransferCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('transfer')
    .argument('[node]', 'who shall lead')
    .description('hand leadership over, in order')
    .option('--data <dir>', 'data folder of the cluster on this machine', './baton-data')
    .option('--api <addresses>', 'API addresses of the nodes, with commas, instead of --data')
    .option('--json', 'the result as JSON')
    .addHelpText('after', HELP)
    .action((node: string | undefined, options: TransferOptions) => run(() => transfer(node ?? '', options, output)));
}

async function transfer(to: string, options: TransferOptions, { out }: CommandOutput): Promise<number> {
  const view =
    options.api === undefined
      ? ClusterView.fromRunFile(requireRunFile(options.data))
      : ClusterView.fromAddresses(options.api.split(',').map((address) => address.trim()));
  const before = await view.leader();
  const client = before === null ? undefined : view.clientOf(before.node);
  if (before === null || client === undefined) {
    throw new CliError('BATON_CLI_NO_LEADER', 'no node says that it leads', {
      exitCode: ExitCode.unreachable,
      remedy: 'ask again in a moment: npx baton status',
    });
  }
  const { leader, term } = to === before.node ? { leader: before.node, term: before.term } : await client.transfer(to);
  const result = { schemaVersion: 1, from: before.node, leader, term, changed: leader !== before.node };
  if (options.json === true) writeLine(out, jsonText(result));
  else if (result.changed) writeLine(out, `${leader} leads term ${term}; it was ${before.node}`);
  else writeLine(out, `${leader} leads already (term ${term})`);
  return ExitCode.done;
}
