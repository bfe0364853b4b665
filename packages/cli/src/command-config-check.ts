/** `baton config check FILE`: every mistake of a configuration file at once, each with field, value and fix. */

import { ConfigurationError, type ConfigurationProblem, loadConfiguration, resolvePlan } from '@baton/node';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';

const HELP = `
Without --node the shape and what must agree are checked; with it also the files that this node reads: certificates, keys,
passwords, tokens. Nothing is started and nobody is asked. The keys: docs/contracts.md.

Exit codes: 0 nothing is wrong, 78 something is.

Examples:
  $ npx baton config check cluster.yaml
  $ npx baton config check /etc/baton/cluster.yaml --node n1 --json
`;

export function addConfigCheckCommand(config: Command, { run, output: { err, out } }: CommandContext): void {
  config
    .command('check <file>')
    .description('check a configuration file: every mistake with field, value and fix')
    .option('--node <name>', 'also the files that this node reads')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action((file: string, options: { readonly node?: string; readonly json?: boolean }) =>
      run(async () => {
        const problems = problemsOf(file, options.node);
        const isGood = problems.length === 0;
        if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, file, ok: isGood, problems }));
        else if (isGood) writeLine(out, `${file}: nothing is wrong`);
        for (const problem of options.json === true ? [] : problems) writeLine(err, problemText(problem));
        return isGood ? ExitCode.done : ExitCode.configurationInvalid;
      }),
    );
}

function problemsOf(file: string, node: string | undefined): readonly ConfigurationProblem[] {
  try {
    const configuration = loadConfiguration(file);
    if (node !== undefined) resolvePlan(file, configuration, node);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

function problemText({ column, expected, file, key, line, remedy, value }: ConfigurationProblem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  const found = value === '' ? 'is missing or wrong' : `is ${value}`;
  return `${place}: ${key || '(file)'} ${found}\n  expected: ${expected}\n  fix:      ${remedy}`;
}
