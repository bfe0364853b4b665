/**
 * `baton log show|follow`: the replicated log of a node as lines, each entry with what it asked and what it made happen.
 * Read from the journal's folder, nothing is asked of the running node. Entries that are not known to be committed are
 * left out.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type CommittedLog, commandText, ledgerAt, type ReplayedEntry, replay } from '@baton/history';
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { answering, openLog, type WhichLog, withWhichLog } from './history-folder.ts';
import { timeText } from './journal-text.ts';
import { type LogFilter, matches } from './log-filter.ts';
import { integerFrom } from './option-values.ts';

const EXIT_CODES =
  'Exit codes: 0 done, 65 the log is damaged, 66 no log there or the index is not in it, 74 the disk cannot be read.';

interface LogOptions extends WhichLog {
  readonly from?: number;
  readonly to?: number;
  readonly last: number;
  readonly order?: string;
  readonly session?: string;
  readonly kind?: string;
  readonly json?: boolean;
  readonly events?: boolean;
  readonly everyMs: number;
}

export function addLogCommand(program: Command, { run, output }: CommandContext): void {
  const log = program
    .command('log')
    .description('show or follow the replicated log of a node')
    .addHelpText(
      'after',
      `
Nothing is changed and nothing locked: the node may run or be stopped. Only committed entries are shown.
${EXIT_CODES}

Examples:
  $ npx baton log show --node n2 --last 20
  $ npx baton log show --order demo1x-1 --events
  $ npx baton log follow --kind SubmitOrder,CancelOrder --json | jq .asked
`,
    );
  const index = integerFrom(1, Number.MAX_SAFE_INTEGER);
  filtered(withWhichLog(log.command('show').description('list entries')))
    .option('--from <index>', 'first entry', index)
    .option('--to <index>', 'last entry', index)
    .addOption(
      new Option('--last <n>', 'how many of the entries found to list')
        .argParser(integerFrom(1, 10_000_000))
        .default(50),
    )
    .action((options: LogOptions) => run(async () => show(options, output)));
  filtered(withWhichLog(log.command('follow').description('list entries as they are committed, until interrupted')))
    .addOption(new Option('--every-ms <ms>', 'how often to look').argParser(integerFrom(20, 60_000)).default(250))
    .action((options: LogOptions) => run(() => follow(options, output)));
}

function filtered(command: Command): Command {
  return command
    .option('--order <id>', 'only what concerns an order: a ClOrdID of it, its client key or the OrderID of the venue')
    .option('--session <name>', 'only what passed through the session of this venue or client')
    .option('--kind <types>', 'only these commands, such as SubmitOrder,InboundFix')
    .option('--events', 'also what each entry made happen')
    .option('--json', 'one JSON document a line')
    .addHelpText('after', `\n${EXIT_CODES}\n`);
}

function show(options: LogOptions, { out }: CommandOutput): number {
  const log = openLog(options);
  const lines: string[] = [];
  for (const each of entriesBetween(log, options.from ?? 1, options.to ?? log.extent.commitIndex)) {
    if (!matches(each, filterOf(options))) continue;
    lines.push(lineOf(each, options));
    if (lines.length > options.last && options.from === undefined) lines.shift();
    else if (lines.length === options.last && options.from !== undefined) break;
  }
  for (const line of lines) writeLine(out, line);
  return ExitCode.done;
}

async function follow(options: LogOptions, { out }: CommandOutput): Promise<number> {
  let next = openLog(options).extent.commitIndex + 1;
  for (;;) {
    const log = openLog(options);
    if (log.extent.commitIndex >= next) {
      for (const each of entriesBetween(log, next, log.extent.commitIndex)) {
        if (matches(each, filterOf(options))) writeLine(out, lineOf(each, options));
      }
      next = log.extent.commitIndex + 1;
    }
    await delay(options.everyMs);
  }
}

/** What an entry made happen depends on all before it: the ledger is brought there first. */
function* entriesBetween(log: CommittedLog, fromIndex: number, toIndex: number): Generator<ReplayedEntry> {
  const first = Math.max(fromIndex, log.extent.firstIndex);
  const base = answering(() => log.base(fromIndex <= log.extent.firstIndex ? 'oldest' : first - 1));
  const last = Math.min(toIndex, log.extent.commitIndex);
  for (const each of replay(log, base, ledgerAt(base), last)) if (each.entry.index >= first) yield each;
}

function filterOf({ kind, session, order }: LogOptions): LogFilter {
  const kinds = new Set(kind?.toLowerCase().split(',') ?? []);
  return { kinds, session, order };
}

function lineOf({ entry, command, applied }: ReplayedEntry, { json, events }: LogOptions): string {
  const type = command?.type ?? entry.kind;
  const text = command === null ? '' : commandText(command);
  if (json === true) {
    const { index, term, timeUs } = entry;
    const happened = events === true ? { events: applied?.events ?? [], result: applied?.result ?? null } : {};
    return JSON.stringify({ index, term, timeUs, type, asked: text, ...happened });
  }
  const time = entry.timeUs === 0 ? '-'.padEnd(27) : timeText(entry.timeUs);
  const line = `${String(entry.index).padStart(10)}  ${time}  term ${entry.term}  ${type.padEnd(15)} ${text}`;
  if (events !== true) return line;
  const lines = (applied?.events ?? []).map((event) => `              ${JSON.stringify(event)}`);
  return [line, ...lines].join('\n');
}
