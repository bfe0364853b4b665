/** `baton strategy new NAME`: a working strategy with its test. `baton strategy test FILE`: a failover at a chosen point. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { addStrategyVersions } from './command-strategy-versions.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { collected, integerFrom, parameter, profileName } from './option-values.ts';
import { newStrategy } from './strategy-template.ts';
import { runStrategyTest } from './strategy-test-program.ts';

interface NewOptions {
  readonly folder: string;
}

export function addStrategyCommand(program: Command, context: CommandContext): void {
  const strategy = program
    .command('strategy')
    .description('begin a strategy, test one against a failover; deploy, promote, pause its versions');
  addNew(strategy, context);
  addTest(strategy, context);
  addStrategyVersions(strategy, context);
}

function addNew(strategy: Command, { run, output }: CommandContext): void {
  strategy
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

interface TestOptions {
  readonly failoverAt: string;
  readonly victim: string;
  readonly seed: number;
  readonly profile: string;
  readonly mode: string;
  readonly seconds: number;
  readonly parameter?: readonly (readonly [string, string | number | boolean])[];
  readonly json?: true;
}

/** Longest that a test may take on this machine. */
const TEST_LIMIT_MS = 10 * 60_000;

function addTest(strategy: Command, { run, output }: CommandContext): void {
  strategy
    .command('test')
    .description('run a strategy on the deterministic venue, once calm and once with a failover at a chosen point')
    .argument('<file>', "the strategy's module")
    .option('--failover-at <point>', 'where the leader dies; POINT:N for the Nth time', 'intent-answer')
    .addOption(new Option('--victim <who>', 'who dies there').choices(['node', 'desk', 'both']).default('node'))
    .option('--seed <number>', 'of the market and of everything else', integerFrom(0, 999_999_999), 1)
    .option('--profile <name>', 'what the venue plays', profileName, 'classic-789')
    .addOption(
      new Option('--mode <mode>', 'how it is run').choices(['shadow', 'leader', 'replicated']).default('shadow'),
    )
    .option('--seconds <number>', 'simulated trading time', integerFrom(1, 86_400), 300)
    .option('--parameter <key=value>', 'a parameter of it (may be repeated); symbol is BTC-USD', collected(parameter))
    .option('--json', 'the result as JSON')
    .addHelpText('after', TEST_HELP)
    .action((file: string, options: TestOptions) =>
      run(() => {
        if (!existsSync(file)) {
          throw new CliError('BATON_CLI_USAGE', `there is no file ${file}`, { exitCode: ExitCode.inputMissing });
        }
        const { json, parameter: pairs = [], ...rest } = options;
        const order = { file: resolve(file), options: { ...rest, parameters: Object.fromEntries(pairs) } };
        const form = json === true ? 'json' : 'text';
        return runStrategyTest({ ...order, form, limitMs: TEST_LIMIT_MS }, output);
      }),
    );
}

const TEST_HELP = `
Points: before-intent (decided, not yet given), intent-answer (given, on no disk), commit-send (committed, not written),
send-ack (written, not answered), ack-fill (working, not filled), fill (the fill is unread), checkpoint (the state is on its
way), tick:N (told of the market for the Nth time), at:N (N seconds after trading began).

Exit codes: 0 every law holds, 70 one is broken, 1 it could not be tested.

Examples:
  $ npx baton strategy test examples/market-maker.ts --failover-at send-ack:3
  $ npx baton strategy test strategies/follow-the-bar.ts --failover-at tick:40 --victim both --seed 7
`;

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
