/**
 * The command line of `baton`: which commands there are, their options and help. Commands do the work in files of their
 * own and return an exit code; this file turns whatever goes wrong into one line for people and one code for scripts.
 */
import { Command, CommanderError } from 'commander';
import { ACCESS_HELP } from './access-options.ts';
import { addCertsCommand } from './command-certs.ts';
import { addChecklistCommand } from './command-checklist.ts';
import { addCheckpointCommand } from './command-checkpoint.ts';
import { addCompletionCommand } from './command-completion.ts';
import { addConfigCommand } from './command-config.ts';
import type { CommandContext, RunCommand } from './command-context.ts';
import { addDemoCommand } from './command-demo.ts';
import { addDoctorCommand } from './command-doctor.ts';
import { addDrainCommands } from './command-drain.ts';
import { addDrillCommands } from './command-drill.ts';
import { addExplainCommand } from './command-explain.ts';
import { addFeedCommand } from './command-feed.ts';
import { addHistoryCommand } from './command-history.ts';
import { addInitCommand } from './command-init.ts';
import { addJournalCommand } from './command-journal.ts';
import { addKillLeaderCommand } from './command-kill-leader.ts';
import { addKillSwitchCommand } from './command-kill-switch.ts';
import { addLogCommand } from './command-log.ts';
import { addMembersCommand } from './command-members.ts';
import { addNodeCommand } from './command-node.ts';
import { type CommandOutput, styled, writeLine } from './command-output.ts';
import { addReconcileCommand } from './command-reconcile.ts';
import { addRecoverCommand } from './command-recover.ts';
import { addDiffCommand, addReplayCommand } from './command-replay.ts';
import { addRoleCommand } from './command-role.ts';
import { addStatusCommand } from './command-status.ts';
import { addStrategyCommand } from './command-strategy.ts';
import { addTakeoversCommand } from './command-takeovers.ts';
import { addTopCommand } from './command-top.ts';
import { addTransferCommand } from './command-transfer.ts';
import { addUpCommand } from './command-up.ts';
import { addVenueCommand } from './command-venue.ts';
import { addVersionCommands } from './command-version.ts';
import { addWatchdogCommand } from './command-watchdog.ts';
import { CliError } from './errors.ts';
import { EXIT_CODE_MEANINGS, ExitCode } from './exit-code.ts';

const DESCRIPTION = 'Baton: a cluster of trading processes that goes on trading when its leader is killed.';

const START_HERE = `
Start here:
  $ npx baton up             a whole cluster on this machine: a simulated venue, three nodes, trading; Ctrl-C stops it
  $ npx baton status         in another terminal: who leads, how far each node is
  $ npx baton kill-leader    kill the leader, and see how long the failover took
  $ npx baton demo --kills 5 the same as a story that checks itself: five failovers, measured, all books compared
`;

/** Runs one command line (without program name) and returns the exit code; never throws. */
export async function runCommandLine(args: readonly string[], output: CommandOutput): Promise<number> {
  let exitCode: number = ExitCode.done;
  const run: RunCommand = async (work) => {
    exitCode = await work();
  };
  try {
    await makeProgram({ output, run }).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return isHelp(error) ? ExitCode.done : ExitCode.usage;
    return tellError(error, output);
  }
}

/** The commands, for those who describe them. */
export function makeProgram(context: CommandContext): Command {
  const { out, err } = context.output;
  const program = new Command('baton')
    .description(DESCRIPTION)
    .version('0.1.0', '-V, --version', 'print the version')
    .option('--no-color', 'no colours (NO_COLOR in the environment does the same)')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'baton: ')),
    })
    .hook('preAction', (command) => {
      if (command.opts()['color'] !== false) return;
      process.env['NO_COLOR'] = '1';
      delete process.env['FORCE_COLOR'];
    })
    .addHelpText('after', helpAfter);
  addUpCommand(program, context);
  addStatusCommand(program, context);
  addKillLeaderCommand(program, context);
  addKillSwitchCommand(program, context);
  addDrainCommands(program, context);
  addRecoverCommand(program, context);
  addReconcileCommand(program, context);
  addConfigCommand(program, context);
  addVersionCommands(program, context);
  addDemoCommand(program, context);
  addNodeCommand(program, context);
  addVenueCommand(program, context);
  addMembersCommand(program, context);
  addTakeoversCommand(program, context);
  addTransferCommand(program, context);
  addJournalCommand(program, context);
  addStrategyCommand(program, context);
  addLogCommand(program, context);
  addCheckpointCommand(program, context);
  addHistoryCommand(program, context);
  addDrillCommands(program, context);
  addChecklistCommand(program, context);
  addExplainCommand(program, context);
  addReplayCommand(program, context);
  addDiffCommand(program, context);
  addCertsCommand(program, context);
  addWatchdogCommand(program, context);
  addTopCommand(program, context);
  addFeedCommand(program, context);
  addRoleCommand(program, context);
  addInitCommand(program, context);
  addDoctorCommand(program, context);
  addCompletionCommand(program, context);
  return program;
}

function helpAfter(): string {
  const codes = EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `${START_HERE}
${ACCESS_HELP}Exit codes:
${codes.join('\n')}
  128+n  ended by signal n
`;
}

function isHelp(error: CommanderError): boolean {
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.exitCode === 0;
}

/** Errors with a code of ours say what to do; of anything else the whole stack is told. */
function tellError(error: unknown, { err }: CommandOutput): number {
  const code = String((error as { readonly code?: unknown } | null)?.code ?? '');
  const text = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  const lines = (code.startsWith('BATON_') ? text : (stack ?? text)).split('\n');
  for (const line of lines) writeLine(err, `${styled(err, 'red', 'baton:')} ${line}`);
  if (error instanceof CliError && error.remedy !== '') writeLine(err, `       ${error.remedy}`);
  if (error instanceof CliError) return error.exitCode;
  return code === 'BATON_CONFIGURATION' ? ExitCode.configurationInvalid : ExitCode.failed;
}
