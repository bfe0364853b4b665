/**
 * `baton journal verify|show|repair --plan`: a node's journal looked at from outside, read-only. Repairing itself is the
 * node's work: at its start it fetches from the leader what is damaged; the plan says what that will be.
 */
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { entriesOf, inspectFolder, journalFolderOf } from './journal-folder.ts';
import { contentLines, entryLine, isDamaged, verdictLines } from './journal-text.ts';
import { integerFrom } from './option-values.ts';

const EXIT_CODES = 'Exit codes: 0 intact, 65 damage found, 66 no journal there, 74 the disk cannot be read.';
const FOLDER = "a node's data folder, or the journal folder in it";

interface JournalOptions {
  readonly json?: boolean;
}

interface ShowOptions extends JournalOptions {
  readonly from?: number;
  readonly to?: number;
  readonly last: number;
  readonly data?: boolean;
}

interface RepairOptions extends JournalOptions {
  readonly plan?: boolean;
}

export function addJournalCommand(program: Command, context: CommandContext): void {
  const journal = program
    .command('journal')
    .description("look at a node's journal: verify it, show its entries, plan its repair")
    .addHelpText(
      'after',
      `
Nothing is changed and nothing locked: the node may run or be stopped.
${EXIT_CODES}

Examples:
  $ npx baton journal verify baton-data/n1
  $ npx baton journal show baton-data/n1 --last 5
  $ npx baton journal repair --plan baton-data/n1
`,
    );
  addVerify(journal, context);
  addShow(journal, context);
  addRepair(journal, context);
}

function addVerify(journal: Command, { run, output }: CommandContext): void {
  journal
    .command('verify')
    .description('check every group, entry and mark against its CRC, and that nothing acknowledged is missing')
    .argument('<folder>', FOLDER)
    .option('--json', 'the findings as one JSON document')
    .addHelpText('after', `\n${EXIT_CODES}\n\nExample:\n  $ npx baton journal verify baton-data/n1\n`)
    .action((folder: string, options: JournalOptions) => run(async () => verify(folder, options, output)));
}

function addShow(journal: Command, { run, output }: CommandContext): void {
  const index = integerFrom(1, Number.MAX_SAFE_INTEGER);
  journal
    .command('show')
    .description('list segments, checkpoints and entries')
    .argument('<folder>', FOLDER)
    .option('--from <index>', 'first entry to list', index)
    .option('--to <index>', 'last entry to list', index)
    .addOption(
      new Option('--last <n>', 'how many entries to list, up to the last')
        .argParser(integerFrom(0, 1_000_000))
        .default(20),
    )
    .option('--data', 'with --json: the bytes of each entry, base64')
    .option('--json', 'one JSON document')
    .addHelpText('after', `\n${EXIT_CODES}\n\nExample:\n  $ npx baton journal show baton-data/n1 --from 100 --to 120\n`)
    .action((folder: string, options: ShowOptions) => run(async () => show(folder, options, output)));
}

function addRepair(journal: Command, { run, output }: CommandContext): void {
  journal
    .command('repair')
    .description('with --plan: tell what the next start of the node will do about damage')
    .argument('<folder>', FOLDER)
    .option('--plan', 'only tell, change nothing (required: repairing is done by the node itself)')
    .option('--json', 'the plan as one JSON document')
    .addHelpText('after', `\n${EXIT_CODES}\n\nExample:\n  $ npx baton journal repair --plan baton-data/n1\n`)
    .action((folder: string, options: RepairOptions) => run(async () => repair(folder, options, output)));
}

function verify(named: string, options: JournalOptions, { out }: CommandOutput): number {
  const folder = journalFolderOf(named);
  const inspection = inspectFolder(folder);
  if (options.json === true) {
    writeLine(out, jsonText({ schemaVersion: 1, folder, damaged: isDamaged(inspection), ...inspection }));
  } else for (const line of verdictLines(folder, inspection)) writeLine(out, line);
  return isDamaged(inspection) ? ExitCode.dataDamaged : ExitCode.done;
}

function show(named: string, options: ShowOptions, { out, err }: CommandOutput): number {
  const folder = journalFolderOf(named);
  const inspection = inspectFolder(folder);
  const { firstIndex, lastIndex } = inspection.report;
  const to = Math.min(options.to ?? Number.MAX_SAFE_INTEGER, lastIndex);
  const from = Math.max(firstIndex, options.from ?? to - options.last + 1);
  const entries = from > to ? [] : entriesOf(folder, from, to);
  if (options.json === true) {
    const { segments, checkpoints, report } = inspection;
    const shown = entries.map(({ data, ...entry }) =>
      options.data === true ? { ...entry, data: Buffer.from(data).toString('base64') } : entry,
    );
    writeLine(out, jsonText({ schemaVersion: 1, folder, report, segments, checkpoints, entries: shown }));
  } else {
    writeLine(out, `journal ${folder}`);
    for (const line of contentLines(inspection)) writeLine(out, line);
    for (const entry of entries) writeLine(out, entryLine(entry));
  }
  if (!isDamaged(inspection)) return ExitCode.done;
  writeLine(err, `baton: damage found, see: baton journal verify ${named}`);
  return ExitCode.dataDamaged;
}

function repair(named: string, options: RepairOptions, { out }: CommandOutput): number {
  if (options.plan !== true) {
    throw new CliError('BATON_CLI_USAGE', 'journal repair was asked for without --plan', {
      exitCode: ExitCode.usage,
      remedy: 'add --plan to see what would be done; the node itself does it at its next start, from the leader',
    });
  }
  const folder = journalFolderOf(named);
  const inspection = inspectFolder(folder);
  if (options.json === true) {
    writeLine(out, jsonText({ schemaVersion: 1, folder, damaged: isDamaged(inspection), plan: inspection.plan }));
  } else if (inspection.plan.length === 0) writeLine(out, `journal ${folder}: nothing to do`);
  else for (const line of inspection.plan) writeLine(out, line);
  return isDamaged(inspection) ? ExitCode.dataDamaged : ExitCode.done;
}
