/**
 * `baton demo`: the story that checks itself, without a person: start, trade, kill the leader a few times, and in the end
 * compare the venue's books with the ledger of every node.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { Cluster } from './cluster.ts';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, styled, writeLine } from './command-output.ts';
import { type DemoResult, runDemo } from './demo.ts';
import { ExitCode } from './exit-code.ts';
import { failoverLines } from './failover-text.ts';
import { integerFrom, profileName, profileOption } from './option-values.ts';
import { StopRequest } from './stop-request.ts';

const HELP = `
Starts a cluster in a temporary folder, lets it trade, kills the leader at random moments (each killed node is restarted
and has caught up before the next kill), and prints for each kill when, in milliseconds after it, the death was seen, a
leader elected, its barrier committed, the venue logged on, the gate opened, the first new order accepted by the venue.
Then it pauses the strategy, waits until everything is quiet, and compares the books.

Exit codes: 0 all books agree, 70 they do not (the folder is kept), 75 something did not happen in time.

Examples:
  $ npm run demo -- --kills 5
  $ npx baton demo --kills 20 --json demo.json
`;

interface DemoOptions {
  readonly kills: number;
  readonly json?: string;
  readonly data?: string;
  readonly durability: 'disk' | 'memory';
  readonly profile?: string;
  readonly keep?: boolean;
}

export function addDemoCommand(program: Command, { run, output }: CommandContext): void {
  program
    .command('demo')
    .description('kill the leader a few times, measure each failover, compare all books at the end')
    .option('--kills <n>', 'how many leaders to kill', integerFrom(0, 1_000), 3)
    .option('--json <file>', 'write timelines and checks to this file as JSON')
    .option('--data <dir>', 'use and keep this folder (default: a temporary one, removed if all is well)')
    .option('--profile <name>', 'which venue is played (see baton venue --help)', profileName)
    .option('--keep', 'keep the temporary folder')
    .addOption(
      new Option('--durability <mode>', 'where a quorum must have an entry before it counts')
        .choices(['disk', 'memory'])
        .default('disk'),
    )
    .addHelpText('after', HELP)
    .action((options: DemoOptions) => run(() => demoCommand(options, output)));
}

async function demoCommand(options: DemoOptions, output: CommandOutput): Promise<number> {
  const { out, err } = output;
  const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'baton-')));
  writeLine(err, `data folder: ${folder}`);
  const cluster = await Cluster.start({
    dataFolder: folder,
    fresh: true,
    durability: options.durability,
    ...profileOption(options.profile),
  });
  const stop = new StopRequest(() => {
    void cluster.abandon().finally(() => process.exit(ExitCode.failed));
  });
  stop.listen();
  let result: DemoResult;
  try {
    result = await runDemo(cluster, {
      kills: options.kills,
      signal: stop.signal,
      say: (text) => writeLine(out, text),
    });
  } finally {
    await cluster.stop('end of the demo');
    stop.close();
  }
  if (options.json !== undefined)
    writeFileSync(options.json, `${jsonText({ schemaVersion: 1, agree: result.verdict.agree, ...result })}\n`);
  tellResult(result, output);
  if (result.verdict.agree && options.data === undefined && options.keep !== true) {
    await rm(folder, { recursive: true, force: true });
  } else writeLine(err, `kept: ${folder}`);
  return result.verdict.agree ? ExitCode.done : ExitCode.invariantBroken;
}

const FAULTS_SHOWN = 10;

function tellResult(result: DemoResult, { out }: CommandOutput): void {
  writeLine(out);
  for (const [n, timeline] of result.failovers.entries()) {
    writeLine(out, `failover ${n + 1}`);
    for (const line of failoverLines(timeline)) writeLine(out, line);
  }
  if (result.firstOrderMs !== null) {
    const { median, max } = result.firstOrderMs;
    const summary = `median ${median.toFixed(1)} ms, max ${max.toFixed(1)} ms, of ${result.failovers.length}`;
    writeLine(out, `\nkill to first new order accepted by the venue: ${summary}`);
  }
  writeLine(out, '\nbooks');
  for (const check of result.verdict.checks) {
    const isGood = check.faults.length === 0;
    const mark = isGood ? styled(out, 'green', 'ok  ') : styled(out, 'red', 'FAIL');
    writeLine(out, `  ${mark} ${check.law} (${check.compared} compared)`);
    for (const fault of check.faults.slice(0, FAULTS_SHOWN)) writeLine(out, `         ${fault}`);
    for (const suspicion of check.suspicions ?? []) writeLine(out, `         worth a look: ${suspicion}`);
    const more = check.faults.length - FAULTS_SHOWN;
    if (more > 0) writeLine(out, `         and ${more} more`);
  }
  writeLine(out, result.verdict.agree ? '\nall books agree' : '\nTHE BOOKS DIFFER');
}
