/**
 * `baton checkpoint list|take|verify|show|export|diff`: the checkpoints in a node's folder, looked at without touching them;
 * `take` asks a running node for one more. What a checkpoint is worth is judged by reading it back, never by its name.
 */
import { basename } from 'node:path';
import { differences, stateDocument } from '@baton/history';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { CheckpointFolder } from '@baton/journal';
import { checkpointDocument, type RestoredCheckpoint, restoreCheckpointNow } from '@baton/scribe';
import type { Command } from 'commander';
import { CHECKPOINT_HELP } from './checkpoint-help.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { type WhichLog, whichJournal, withWhichLog } from './history-folder.ts';
import { type NamedCluster, namedCluster, withClusterOptions } from './named-cluster.ts';
import { integerFrom } from './option-values.ts';

const INDEX = integerFrom(1, Number.MAX_SAFE_INTEGER);

interface LookOptions extends WhichLog {
  readonly json?: boolean;
}

interface TakeOptions extends NamedCluster {
  readonly node: string;
}

type Restored = Extract<RestoredCheckpoint, { ok: true }>;

export function addCheckpointCommand(program: Command, { run, output }: CommandContext): void {
  const checkpoint = program
    .command('checkpoint')
    .description("look at a node's checkpoints, verify them, take one")
    .addHelpText('after', CHECKPOINT_HELP);
  const look = (name: string, text: string): Command =>
    withWhichLog(checkpoint.command(name).description(text)).option('--json', 'one JSON document');
  look('list', 'all of a node, newest first').action((options: LookOptions) => run(async () => list(options, output)));
  look('verify', 'read each back into a fresh ledger and compare checksums and state hash')
    .argument('[index]', 'this one only', INDEX)
    .action((index: number | undefined, options: LookOptions) => run(async () => verify(index, options, output)));
  look('show', 'what is in one: the newest, or that of INDEX')
    .argument('[index]', 'of this entry', INDEX)
    .action((index: number | undefined, options: LookOptions) => run(async () => show(index, options, output)));
  look('export', 'one as JSON in the shape of the requirements (§3.2)')
    .argument('[index]', 'of this entry; the newest if left out', INDEX)
    .action((index: number | undefined, options: LookOptions) =>
      run(async () => {
        const restored = restoredOf(index, options);
        writeLine(output.out, checkpointDocument(restored.ledger, restored));
        return ExitCode.done;
      }),
    );
  look('diff', 'where the states of two checkpoints differ')
    .argument('<one>', 'index of one', INDEX)
    .argument('<other>', 'index of the other', INDEX)
    .action((one: number, other: number, options: LookOptions) => run(async () => diff([one, other], options, output)));
  withClusterOptions(checkpoint.command('take').description('ask a running node for one of now'))
    .option('--node <name>', 'which node', 'n1')
    .action((options: TakeOptions) => run(() => take(options, output)));
}

function list(options: LookOptions, { out }: CommandOutput): number {
  const { infos, damaged } = folderOf(options).list();
  if (options.json === true) {
    writeLine(out, jsonText({ schemaVersion: 1, checkpoints: infos, damaged }));
    return damaged.length > 0 ? ExitCode.dataDamaged : ExitCode.done;
  }
  for (const { index, term, sizeBytes, stateHash, isVerified } of infos) {
    const verdict = isVerified ? 'verified when written' : 'checksum only';
    writeLine(out, `entry ${index}  term ${term}  ${sizeBytes} bytes  hash ${stateHash || 'not said'}  ${verdict}`);
  }
  for (const { file, fault } of damaged) writeLine(out, `${basename(file)}: ${fault}`);
  if (infos.length + damaged.length === 0) writeLine(out, 'no checkpoints yet');
  return damaged.length > 0 ? ExitCode.dataDamaged : ExitCode.done;
}

function verify(index: number | undefined, options: LookOptions, { out }: CommandOutput): number {
  const folder = folderOf(options);
  const wanted = index === undefined ? allIn(folder) : [{ index, file: folder.pathOf(index) }];
  const results = wanted.map((each) => ({ ...each, read: restoreCheckpointNow(new NodeDisk(), each) }));
  const rows = results.map(({ index: at, file, read }) =>
    read.ok
      ? { index: at, file, ok: true, stateHash: read.stateHash, sizeBytes: read.sizeBytes }
      : { index: at, ok: false, ...read.refusal },
  );
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, checkpoints: rows }));
  for (const { index: at, read } of options.json === true ? [] : results) {
    if (read.ok) writeLine(out, `entry ${at}: whole, hash ${read.stateHash}`);
    else writeLine(out, `entry ${at}: ${read.refusal.file}: ${read.refusal.reason}; ${read.refusal.remedy}`);
  }
  return rows.every(({ ok }) => ok) ? ExitCode.done : ExitCode.dataDamaged;
}

