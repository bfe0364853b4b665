/** `baton explain ORDER`: the causal chain of one order, from the intent to its last fill. */
import { findRootClOrdId, ledgerAt, type OrderStory, type ReplayedEntry, replay, tellOrder } from '@baton/history';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { answering, openLog, type WhichLog, withWhichLog } from './history-folder.ts';
import { timeText } from './journal-text.ts';

const HELP = `
ORDER is any ClOrdID of the order, its client key, or the OrderID that the venue gave it. The log is read from the node's
folder; nothing is asked of the running node.

Exit codes: 0 told, 66 no such order in this log, or no log there.

Examples:
  $ npx baton explain demo1x-1
  $ npx baton explain my-key-17 --node n3 --json
`;

interface ExplainOptions extends WhichLog {
  readonly json?: boolean;
}

export function addExplainCommand(program: Command, { run, output }: CommandContext): void {
  withWhichLog(program.command('explain').description('tell the story of an order: intent, decision, messages, fills'))
    .argument('<order>', 'a ClOrdID, client key or OrderID')
    .option('--json', 'one JSON document')
    .addHelpText('after', HELP)
    .action((order: string, options: ExplainOptions) => run(async () => explain(order, options, output)));
}

function explain(wanted: string, options: ExplainOptions, { out }: CommandOutput): number {
  const log = openLog(options);
  const base = answering(() => log.base('oldest'));
  const { commitIndex } = log.extent;
  const all = (): Generator<ReplayedEntry> => replay(log, base, ledgerAt(base), commitIndex);
  const root = findRootClOrdId(all(), wanted);
  const story = root === undefined ? undefined : tellOrder(all(), root, ledgerAt(base).status().takeoverNode);
  if (story === undefined) {
    throw new CliError('BATON_CLI_HISTORY', `no order ${wanted} between entries ${base.index + 1} and ${commitIndex}`, {
      exitCode: ExitCode.inputMissing,
      remedy: 'use a ClOrdID, client key or OrderID; of older orders the database tells: npx baton history order ID',
    });
  }
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, ...story }));
  else for (const line of storyLines(story)) writeLine(out, line);
  return ExitCode.done;
}

function storyLines({ order, clOrdIds, steps }: OrderStory): string[] {
  const { rootClOrdId, strategyId, clientKey, side, quantity, symbol, venue, state } = order;
  const lines = [
    `order ${rootClOrdId}: ${side} ${quantity} ${symbol} at ${venue}, ${state}`,
    `  of ${strategyId}, client key ${clientKey}${clOrdIds.length > 1 ? `, ClOrdIDs ${clOrdIds.join(' ')}` : ''}`,
  ];
  let previousUs = steps[0]?.timeUs ?? 0;
  for (const step of steps) {
    const sinceMs = ((step.timeUs - previousUs) / 1000).toFixed(3);
    previousUs = step.timeUs;
    const node = step.node === 0 ? '' : `, node ${step.node}`;
    lines.push(`${timeText(step.timeUs)}  +${sinceMs} ms  entry ${step.index}, term ${step.term}${node}`);
    lines.push(`    ${step.asked.type}: ${step.asked.text}`, ...step.happened.map((text) => `      → ${text}`));
  }
  return lines;
}
