/** `baton node`: one trading node, in the foreground, until it is stopped or its core ends. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { endWithParent } from './parent-watch.ts';

const DEFAULT_CONFIGURATION = './baton.yaml';

const HELP = `
Configuration: --config, else BATON_CONFIG, else ${DEFAULT_CONFIGURATION}. One file serves all nodes of a cluster;
\`baton up\` writes one into its data folder that may serve as a start.

Signals: SIGTERM and SIGINT stop in order (hand over leadership, close the journal); a second one stops at once.

Example:
  $ npx baton node --config baton-data/cluster.yaml --node n1
`;

interface NodeOptions {
  readonly config?: string;
  readonly node: string;
  readonly endWithParent?: boolean;
}

export function addNodeCommand(program: Command, { run }: CommandContext): void {
  program
    .command('node')
    .description('run one trading node in the foreground')
    .option('--config <file>', 'configuration file of the cluster (YAML)')
    .requiredOption('--node <name>', 'which node of the file this one is')
    .addOption(new Option('--end-with-parent', 'end when standard input closes').hideHelp())
    .addHelpText('after', HELP)
    .action((options: NodeOptions) =>
      run(async () => {
        if (options.endWithParent === true) endWithParent();
        const configurationFile = options.config ?? process.env['BATON_CONFIG'] ?? DEFAULT_CONFIGURATION;
        // Loaded only here: no other command needs a node's code.
        const { runNode } = await import('@baton/node');
        return runNode({ configurationFile, nodeName: options.node });
      }),
    );
}
