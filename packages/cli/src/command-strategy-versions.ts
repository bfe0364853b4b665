/** `baton strategy list|deploy|diff|promote|rollback|parameters|pause|resume|remove`: versions of strategies, while they trade. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type NamedCluster, namedCluster, withWhichCluster } from './named-cluster.ts';
import { collected, integerFrom, parameter } from './option-values.ts';
import { StrategiesClient, type StrategyAction, type StrategyAnswer } from './strategies-client.ts';
import { diffLines, strategiesLines } from './strategies-text.ts';

const HELP = `
A version is deployed as a candidate: it runs on every node beside the active one, on the same inputs, and nothing of it goes
out. Look at the difference, then promote it: from one entry of the log on its intents count, and the old ones no longer do.
The old version runs on, muted, so that a rollback is one command and as exact.

Exit codes: 0 done, 1 refused (the reason is told), 66 no such strategy, 69 no node answers, 75 outcome unknown: repeat it.

Examples:
  $ npx baton strategy deploy maker strategies/maker.ts --parameter quantity=2
  $ npx baton strategy diff maker
  $ npx baton strategy promote maker
  $ npx baton strategy rollback maker
  $ npx baton strategy parameters maker quantity=1 --reason "calmer"
  $ npx baton strategy pause maker
`;

interface WhereOptions extends NamedCluster {
  readonly via?: readonly string[];
  readonly timeout: number;
}

interface SignedOptions extends WhereOptions {
  readonly by: string;
  readonly reason: string;
}

interface DeployOptions extends SignedOptions {
  readonly parameter?: readonly (readonly [string, unknown])[];
  readonly mode?: string;
  readonly memory?: number;
  readonly onFailure?: string;
  readonly ordersOnHalt?: string;
  readonly state?: string;
  readonly promote?: boolean;
}

export function addStrategyVersions(strategy: Command, context: CommandContext): void {
  strategy.addHelpText('after', HELP);
  addLooks(strategy, context);
  addDeploy(strategy, context);
  addChanges(strategy, context);
  addPauses(strategy, context);
}

function addLooks(strategy: Command, { run, output }: CommandContext): void {
  where(strategy.command('list').description('versions of all strategies: which counts, how each fares')).action(
    (options: WhereOptions) =>
      run(async () => {
        const view = await clientOf(options).list();
        if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, ...view }));
        else for (const line of strategiesLines(view)) writeLine(output.out, line);
        return ExitCode.done;
      }),
  );
  where(strategy.command('diff').description('what the second version would do otherwise, on the leader'))
    .argument('<name>', 'id of the strategy')
    .action((name: string, options: WhereOptions) =>
      run(async () => {
        const diff = await clientOf(options).diff(name);
        if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, ...diff }));
        else for (const line of diffLines(diff)) writeLine(output.out, line);
        return ExitCode.done;
      }),
    );
}

function addDeploy(strategy: Command, { run, output }: CommandContext): void {
  signed(strategy.command('deploy').description('let a version run beside the active one, muted'))
    .argument('<name>', 'id of the strategy; a new one if there is none')
    .argument('<file>', 'its module, at this path on every node')
    .option('--parameter <name=value>', 'a parameter; others stay as they are (may be repeated)', collected(parameter))
    .addOption(new Option('--mode <mode>', 'where it runs').choices(['shadow', 'leader', 'replicated']))
    .option('--memory <MiB>', 'most memory of its thread', integerFrom(16, 65_536))
    .addOption(new Option('--on-failure <policy>', 'what follows a failure').choices(['restart', 'halt']))
    .addOption(new Option('--orders-on-halt <policy>', 'what becomes of its orders').choices(['leave', 'cancel']))
    .addOption(new Option('--state <source>', 'what it begins with').choices(['active', 'fresh']))
    .option('--promote', 'and promote it as soon as it runs')
    .action((name: string, file: string, options: DeployOptions) =>
      run(async () => {
        const { memory, mode, onFailure, ordersOnHalt, parameter: parameters, promote, state } = options;
        const body = {
          ...signatureOf(options),
          file: existsSync(file) ? resolve(file) : file,
          ...(parameters === undefined ? {} : { parameters: Object.fromEntries(parameters) }),
          ...(mode === undefined ? {} : { mode }),
          ...(memory === undefined ? {} : { memoryMb: memory }),
          ...(onFailure === undefined ? {} : { onFailure }),
          ...(ordersOnHalt === undefined ? {} : { ordersOnHalt }),
          ...(state === undefined ? {} : { state }),
        };
        const code = await act(name, 'deploy', body, options, output);
        return promote === true && code === ExitCode.done ? promoteWhenRunning(name, options, output) : code;
      }),
    );
}

function addChanges(strategy: Command, { run, output }: CommandContext): void {
  signed(strategy.command('promote').description('let the candidate count, from one entry of the log on'))
    .argument('<name>', 'id of the strategy')
    .option('--force', 'although some node cannot run it')
    .action((name: string, options: SignedOptions & { readonly force?: boolean }) =>
      run(() => promoteNow(name, options, output)),
    );
  signed(strategy.command('rollback').description('go back to the version before'))
    .argument('<name>', 'id of the strategy')
    .action((name: string, options: SignedOptions) =>
      run(async () => {
        const { deployments } = await clientOf(options).one(name);
        const from = deployments.find(({ place }) => place === 'active')?.deployment;
        return act(name, 'rollback', { ...signatureOf(options), ...(from ? { from } : {}) }, options, output);
      }),
    );
  signed(strategy.command('parameters').description('change parameters while it runs; those not named stay'))
    .argument('<name>', 'id of the strategy')
    .argument('<name=value...>', 'what changes')
    .option('--deployment <n>', 'of another version than the active one', integerFrom(0, 1_000_000_000))
    .action((name: string, texts: readonly string[], options: SignedOptions & { readonly deployment?: number }) =>
      run(() => {
        const { deployment } = options;
        const parameters = Object.fromEntries(texts.map(parameter));
        const body = { ...signatureOf(options), parameters, ...(deployment === undefined ? {} : { deployment }) };
        return act(name, 'parameters', body, options, output);
      }),
    );
  signed(strategy.command('remove').description('end a version: the candidate, or the one that is named'))
    .argument('<name>', 'id of the strategy')
    .option('--deployment <n>', 'which version', integerFrom(0, 1_000_000_000))
    .option('--cancel-orders', 'take its open orders back, if it is the active one')
    .action(
      (name: string, options: SignedOptions & { readonly deployment?: number; readonly cancelOrders?: boolean }) =>
        run(() => {
          const { cancelOrders = false, deployment } = options;
          const body = { ...signatureOf(options), cancelOrders, ...(deployment === undefined ? {} : { deployment }) };
          return act(name, 'remove', body, options, output);
        }),
    );
}

function addPauses(strategy: Command, { run, output }: CommandContext): void {
  for (const [action, text] of [
    ['pause', 'let a strategy rest, or all: they add nothing, their orders stay; also under the next leader'],
    ['resume', 'let it go on'],
  ] as const) {
    signed(strategy.command(action).description(text))
      .argument('[name]', 'id of the strategy; left out: all', '')
      .action((name: string, options: SignedOptions) =>
        run(() => act(name, action, signatureOf(options), options, output)),
      );
  }
}

async function promoteNow(
  name: string,
  options: SignedOptions & { readonly force?: boolean },
  output: CommandOutput,
): Promise<number> {
  const client = clientOf(options);
  const { deployments } = await client.one(name);
  const candidate = deployments.find(({ place }) => place === 'candidate')?.deployment;
  const { force = false } = options;
  const unable = candidate === undefined || force ? [] : await client.unable(name, candidate);
  if (unable.length > 0) {
    throw new CliError(
      'BATON_CLI_API',
      `not every node can run deployment ${candidate} of ${name}:\n${unable.join('\n')}`,
      {
        exitCode: ExitCode.refused,
        remedy: 'mend it, or promote with --force: those nodes will not trade this strategy when they lead',
      },
    );
  }
  const body = { ...signatureOf(options), force, ...(candidate === undefined ? {} : { deployment: candidate }) };
  return act(name, 'promote', body, options, output);
}

/** A version that was just deployed takes a second to start. */
async function promoteWhenRunning(name: string, options: SignedOptions, output: CommandOutput): Promise<number> {
  const endMs = performance.now() + options.timeout * 1000;
  for (;;) {
    const { deployments } = await clientOf(options).one(name);
    const candidate = deployments.find(({ place }) => place === 'candidate');
    const isSettled = candidate?.here !== null && candidate?.here?.state !== 'starting';
    if (isSettled || performance.now() > endMs) return promoteNow(name, options, output);
    await new Promise((resolved) => setTimeout(resolved, 200));
  }
}

async function act(
  name: string,
  action: StrategyAction,
  body: object,
  options: WhereOptions,
  { err, out }: CommandOutput,
): Promise<number> {
  const answer: StrategyAnswer = await clientOf(options).act(name, action, body, options.timeout * 1000);
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...answer }));
  if (!answer.ok) {
    writeLine(err, `refused: ${answer.text ?? answer.code ?? ''}`);
    return ExitCode.failed;
  }
  if (options.json !== true) writeLine(err, answer.duplicate === true ? 'done already' : 'done');
  return ExitCode.done;
}

function clientOf(options: WhereOptions): StrategiesClient {
  return new StrategiesClient(namedCluster(options));
}

function signatureOf({ by, reason }: SignedOptions): { readonly by: string; readonly reason: string } {
  return { by, reason };
}

function where(command: Command): Command {
  return withWhichCluster(command, 'via')
    .option('--timeout <s>', 'how long to repeat what got no answer', integerFrom(1, 600), 10)
    .option('--json', 'one JSON document');
}

function signed(command: Command): Command {
  return where(command)
    .option('--by <who>', 'who wants it; kept in the log', userName())
    .option('--reason <text>', 'why; kept in the log', '');
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
