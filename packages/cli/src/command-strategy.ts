/** `baton strategy new NAME`: a working strategy with its test, to begin with. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { newStrategy } from './strategy-template.ts';

interface NewOptions {
  readonly folder: string;
}

export function addStrategyCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('strategy')
    .description('begin a strategy')
    .command('new')
    .description('write a working strategy and its test')
    .argument('<name>', 'lower case letters, digits and hyphens', strategyName)
    .option('--folder <dir>', 'where to; made if missing', '.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 2 a file of that name is there already.\n\nExample:\n  $ npx baton strategy new follow-the-bar --folder strategies\n',
    )
    .action((name: string, options: NewOptions) => run(async () => create(name, options, output)));
}

function create(name: string, { folder }: NewOptions, { out }: CommandOutput): number {
  const { configuration, files } = newStrategy(name);
  const paths = Object.keys(files).map((file) => join(folder, file));
  const taken = paths.find((path) => existsSync(path));
  if (taken !== undefined) {
    throw new CliError('BATON_CLI_USAGE', `${taken} is there already, and nothing was written`, {
      exitCode: ExitCode.usage,
      remedy: 'choose another name, or another --folder',
    });
  }
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  writeLine(out, `written: ${paths.join(', ')}`);
  writeLine(out, `test it:  node --test ${resolve(folder, `${name}.test.ts`)}`);
  writeLine(
    out,
    `trade it: put this into the configuration file of the cluster, with the right path\n\n${configuration}`,
  );
  return ExitCode.done;
}

function strategyName(text: string): string {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) && text.length <= 32) return text;
  throw new InvalidArgumentError('Expected lower case letters, digits and hyphens, at most 32, a letter first.');
}
