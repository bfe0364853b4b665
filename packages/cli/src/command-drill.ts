/** `baton drill` and `baton drills`: planned failures, measured and kept; what they have shown, and which are due. */
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { RecoveryKind, Row } from '@baton/database';
import type { DrillRecord } from '@baton/ledger';
import type { NodeDrillsView } from '@baton/node';
import { type Command, Option } from 'commander';
import { type AccessOptions, withAccessOptions } from './access-options.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { type DrillFinding, drillRecord, refuseLiveVenue } from './drill.ts';
import { type DrillCluster, drillCluster, keepDrill, requireWhole } from './drill-cluster.ts';
import { coldDrill } from './drill-cold.ts';
import { type HotMethod, hotDrill } from './drill-hot.ts';
import { type DrillTrend, drillTrends } from './drill-trend.ts';
import { warmDrill } from './drill-warm.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type WhichDatabase, withHistory, withWhichDatabase } from './history-database.ts';
import { HISTORY_COLUMNS, historyTable, timeText } from './history-text.ts';
import { askAny, namedCluster } from './named-cluster.ts';
import type { NodeStatus } from './node-client.ts';
import { addresses, integerFrom } from './option-values.ts';

const HELP = `
A drill breaks a running cluster on purpose, measures how long trading was impossible, looks whether anything committed is
gone, and keeps the evidence as an entry of the log, and so in the history of every node. It refuses a cluster that is not whole, and a live venue
(venues[].environment, live unless it says test) without --on-live-venue.

hot   the leader's core is killed, or hands over; objective 400 ms, limit 5 s
warm  all nodes are killed and started again by their supervisor; objective 140 s, limit 5 min
cold  the same, with their data moved to archive/ first: all comes back from the venues; objective 1020 s, limit 30 min

Exit codes: 0 within the limit, 10 too slow or failed, 77 refused, 69 no answer.

Examples:
  $ npx baton drill hot
  $ npx baton drill hot --method transfer --by ann
  $ npx baton drill due --config /etc/baton/cluster.yaml     what the configuration's drills say is due; for cron
  $ npx baton drills
  $ npx baton drills --via n1:9091                          what any node's log knows, without a database
`;