function show(index: number | undefined, options: LookOptions, { out }: CommandOutput): number {
  const { ledger, ...restored } = restoredOf(index, options);
  const { orders, fills } = ledger.status();
  const summary = {
    schemaVersion: 1,
    ...restored,
    orders,
    fills,
    positions: ledger.positions(),
    sessions: ledger.sessions(),
  };
  if (options.json === true) {
    writeLine(out, jsonText(summary));
    return ExitCode.done;
  }
  const time = new Date(Math.floor(restored.timeUs / 1000)).toISOString();
  writeLine(out, `checkpoint of entry ${restored.index}, term ${restored.term}, ${time}`);
  writeLine(out, `  ${restored.sizeBytes} bytes, state hash ${restored.stateHash}, read back and whole`);
  writeLine(
    out,
    `  orders: ${orders.total} remembered, ${orders.open} open, ${orders.inDoubt} in doubt; fills: ${fills}`,
  );
  for (const { symbol, netQuantity, averagePrice } of summary.positions) {
    writeLine(out, `  ${symbol}: ${netQuantity}${averagePrice === '' ? '' : ` at ${averagePrice}`}`);
  }
  for (const { venue, status, nextOut, nextIn } of summary.sessions) {
    writeLine(out, `  session to ${venue}: ${status}, next out ${nextOut}, next in ${nextIn}`);
  }
  return ExitCode.done;
}

function diff(indexes: readonly [number, number], options: LookOptions, { out }: CommandOutput): number {
  const documents = indexes.map((index) => stateDocument(restoredOf(index, options).ledger, index));
  const found = differences(documents[0], documents[1]).filter(({ path }) => path !== 'index');
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, indexes, differences: found }));
  for (const { path, one, other } of options.json === true ? [] : found) {
    writeLine(out, `${path}: ${jsonLine(one)} | ${jsonLine(other)}`);
  }
  return ExitCode.done;
}

async function take(options: TakeOptions, { out }: CommandOutput): Promise<number> {
  const view = namedCluster(options);
  await view.leader();
  const client = view.clientOf(options.node);
  if (client === undefined) {
    throw new CliError('BATON_CLI_CHECKPOINT', `no node ${options.node} answers`, {
      exitCode: ExitCode.unreachable,
      remedy: 'see npx baton status; name another node with --node',
    });
  }
  const taken = await client.takeCheckpoint();
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, node: options.node, ...taken }));
  else
    writeLine(
      out,
      `${options.node}: entry ${taken.index}, ${taken.sizeBytes} bytes, hash ${taken.stateHash}, verified`,
    );
  return ExitCode.done;
}

function folderOf(options: WhichLog): CheckpointFolder {
  return new CheckpointFolder(new NodeDisk(), new NodeClock(), whichJournal(options));
}

function allIn(folder: CheckpointFolder): { readonly index: number; readonly file: string }[] {
  const { infos, damaged } = folder.list();
  return [...infos, ...damaged.filter(({ index }) => index > 0)].sort((a, b) => b.index - a.index);
}

function restoredOf(index: number | undefined, options: WhichLog): Restored {
  const folder = folderOf(options);
  const wanted = index ?? allIn(folder)[0]?.index;
  if (wanted === undefined) {
    throw new CliError('BATON_CLI_CHECKPOINT', 'this node has no checkpoint yet', {
      exitCode: ExitCode.inputMissing,
      remedy: `take one: npx baton checkpoint take --node ${options.node}`,
    });
  }
  const read = restoreCheckpointNow(new NodeDisk(), { index: wanted, file: folder.pathOf(wanted) });
  if (read.ok) return read;
  const { file, kind, reason, remedy } = read.refusal;
  throw new CliError('BATON_CLI_CHECKPOINT', `${file}: ${reason}`, {
    exitCode: kind === 'unreadable' ? ExitCode.inputMissing : ExitCode.dataDamaged,
    remedy: kind === 'unreadable' ? 'see npx baton checkpoint list' : remedy,
  });
}

function jsonLine(value: unknown): string {
  if (value === undefined) return 'not there';
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}
