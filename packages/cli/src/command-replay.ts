/** `baton replay --to INDEX`: the ledger's state at an index. `baton diff`: where the states of two nodes differ. */
import { type CommittedLog, differences, replayTo, type StateDocument, stateDocument } from '@baton/history';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';
import { answering, openLog, type WhichLog, withWhichLog } from './history-folder.ts';
import { integerFrom } from './option-values.ts';

const INDEX = integerFrom(0, Number.MAX_SAFE_INTEGER);

interface ReplayOptions extends WhichLog {
  readonly to?: number;
}

interface DiffOptions {
  readonly data: string;
  readonly to?: number;
  readonly json?: boolean;
}

export function addReplayCommand(program: Command, { run, output }: CommandContext): void {
  withWhichLog(
    program.command('replay').description("the ledger's state at an index, made from the log again, as JSON"),
  )
    .option('--to <index>', 'the index; the last committed one if left out', INDEX)
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 66 no log there, or the index is not in it.

Example:
  $ npx baton replay --to 1200 | jq .positions
`,
    )
    .action((options: ReplayOptions) =>
      run(async () => {
        const log = openLog(options);
        writeLine(output.out, jsonText(documentAt(log, options.to ?? log.extent.commitIndex)));
        return ExitCode.done;
      }),
    );
}

export function addDiffCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('diff')
    .description('where the states of two nodes differ, at an index that both have')
    .argument('<one>', "a node's name, or a folder")
    .argument('<other>', "a node's name, or a folder")
    .option('--data <dir>', 'data folder of a cluster on this machine', './baton-data')
    .option('--to <index>', 'the index; the last that both know to be committed if left out', INDEX)
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Exit codes: 0 the states are equal, 70 they differ, 66 no log there, or the index is not in both.

Examples:
  $ npx baton diff n1 n2
  $ npx baton diff ./baton-data/n1 ./copies/n1 --to 1200
`,
    )
    .action((one: string, other: string, options: DiffOptions) => run(async () => diff([one, other], options, output)));
}

function documentAt(log: CommittedLog, index: number): StateDocument {
  return answering(() => stateDocument(replayTo(log, index), index));
}

function diff(names: readonly [string, string], options: DiffOptions, { out }: CommandOutput): number {
  const [one, other] = names.map((name) => openLog(whichOf(name, options))) as [CommittedLog, CommittedLog];
  const index = options.to ?? Math.min(one.extent.commitIndex, other.extent.commitIndex);
  const [first, second] = [documentAt(one, index), documentAt(other, index)];
  const found = differences(first, second);
  if (options.json === true) {
    writeLine(out, jsonText({ schemaVersion: 1, index, hashes: [first.hash, second.hash], differences: found }));
  } else if (found.length === 0) writeLine(out, `equal at entry ${index}: hash ${first.hash}`);
  else {
    writeLine(out, `different at entry ${index}: ${names[0]} has hash ${first.hash}, ${names[1]} ${second.hash}`);
    for (const { path, one: a, other: b } of found) writeLine(out, `  ${path}: ${shown(a)} | ${shown(b)}`);
  }
  return found.length === 0 ? ExitCode.done : ExitCode.invariantBroken;
}

/** A name with a separator in it is a folder. */
function whichOf(name: string, { data }: DiffOptions): WhichLog {
  return /[/\\]/.test(name) ? { data, node: '', folder: name } : { data, node: name };
}

function shown(value: unknown): string {
  return value === undefined ? 'not there' : (JSON.stringify(value) ?? String(value));
}