interface DrillOptions extends WhichDatabase, AccessOptions {
  readonly method?: HotMethod;
  readonly by: string;
  readonly onLiveVenue?: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

interface ListOptions extends WhichDatabase, AccessOptions {
  readonly via?: readonly string[];
  readonly limit: number;
  readonly json?: boolean;
}

export function addDrillCommands(program: Command, { run, output }: CommandContext): void {
  const drill = program
    .command('drill')
    .description(
      'break a running cluster on purpose and measure: hot, warm, cold; due: what the configuration asks for',
    )
    .addHelpText('after', HELP);
  common(drill.command('hot').description('kill the leader, or let it hand over'))
    .addOption(new Option('--method <how>', 'what is done').choices(['kill', 'transfer']).default('kill'))
    .action((options: DrillOptions) => run(async () => tell(await drillOf('hot', options), options, output)));
  common(drill.command('warm').description('kill all nodes, and let them start again')).action(
    (options: DrillOptions) => run(async () => tell(await drillOf('warm', options), options, output)),
  );
  common(
    drill.command('cold').description('kill all nodes, move their data aside, and open the books from the venues'),
  ).action((options: DrillOptions) => run(async () => tell(await drillOf('cold', options), options, output)));
  common(drill.command('due').description('run the drills that are due')).action((options: DrillOptions) =>
    run(() => runDue(options, output)),
  );
  withAccessOptions(
    withWhichDatabase(program.command('drills').description('what drills have shown over time, and which are due')),
  )
    .option('--via <addresses>', 'what the log of these nodes still knows instead, of a database', addresses)
    .option('--limit <n>', 'the newest so many', integerFrom(1, 100_000), 100)
    .option('--json', 'one JSON document')
    .action((options: ListOptions) =>
      run(() => (options.via === undefined ? showDrills(options, output) : showLogged(options, output))),
    );
}

function common(command: Command): Command {
  return withAccessOptions(withWhichDatabase(command))
    .option('--by <name>', 'who runs it, for those who look later', userInfo().username)
    .option('--on-live-venue', 'a venue of this cluster is live, and this is meant')
    .option('--timeout <seconds>', 'given up after so long', integerFrom(1, 3600), 600)
    .option('--json', 'one JSON document');
}

async function drillOf(kind: RecoveryKind, options: DrillOptions): Promise<DrillRecord> {
  const { configured, view } = drillCluster(options);
  refuseLiveVenue(configured.configuration, options.onLiveVenue === true);
  const leader = await requireWhole(view);
  const timeoutMs = options.timeout * 1000;
  const finding = await findingOf(kind, { options, configured, view, leader, timeoutMs });
  const record = drillRecord(kind, options.by, finding);
  await keepDrill({ configured, view }, record);
  return record;
}

interface DrillScene extends DrillCluster {
  readonly options: DrillOptions;
  readonly leader: NodeStatus;
  readonly timeoutMs: number;
}

function findingOf(
  kind: RecoveryKind,
  { configured, leader, options, timeoutMs, view }: DrillScene,
): Promise<DrillFinding> {
  switch (kind) {
    case 'hot':
      return hotDrill(view, leader, options.method ?? 'kill', timeoutMs);
    case 'warm':
      return warmDrill(view, leader, timeoutMs);
    case 'cold': {
      const { base, configuration } = configured;
      const dataFolder = resolve(base, configuration.dataFolder);
      const nodes = configuration.nodes.map(({ name }) => ({ name, folder: join(dataFolder, name) }));
      return coldDrill(view, leader, nodes, { by: options.by, timeoutMs });
    }
  }
}

function tell(record: DrillRecord, { json }: DrillOptions, { out }: CommandOutput): number {
  if (json === true) writeLine(out, jsonText({ schemaVersion: 1, ...record, document: JSON.parse(record.document) }));
  else for (const line of drillLines(record)) writeLine(out, line);
  return record.outcome === 'met' || record.outcome === 'slow' ? ExitCode.done : ExitCode.unhealthy;
}

const OUTCOME_TEXT = {
  met: 'the objective is met',
  slow: 'slower than the objective, within the limit',
  missed: 'beyond the limit',
  failed: 'failed',
} as const;

function drillLines({ document, kind, limitUs, method, objectiveUs, outcome, tookUs }: DrillRecord): string[] {
  const { lost } = JSON.parse(document) as { readonly lost: readonly string[] };
  const took = tookUs === null ? 'the gates did not open in time' : `trading was possible again after ${ms(tookUs)}`;
  return [
    `${kind} drill (${method}): ${took}`,
    `objective ${ms(objectiveUs)}, limit ${ms(limitUs)}: ${OUTCOME_TEXT[outcome]}`,
    lost.length === 0 ? 'nothing that was committed is gone' : `LOST: ${lost.join('; ')}`,
  ];
}

async function runDue(options: DrillOptions, output: CommandOutput): Promise<number> {
  const due = await withHistory(options, async ({ cluster, configured, reader }) =>
    drillTrends(await reader.drills({ cluster, limit: 1000 }), configured.configuration.drills, nowUs()).filter(
      ({ isDue }) => isDue,
    ),
  );
  if (due.length === 0) writeLine(output.err, 'no drill is due');
  let exitCode: number = ExitCode.done;
  for (const { kind } of due) {
    const code = tell(await drillOf(kind, options), options, output);
    if (code !== ExitCode.done) exitCode = code;
  }
  return exitCode;
}

/** The same at every node: drills are entries. */
async function showLogged(options: ListOptions, { out }: CommandOutput): Promise<number> {
  const found = await askAny(namedCluster(options), (client) => client.ask<NodeDrillsView>('/drills'));
  if (found === null) {
    throw new CliError('BATON_CLI_UNREACHABLE', 'no node answers', {
      exitCode: ExitCode.unreachable,
      remedy: 'name the API addresses of nodes that run: --via host:port',
    });
  }
  const records = found.records.slice(-options.limit);
  if (options.json === true) {
    writeLine(out, jsonText({ schemaVersion: 1, ...found, records }));
    return ExitCode.done;
  }
  writeLine(out, historyTable(HISTORY_COLUMNS['drills'], records.map(rowOf)));
  if (found.underWay !== null) writeLine(out, `${found.underWay.id} is under way (${found.underWay.method})`);
  if (found.objection !== '') writeLine(out, `the leader begins none now: ${found.objection}`);
  return ExitCode.done;
}

function rowOf({ by, kind, limitUs, method, objectiveUs, outcome, startedUs, tookUs }: DrillRecord): Row {
  const times = { started_us: startedUs, took_us: tookUs, objective_us: objectiveUs, limit_us: limitUs };
  return { kind, method, outcome, by_whom: by, ...times };
}

function showDrills(options: ListOptions, { out }: CommandOutput): Promise<number> {
  return withHistory(options, async ({ cluster, configured, reader }) => {
    const drills = await reader.drills({ cluster, limit: options.limit });
    const trends = drillTrends(drills, configured.configuration.drills, nowUs());
    if (options.json === true) {
      const rows = drills.map((row) => ({ ...row, document: JSON.parse(String(row['document'])) as unknown }));
      writeLine(out, jsonText({ schemaVersion: 1, cluster, trends, rows }));
    } else {
      writeLine(out, historyTable(HISTORY_COLUMNS['drills'], drills));
      for (const trend of trends) writeLine(out, trendLine(trend));
    }
    return ExitCode.done;
  });
}

function trendLine({ change, count, every, failed, isDue, kind, lastStartedUs, lastUs, medianUs }: DrillTrend): string {
  const due = isDue ? 'DUE' : every === 'never' ? 'not scheduled' : `${every}, last ${timeText(lastStartedUs)}`;
  if (count === 0) return `${kind}: none yet; ${due}`;
  const trend = change === null ? '' : `, ${change >= 0 ? '+' : ''}${(change * 100).toFixed(0)} % to the median before`;
  const times = lastUs === null ? 'none came back' : `last ${ms(lastUs)}, median ${ms(medianUs ?? 0)}${trend}`;
  return `${kind}: ${count} drills, ${failed} beyond the limit or failed; ${times}; ${due}`;
}

function ms(us: number): string {
  return us < 10_000_000 ? `${(us / 1000).toFixed(1)} ms` : `${(us / 1_000_000).toFixed(1)} s`;
}

function nowUs(): number {
  return Date.now() * 1000;
}
