/** `baton drain`, `stop-trading`, `start-trading`: trading ended in order, and begun again. */
import { type Command, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type CommandOutput, jsonText, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { askAny, type NamedCluster, namedCluster, requireLeader, withClusterOptions } from './named-cluster.ts';
import { numberFrom } from './option-values.ts';
import { pause } from './pause.ts';
import { StepProgress } from './step-progress.ts';

const HELP = `
New orders are refused at once, cancels pass. Open orders have until --timeout to end by themselves; what is open then is
cancelled or left. Then every venue gets a Logout, and every node writes a checkpoint of the state at rest.
A drain is an entry of the log: the next leader goes on with it, and this command can be ended and given again.
Interrupt it with \`baton start-trading\`. Stop the nodes when it is done; after a restart, once the venues are
reconciled, trading begins with \`baton start-trading\`.

Exit codes: 0 drained, 75 not yet (the drain goes on), 10 drained, and orders are left open at a venue.

Examples:
  $ npx baton drain
  $ npx baton drain --timeout 5 --at-deadline leave --reason "upgrade to 0.2"
`;

interface DrainOptions extends NamedCluster {
  readonly timeout: number;
  readonly atDeadline: 'cancel' | 'leave';
  readonly reason: string;
}

const POLL_MS = 100;
/** After the orders' time: cancels are answered, sessions logged out, a checkpoint is written. */
const AFTERWARDS_MS = 60_000;

export function addDrainCommands(program: Command, { output, run }: CommandContext): void {
  withClusterOptions(program.command('drain'))
    .description('stop new orders, wait for open ones, log out, make a checkpoint')
    .option('--timeout <seconds>', 'time for open orders', numberFrom(0, 86_400), 30)
    .addOption(
      new Option('--at-deadline <what>', 'what becomes of orders still open')
        .choices(['cancel', 'leave'])
        .default('cancel'),
    )
    .option('--reason <text>', 'why, for those who look later', 'drained')
    .addHelpText('after', HELP)
    .action((options: DrainOptions) => run(() => drain(options, output)));
  for (const [name, description] of [
    ['stop-trading', 'refuse new orders; cancels pass'],
    ['start-trading', 'take orders again; interrupts a drain, accepts a recovery that failed'],
  ] as const) {
    withClusterOptions(program.command(name))
      .description(description)
      .option('--reason <text>', 'why, for those who look later', '')
      .action((options: NamedCluster & { readonly reason: string }) =>
        run(async () => {
          const { client } = await requireLeader(namedCluster(options));
          await client.setTrading(name, options.reason);
          const { trading } = await client.recovery();
          if (options.json === true) writeLine(output.out, jsonText({ schemaVersion: 1, trading }));
          else writeLine(output.out, trading);
          return ExitCode.done;
        }),
      );
  }
}

async function drain(options: DrainOptions, output: CommandOutput): Promise<number> {
  const view = namedCluster(options);
  const { client } = await requireLeader(view);
  await client.drain({
    timeoutMs: Math.round(options.timeout * 1000),
    atDeadline: options.atDeadline,
    reason: options.reason,
  });
  const progress = new StepProgress(output);
  const endMs = performance.now() + options.timeout * 1000 + AFTERWARDS_MS;
  for (;;) {
    // Whoever leads now: the first may have died meanwhile.
    const report = await askAny(view, (each) => each.recovery());
    const state = report?.drain;
    if (state?.phase === 'done') {
      progress.end();
      return told(state, options, output);
    }
    if (report !== null && state === null) {
      throw new CliError('BATON_CLI_REFUSED', 'the drain was interrupted: trading was started again', {
        exitCode: ExitCode.refused,
        remedy: 'see baton log for who did',
      });
    }
    if (state !== undefined && state !== null) {
      const waits = state.phase === 'waiting' || state.phase === 'canceling';
      const leftMs = waits ? state.deadlineUs / 1000 - Date.now() : undefined;
      const problem = report?.drainProblem ?? '';
      const why = problem === '' ? '' : `; ${report?.node} tries again: ${problem}`;
      progress.show(`${PHASES[state.phase] ?? state.phase}, ${state.openOrders} open orders${why}`, leftMs);
    }
    if (performance.now() >= endMs) {
      progress.end();
      const problem = report?.drainProblem ?? '';
      throw new CliError(
        'BATON_CLI_TIMEOUT',
        `the drain stands at: ${state?.phase ?? 'nobody answers'} ${problem}`.trim(),
        {
          exitCode: ExitCode.outcomeUnknown,
          remedy: `it goes on; ${problem === '' ? '' : 'see to the disk, and '}give the command again to watch it`,
        },
      );
    }
    await pause(POLL_MS);
  }
}

const PHASES: Readonly<Record<string, string>> = {
  waiting: 'waiting for open orders',
  canceling: 'cancelling',
  leaving: 'logging out',
  checkpoint: 'writing the checkpoint',
};

interface Drained {
  readonly finalIndex: number;
  readonly checkpointIndex: number;
  readonly left: number;
}

function told(state: Drained, options: DrainOptions, { out }: CommandOutput): number {
  const { checkpointIndex, finalIndex, left } = state;
  if (options.json === true) writeLine(out, jsonText({ schemaVersion: 1, finalIndex, checkpointIndex, left }));
  else {
    writeLine(out, `drained: at rest since entry ${finalIndex}, checkpoint of entry ${checkpointIndex}`);
    if (left > 0) writeLine(out, `${left} orders are left open at their venues`);
  }
  return left > 0 ? ExitCode.unhealthy : ExitCode.done;
}
