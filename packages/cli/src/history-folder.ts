/**
 * Which node's log a command reads: the folder that was named, or one of a cluster on this machine by node's name. What the
 * log cannot answer becomes an error with an exit code of its own.
 */
import { join } from 'node:path';
import { CommittedLog, HistoryError } from '@baton/history';
import { NodeClock, NodeDisk } from '@baton/host/node';
import type { Command } from 'commander';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { cliErrorFromJournal, journalFolderOf } from './journal-folder.ts';

export interface WhichLog {
  readonly data: string;
  readonly node: string;
  readonly folder?: string;
}

/** The options by which a command's log is chosen. */
export function withWhichLog(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of a cluster on this machine', './baton-data')
    .option('--node <name>', 'the node whose log is read', 'n1')
    .option('--folder <dir>', "a node's data folder, or the journal folder in it, instead of --data and --node");
}

/** The journal's folder of the node that was named. @throws CliError BATON_CLI_JOURNAL: there is none */
export function whichJournal({ data, node, folder }: WhichLog): string {
  return journalFolderOf(folder ?? join(data, node));
}

/** @throws CliError BATON_CLI_JOURNAL: no log there, or one that cannot be read */
export function openLog(which: WhichLog): CommittedLog {
  const journal = whichJournal(which);
  try {
    return new CommittedLog(new NodeDisk(), new NodeClock(), journal);
  } catch (error) {
    throw cliErrorFromJournal(error, journal);
  }
}

/** Runs what reads the log; what it cannot answer ends the command with 66. */
export function answering<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new CliError('BATON_CLI_HISTORY', error.message, {
      exitCode: ExitCode.inputMissing,
      remedy: error.remedy,
      cause: error,
    });
  }
}
