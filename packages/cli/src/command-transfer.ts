/** `baton transfer [NODE]`: planned hand-over of leadership in a running cluster, and how long order flow was interrupted. */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { type NamedCluster, namedCluster, requireLeader, withClusterOptions } from './named-cluster.ts';

const HELP = `
The leader lets what is under way be committed, then tells the other node to take over at once (no timeout runs out).
Without NODE, whoever has most of the log takes over.

Examples:
  $ npx baton transfer
  $ npx baton transfer n2
  $ npx baton transfer n2 --api 10.0.0.1:9091,10.0.0.2:9091,10.0.0.3:9091
`;

export function addTransferCommand(program: Command, { run, output }: CommandContext): void {
  withClusterOptions(
    program.command('transfer').argument('[node]', 'who shall lead').description('hand leadership over, in order'),
  )
    .addHelpText('after', HELP)
    .action((node: string | undefined, options: NamedCluster) => run(() => transfer(node ?? '', options, output)));
}

async function transfer(to: string, options: NamedCluster, { out }: CommandOutput): Promise<number> {
  const { client, status: before } = await requireLeader(namedCluster(options));
  const { leader, term } = to === before.node ? { leader: before.node, term: before.term } : await client.transfer(to);
  const result = { schemaVersion: 1, from: before.node, leader, term, changed: leader !== before.node };
  if (options.json === true) writeLine(out, jsonText(result));
  else if (result.changed) writeLine(out, `${leader} leads term ${term}; it was ${before.node}`);
  else writeLine(out, `${leader} leads already (term ${term})`);
  return ExitCode.done;
}
