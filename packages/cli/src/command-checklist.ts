/** `baton checklist`: requirements §10.2–10.4 with live results, and the words of those who acknowledged the rest. */
import { randomUUID } from 'node:crypto';
import type { RecoveryKind } from '@baton/database';
import { Argument, type Command, Option } from 'commander';
import { type AccessOptions, withAccessOptions } from './access-options.ts';
import { CHECKLISTS, type JudgedItem, judge, PHASES, type Phase } from './checklist.ts';
import { checklistFacts } from './checklist-facts.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, styled, writeLine } from './command-output.ts';
import { DRILL_KINDS } from './drill.ts';
import { drillCluster, eachBook } from './drill-cluster.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type WhichDatabase, withWhichDatabase } from './history-database.ts';

const HELP = `
Items that can be seen are judged by what the nodes, the files on this machine and the history database say; the others
wait for a person's word (--ack ITEM --by NAME), which is kept in the database: a day, or as long as the item allows, and
after an incident only if it is newer than that. Nobody's word makes a failed check good.

Exit codes: 0 all good or acknowledged, 10 a check fails, 75 only acknowledgements are missing.

Examples:
  $ npx baton checklist hot --phase pre
  $ npx baton checklist hot --phase pre --ack training --by ann --note "drill of 12 November"
  $ npx baton checklist warm --phase pre --json | jq -e '.items[] | select(.state == "bad")'
`;

interface ChecklistOptions extends WhichDatabase, AccessOptions {
  readonly phase: Phase;
  readonly ack?: string;
  readonly by?: string;
  readonly note: string;
  readonly json?: boolean;
}

export function addChecklistCommand(program: Command, { run, output }: CommandContext): void {
  withAccessOptions(
    withWhichDatabase(program.command('checklist').description('a checklist with live results: hot, warm, cold')),
  )
    .addArgument(new Argument('<kind>', 'which restart').choices(DRILL_KINDS))
    .addOption(new Option('--phase <phase>', 'when').choices(PHASES).default('pre'))
    .option('--ack <item>', 'say that an item is done; needs --by')
    .option('--by <name>', 'who says so')
    .option('--note <text>', 'what to remember with it', '')
    .option('--json', 'one JSON document')
    .addHelpText('after', HELP)
    .action((kind: RecoveryKind, options: ChecklistOptions) => run(() => checklist(kind, options, output)));
}

async function checklist(kind: RecoveryKind, options: ChecklistOptions, { out }: CommandOutput): Promise<number> {
  const { phase } = options;
  const cluster = drillCluster(options);
  if (options.ack !== undefined) {
    const acknowledgement = { ...wordOf(kind, options), timeUs: Date.now() * 1000, id: randomUUID() };
    await eachBook(cluster.configured, (book) => book.acknowledge(acknowledgement));
  }
  const items = judge(kind, phase, await checklistFacts(cluster));
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, checklist: kind, phase, items }));
  else for (const item of items) writeLine(out, lineOf(item, out));
  if (items.some(({ state }) => state === 'bad')) return ExitCode.unhealthy;
  return items.some(({ state }) => state === 'open') ? ExitCode.outcomeUnknown : ExitCode.done;
}

function wordOf(checklistKind: RecoveryKind, { ack = '', by = '', note, phase }: ChecklistOptions) {
  const known = CHECKLISTS[checklistKind][phase].map(({ id }) => id);
  if (by.trim() === '' || !known.includes(ack)) {
    const missing = by.trim() === '' ? '--ack needs --by NAME' : `no item ${ack} in ${checklistKind} ${phase}`;
    throw new CliError('BATON_CLI_USAGE', missing, { exitCode: ExitCode.usage, remedy: `items: ${known.join(', ')}` });
  }
  return { checklist: checklistKind, phase, item: ack, by: by.trim(), note };
}

const MARKS = {
  ok: ['[x]', 'green'],
  acknowledged: ['[x]', 'cyan'],
  bad: ['[!]', 'red'],
  open: ['[ ]', 'yellow'],
} as const;

function lineOf({ detail, id, state, text }: JudgedItem, out: CommandOutput['out']): string {
  const [mark, colour] = MARKS[state];
  return `${styled(out, colour, mark)} ${text} (${id})${detail === '' ? '' : `: ${detail}`}`;
}
