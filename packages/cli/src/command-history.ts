/** `baton history`: what happened, from the database, however long ago. */
import { type HistoryFilter, LIMIT_DEFAULT, type OrderHistory, type Row } from '@baton/database';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type OpenHistory, type WhichDatabase, withHistory, withWhichDatabase } from './history-database.ts';
import { HISTORY_COLUMNS, historyTable, orderLines } from './history-text.ts';
import { integerFrom } from './option-values.ts';
import { timeUsFrom } from './time-option.ts';

const HELP = `
Reads the database that the configuration names (history.database), SQLite or PostgreSQL; nothing is asked of the running
nodes. Times are UTC. What the log no longer tells is here: \`baton history order ID\` finds an order that is years old.

Exit codes: 0 told (an empty list is an answer), 66 no history there, or no such order, 69 the database does not answer,
75 its schema is older (a node of this version brings it up to date), 77 it refuses us.

Examples:
  $ npx baton history fills --since 2h --symbol BTC-USD
  $ npx baton history positions --until 2026-11-20 --strategy maker
  $ npx baton history alerts --since 7d --json | jq -r '.rows[].text'
  $ npx baton history order my-key-17
  $ npx baton history orders --config deploy/cluster.yaml --limit 1000
`;

const SUBJECTS = ['orders', 'fills', 'positions', 'takeovers', 'alerts', 'recoveries', 'drills'] as const;
type Subject = (typeof SUBJECTS)[number];

interface HistoryOptions extends WhichDatabase {
  readonly since?: number;
  readonly until?: number;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly account?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function addHistoryCommand(program: Command, { run, output }: CommandContext): void {
  const history = program
    .command('history')
    .description('what happened, from the database: orders, fills, positions, takeovers, alerts, recoveries, drills')
    .addHelpText('after', HELP);
  for (const subject of SUBJECTS) {
    withWhichDatabase(history.command(subject).description(`list ${subject}`))
      .option('--since <time>', 'from then on: 2026-11-23, 2026-11-23T10:30:00Z, or 15m, 2h, 7d ago', (text) =>
        timeUsFrom(text),
      )
      .option('--until <time>', 'up to then; of positions: as they were then', (text) => timeUsFrom(text))
      .option('--symbol <symbol>', 'of this instrument only')
      .option('--strategy <id>', 'of this strategy only')
      .option('--account <name>', 'of this account only')
      .option('--limit <n>', 'the newest so many', integerFrom(1, 1_000_000), LIMIT_DEFAULT)
      .option('--json', 'one JSON document')
      .action((options: HistoryOptions) =>
        run(() => withHistory(options, async (opened) => list(subject, opened, options, output))),
      );
  }
  withWhichDatabase(history.command('order').description('one order: every state it was in, and its fills'))
    .argument('<order>', 'a ClOrdID, client key or OrderID')
    .option('--json', 'one JSON document')
    .action((name: string, options: HistoryOptions) =>
      run(() => withHistory(options, async (opened) => tellOrder(name, opened, options, output))),
    );
}

async function list(
  subject: Subject,
  { cluster, reader }: OpenHistory,
  options: HistoryOptions,
  { out }: CommandOutput,
): Promise<number> {
  const rows = await reader[subject](filterOf(cluster, options));
  const extent = await reader.extent(cluster);
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, cluster, extent, rows: rows.map(told) }));
  else writeLine(out, historyTable(HISTORY_COLUMNS[subject], rows));
  return ExitCode.done;
}

function filterOf(cluster: string, options: HistoryOptions): HistoryFilter {
  const { account, limit, since, strategy, symbol, until } = options;
  return {
    cluster,
    limit,
    ...(since === undefined ? {} : { sinceUs: since }),
    ...(until === undefined ? {} : { untilUs: until }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(account === undefined ? {} : { account }),
  };
}

async function tellOrder(
  name: string,
  { cluster, reader }: OpenHistory,
  options: HistoryOptions,
  { out }: CommandOutput,
): Promise<number> {
  const found = await reader.order(cluster, name);
  if (found === undefined) {
    throw new CliError('BATON_CLI_HISTORY', `no order ${name} in the history of ${cluster}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'use a ClOrdID, client key or OrderID',
    });
  }
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...asDocument(found) }));
  else for (const line of orderLines(found)) writeLine(out, line);
  return ExitCode.done;
}

function asDocument({ changes, fills, order }: OrderHistory): Record<string, unknown> {
  return { order: told(order), changes: changes.map(told), fills: fills.map(told) };
}

/** A document that is kept as text is one in the answer, too. */
function told(row: Row): Record<string, unknown> {
  const { document } = row;
  return typeof document === 'string' ? { ...row, document: JSON.parse(document) as unknown } : { ...row };
}
