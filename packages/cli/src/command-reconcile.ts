/**
 * `baton reconcile`: compares the books with every venue now and tells what differs; `baton reconcile ack`: an operator's
 * word about a finding; `baton reconcile accept-cold`: lets a venue that a cold start refused go on.
 */
import type { FindingView } from '@baton/node';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type NamedCluster, namedCluster, requireLeader, withClusterOptions } from './named-cluster.ts';
import type { NodeClient, ReconcileAnswer } from './node-client.ts';

const HELP = `
Each venue's account is read twice; what both readings find is booked or waits for an operator. Fills count by their
ExecID, an order that stands otherwise is asked about, a position is never overwritten: the difference is an adjustment.

Exit codes: 0 the books agree, 1 findings wait for an operator, 69 no leader, 75 a venue could not be compared.

Examples:
  $ npx baton reconcile
  $ npx baton reconcile --list --json
  $ npx baton reconcile ack position-differs/SIM/BTC-USD/-2 --by ada --reason "transfer of yesterday"
`;

/** Two readings with a second between them, each with pauses where a venue is slow. */
const TIMEOUT_MS = 120_000;

interface Outcome {
  readonly venue: string;
  readonly answer: ReconcileAnswer | null;
  readonly fault: string;
}

interface Decision extends NamedCluster {
  readonly by: string;
  readonly reason: string;
  readonly dismiss?: boolean;
}

export function addReconcileCommand(program: Command, { output, run }: CommandContext): void {
  const reconcile = withClusterOptions(
    program.command('reconcile').description("compare the books with the venues' now, and decide about what differs"),
  )
    .option('--list', 'tell what is known, without comparing')
    .addHelpText('after', HELP)
    .action((options: NamedCluster & { list?: boolean }) => run(() => compare(options, output)));
  withClusterOptions(reconcile.command('ack').description('adjust a finding, or (--dismiss) leave it as it is'))
    .argument('<id>', 'id of the finding')
    .requiredOption('--by <name>', 'who decides')
    .option('--reason <text>', 'on what; kept in the log', '')
    .option('--dismiss', 'leave the books as they are, and do not alarm again')
    .action((id: string, options: Decision, command: Command) =>
      run(() => acknowledge(id, merged(options, command), output)),
    );
  withClusterOptions(reconcile.command('accept-cold').description('let a venue go on that a cold start has refused'))
    .argument('<venue>', 'name of the venue')
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--reason <text>', 'on what; kept in the log')
    .action((venue: string, options: Decision, command: Command) =>
      run(async () => {
        const { by, reason, ...cluster } = merged(options, command);
        const { client } = await requireLeader(namedCluster(cluster));
        return tellAnswer(await client.acceptColdStart(venue, { by, reason }), output);
      }),
    );
}

/** Options of the outer command count too, wherever they stand. */
function merged(options: Decision, command: Command): Decision {
  const outer = command.parent?.opts<NamedCluster>();
  const data = command.getOptionValueSource('data') === 'default' ? (outer?.data ?? options.data) : options.data;
  return { ...outer, ...options, data };
}

async function compare(options: NamedCluster & { list?: boolean }, output: CommandOutput): Promise<number> {
  const { client, status } = await requireLeader(namedCluster(options));
  const patient = client.patient(TIMEOUT_MS);
  const venues = options.list === true ? [] : status.gate.map(({ venue }) => venue);
  const outcomes = await Promise.all(venues.map((venue) => compareOne(patient, venue)));
  const { coldStart, findings, runs } = await client.reconciliation();
  const waiting = findings.filter(({ outcome }) => outcome === 'waiting');
  if (options.json === true) {
    writeLine(output.out, jsonText({ schemaVersion: 1, outcomes, findings, runs, coldStart }));
  } else {
    for (const outcome of outcomes) writeLine(output.out, outcomeText(outcome));
    for (const finding of waiting) writeLine(output.out, findingText(finding));
    if (waiting.length === 0) writeLine(output.out, 'nothing waits for an operator');
  }
  if (outcomes.some(({ answer }) => answer === null)) return ExitCode.outcomeUnknown;
  return waiting.length > 0 ? ExitCode.failed : ExitCode.done;
}

async function compareOne(client: NodeClient, venue: string): Promise<Outcome> {
  try {
    return { venue, answer: await client.reconcile(venue), fault: '' };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { venue, answer: null, fault: error.message };
  }
}

async function acknowledge(id: string, options: Decision, output: CommandOutput): Promise<number> {
  const { by, dismiss = false, reason } = options;
  const { client } = await requireLeader(namedCluster(options));
  const { findings } = await client.reconciliation();
  const found = findings.find((finding) => finding.id === id);
  if (found === undefined) {
    throw new CliError('BATON_CLI_API', `no finding ${id}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'see npx baton reconcile --list for their ids',
    });
  }
  return tellAnswer(await client.acknowledge(found.venue, { id, approve: !dismiss, by, reason }), output);
}

function outcomeText({ answer, fault, venue }: Outcome): string {
  if (answer === null) return `${venue}: not compared: ${fault}`;
  const untold = answer.untold === '' ? '' : `; not compared: ${answer.untold}`;
  return `${venue}: ${answer.findings} differences, ${answer.waiting} wait for an operator${untold}`;
}

function findingText({ id, ours, theirs }: FindingView): string {
  return `${id}\n  ours: ${ours === '' ? 'none' : ours}; theirs: ${theirs === '' ? 'none' : theirs}`;
}

function tellAnswer(answer: { readonly ok: boolean; readonly text?: string }, { err }: CommandOutput): number {
  writeLine(err, answer.ok ? 'done' : `refused: ${answer.text ?? ''}`);
  return answer.ok ? ExitCode.done : ExitCode.failed;
}
