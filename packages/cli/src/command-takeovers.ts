/**
 * `baton takeovers` and `baton takeover N`: what every failover and every lost line did to orders; `baton accept-reset` and
 * `baton settle`: an operator's decisions where no protocol can decide.
 */
import type { TakeoverReport } from '@baton/node';
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { namedCluster, type WhichCluster, withWhichCluster } from './named-cluster.ts';
import type { NodeClient } from './node-client.ts';
import { integerFrom } from './option-values.ts';
import { takeoverSvg } from './takeover-picture.ts';
import { takeoverLines, takeoversTable } from './takeover-text.ts';

const HELP = `
Every node keeps the reports of the last hundred recoveries; the leader is asked, or whoever answers.

Exit codes: 0 told, 66 no such takeover, 69 no node answers.

Examples:
  $ npx baton takeovers
  $ npx baton takeover 7
  $ npx baton takeover 7 --json > takeover-7.json
  $ npx baton takeover 7 --svg > takeover-7.svg
`;

const ACCEPT_HELP = `
A venue that restarts its sequence numbers while orders are open proves nothing about them any more: the gate stays closed.
Reconcile with the venue first. Then this command goes on with the numbers that you agreed on (by default 1 and 1), and
every open order is asked about before the gate opens.
`;

const SETTLE_HELP = `
Only for an order that stays in doubt because the venue does not say. Fills that you know of are booked otherwise; this
says that nothing more will come of the order.
`;

interface WhereOptions extends WhichCluster {
  readonly via?: readonly string[];
}

interface ListOptions extends WhereOptions {
  readonly json?: boolean;
}

interface ReportOptions extends ListOptions {
  readonly svg?: boolean;
}

export function addTakeoversCommand(program: Command, context: CommandContext): void {
  addReports(program, context);
  addDecisions(program, context);
}

function addReports(program: Command, { run, output }: CommandContext): void {
  where(program.command('takeovers').description('list failovers and lost lines, with what became of orders'))
    .option('--json', 'one JSON document')
    .addHelpText('after', HELP)
    .action((options: ListOptions) => run(async () => tellAll(await reports(options), options, output)));
  where(program.command('takeover').description('tell one takeover whole: phases, proof, each order in doubt'))
    .argument('<n>', 'its number in the list', integerFrom(1, 1_000_000_000))
    .option('--json', 'one JSON document')
    .addOption(new Option('--svg', 'a picture: one bar a phase').conflicts('json'))
    .addHelpText('after', HELP)
    .action((n: number, options: ReportOptions) =>
      run(async () => tellOne(await reports(options), n, options, output)),
    );
}

function addDecisions(program: Command, { run, output }: CommandContext): void {
  where(program.command('accept-reset').description('go on after a venue restarted its sequence numbers'))
    .argument('<venue>', 'name of the venue')
    .requiredOption('--reason <text>', 'who decided, on what; kept in the log')
    .option('--next-out <n>', 'MsgSeqNum of our next message', integerFrom(1, 0x7fff_ffff), 1)
    .option('--next-in <n>', "MsgSeqNum of the venue's next message", integerFrom(1, 0x7fff_ffff), 1)
    .option('--json', 'the answer as JSON')
    .addHelpText('after', ACCEPT_HELP)
    .action(
      (venue: string, options: WhereOptions & { json?: boolean; reason: string; nextOut: number; nextIn: number }) =>
        run(async () => {
          const { nextIn, nextOut, reason } = options;
          const client = await leaderClient(options);
          return tellAnswer(
            await client.acceptSequenceReset(venue, { nextOut, nextIn, reason }),
            options.json === true,
            output,
          );
        }),
    );
  where(program.command('settle').description('end an order in doubt that nothing else can settle'))
    .argument('<clOrdId>', 'any ClOrdID of the order')
    .requiredOption('--as <outcome>', 'Voided (never received) or Canceled', outcome)
    .requiredOption('--reason <text>', 'who decided, on what; kept in the log')
    .option('--json', 'the answer as JSON')
    .addHelpText('after', SETTLE_HELP)
    .action((clOrdId: string, options: WhereOptions & { as: string; json?: boolean; reason: string }) =>
      run(async () => {
        const client = await leaderClient(options);
        return tellAnswer(
          await client.settleOrder(clOrdId, { outcome: options.as, reason: options.reason }),
          options.json === true,
          output,
        );
      }),
    );
}

function where(command: Command): Command {
  return withWhichCluster(command, 'via');
}

/** The leader's reports: its own are whole first. */
async function reports(options: WhereOptions): Promise<readonly TakeoverReport[]> {
  return (await leaderClient(options)).takeoverReports();
}

/** The leader, or whoever answers: a node that does not lead sends commands on. */
async function leaderClient(options: WhereOptions): Promise<NodeClient> {
  const view = namedCluster(options);
  const answering = (await view.status()).filter(({ status }) => status !== null);
  const leader = answering.find(({ status }) => status?.role === 'leader') ?? answering[0];
  const client = view.nodes.find(({ api }) => api === leader?.api)?.client;
  if (client !== undefined) return client;
  throw new CliError('BATON_CLI_UNREACHABLE', 'no node of the cluster answers', {
    exitCode: ExitCode.unreachable,
    remedy: 'start the cluster, or name an API address with --via',
  });
}

function tellAll(list: readonly TakeoverReport[], options: ListOptions, { out }: CommandOutput): number {
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, takeovers: list }));
  else writeLine(out, takeoversTable(list));
  return ExitCode.done;
}

function tellOne(list: readonly TakeoverReport[], n: number, options: ReportOptions, { out }: CommandOutput): number {
  const report = list.find((one) => one.n === n);
  if (report === undefined) {
    const kept = list.length === 0 ? 'there is none' : `there are ${list[0]?.n} to ${list.at(-1)?.n}`;
    throw new CliError('BATON_CLI_HISTORY', `no takeover ${n}: ${kept}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'see npx baton takeovers; older ones are in the log',
    });
  }
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...report }));
  else if (options.svg === true) out.write(takeoverSvg(report));
  else for (const line of takeoverLines(report)) writeLine(out, line);
  return ExitCode.done;
}

function tellAnswer(
  answer: { readonly ok: boolean; readonly text?: string },
  asJson: boolean,
  { err, out }: CommandOutput,
): number {
  if (asJson) writeLine(out, jsonText({ schemaVersion: 1, ...answer }));
  writeLine(err, answer.ok ? 'done' : `refused: ${answer.text ?? ''}`);
  return answer.ok ? ExitCode.done : ExitCode.failed;
}

function outcome(text: string): string {
  const found = ['Voided', 'Canceled'].find((one) => one.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new CliError('BATON_CLI_USAGE', `--as is ${text}`, {
    exitCode: ExitCode.usage,
    remedy: 'use Voided or Canceled',
  });
}
