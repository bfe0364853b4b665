/** `baton config show|set|unset|history`: the configuration in force, and changes of it without a restart. */
import type { Command } from 'commander';
import { addConfigCheckCommand } from './command-config-check.ts';
import type { CommandContext } from './command-context.ts';
import { jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { askAny, type NamedCluster, namedCluster, requireLeader, withClusterOptions } from './named-cluster.ts';

const HELP = `
A change is an entry of the log: it is in force on every node at once, from that entry on, and stays above the file of
later leaders until it is unset. Keys that only a restart reads are refused, with what to do instead.

Examples:
  $ npx baton config show
  $ npx baton config set limits.symbols.BTC-USD.priceCollarPercent 2.5 --reason "quiet market"
  $ npx baton config unset limits.symbols.BTC-USD.priceCollarPercent
  $ npx baton config history
`;

type Change = NamedCluster & { readonly reason: string };

export function addConfigCommand(program: Command, { output, run }: CommandContext): void {
  const { out } = output;
  const config = program.command('config').description('the configuration in force; change it without a restart');
  config.addHelpText('after', HELP);
  addConfigCheckCommand(config, { run, output });
  withClusterOptions(config.command('show'))
    .description('what is in force, what was set above the file, which keys can be set')
    .option('--keys', 'only the keys that can be set')
    .action((options: NamedCluster & { readonly keys?: boolean }) =>
      run(async () => {
        const view = await configurationOf(options);
        if (options.keys === true) for (const key of view.keys) writeLine(out, key);
        else if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...view }));
        else {
          writeLine(out, jsonText(view.configuration));
          const set = Object.entries(view.overrides);
          writeLine(out, set.length === 0 ? 'nothing is set above the file' : 'set above the file:');
          for (const [key, value] of set) writeLine(out, `  ${key} = ${value}`);
        }
        return ExitCode.done;
      }),
    );
  withClusterOptions(config.command('history'))
    .description('the last changes, oldest first')
    .action((options: NamedCluster) =>
      run(async () => {
        const { changes } = await configurationOf(options);
        if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, changes }));
        else {
          for (const { after, before, index, key, reason, timeUs, version } of changes) {
            const time = new Date(timeUs / 1000).toISOString();
            const what = key === '(file)' ? 'the file of the leader' : `${key}: '${before}' → '${after}'`;
            writeLine(
              out,
              `${time}  version ${version}  entry ${index}  ${what}${reason === '' ? '' : `  (${reason})`}`,
            );
          }
        }
        return ExitCode.done;
      }),
    );
  const change = (options: Change, key: string, value: string): Promise<void> =>
    run(async () => {
      const { client } = await requireLeader(namedCluster(options));
      const answer = await client.setConfiguration({ key, value, reason: options.reason });
      if (!answer.ok) {
        throw new CliError('BATON_CLI_REFUSED', `${answer.code ?? 'refused'}: ${answer.text ?? ''}`, {
          exitCode: ExitCode.configurationInvalid,
          remedy: 'npx baton config show --keys lists what can be set',
        });
      }
      const { version } = await client.configuration();
      if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, key, value, version }));
      else
        writeLine(out, `${value === '' ? `${key} is as in the file again` : `${key} = ${value}`} (version ${version})`);
      return ExitCode.done;
    });
  withClusterOptions(config.command('set <key> <value>'))
    .description('set one key')
    .option('--reason <text>', 'why, for those who look later', '')
    .action((key: string, value: string, options: Change) => change(options, key, value));
  withClusterOptions(config.command('unset <key>'))
    .description('go back to what the file says')
    .option('--reason <text>', 'why, for those who look later', '')
    .action((key: string, options: Change) => change(options, key, ''));
}

async function configurationOf(options: NamedCluster) {
  const view = await askAny(namedCluster(options), (client) => client.configuration());
  if (view !== null) return view;
  throw new CliError('BATON_CLI_UNREACHABLE', 'no node answers', {
    exitCode: ExitCode.unreachable,
    remedy: 'look whether they run: baton status',
  });
}
