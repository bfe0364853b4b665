/** `baton completion SHELL`: prints a completion script. */
import { Argument, type Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { commandTree } from './command-tree.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { ExitCode } from './exit-code.ts';

const HELP = `
With --json: the tree of commands itself, for other tools.

Examples:
  $ baton completion bash > /etc/bash_completion.d/baton
  $ baton completion zsh > "\${fpath[1]}/_baton"
  $ baton completion fish > ~/.config/fish/completions/baton.fish
`;

export function addCompletionCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .option('--json', 'the tree of commands as JSON')
    .addHelpText('after', HELP)
    .action((shell: Shell, options: { readonly json?: boolean }) =>
      run(async () => {
        const tree = commandTree(program);
        if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, commands: tree }));
        else output.out.write(completionScript(shell, tree));
        return ExitCode.done;
      }),
    );
}
