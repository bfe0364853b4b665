/**
 * A journal's folder, looked at from outside: nothing is locked, changed or repaired, so it may be that of a stopped or of
 * a running node. Rule decided here: on a running node a look may meet a write half-way (a group not yet whole, a file
 * just removed), so a finding counts only when a second look finds the same.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loggedEntry } from '@baton/history';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { inspectJournal, type JournalInspection, JournalOpenError, readJournalEntries } from '@baton/journal';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

/** Looks at a journal that changes meanwhile; each finding of the last is one of the look before, too. */
const LOOKS_MAX = 3;

/** The journal's folder: `folder` itself, or its `journal` when a node's data folder was named. */
export function journalFolderOf(folder: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CliError('BATON_CLI_JOURNAL', `${folder} is no folder`, {
      exitCode: ExitCode.inputMissing,
      remedy: "name a node's data folder (such as baton-data/n1) or the journal folder in it",
    });
  }
  const inner = join(folder, 'journal');
  return existsSync(inner) && statSync(inner).isDirectory() ? inner : folder;
}

/**
 * Reads and judges a journal.
 * @throws CliError BATON_CLI_JOURNAL: no journal there, or one that cannot be opened, with what to do
 */
export function inspectFolder(folder: string): JournalInspection {
  const disk = new NodeDisk();
  const clock = new NodeClock();
  let seen: string | null = null;
  for (let look = 1; ; look++) {
    try {
      const inspection = inspectJournal(disk, clock, folder);
      const found = findingsText(inspection);
      if (found === '' || found === seen || look === LOOKS_MAX) return inspection;
      seen = found;
    } catch (error) {
      const text = String(error);
      if (text === seen || look === LOOKS_MAX) throw cliErrorFromJournal(error, folder);
      seen = text;
    }
  }
}

/** One entry as shown. */
export interface ShownEntry {
  readonly index: number;
  readonly term: number;
  readonly kind: 'command' | 'membership' | 'leader';
  /** The leader's time at the proposal, µs since 1970; null for entries without one. */
  readonly timeUs: number | null;
  readonly sizeBytes: number;
  readonly data: Uint8Array;
}

/** The intact entries from `fromIndex` to `toIndex`, as far as the log reaches without a hole. */
export function entriesOf(folder: string, fromIndex: number, toIndex: number): ShownEntry[] {
  const found: ShownEntry[] = [];
  try {
    const entries = readJournalEntries(new NodeDisk(), new NodeClock(), folder, fromIndex, toIndex);
    for (const entry of entries) {
      const { index, term, kind, timeUs } = loggedEntry(entry);
      const { length: sizeBytes } = entry.data;
      found.push({
        index,
        term,
        kind,
        timeUs: timeUs === 0 ? null : timeUs,
        sizeBytes,
        data: Uint8Array.from(entry.data),
      });
    }
  } catch (error) {
    throw cliErrorFromJournal(error, folder);
  }
  return found;
}

function findingsText({ report }: JournalInspection): string {
  return [...report.damage, ...report.healed]
    .map(({ file, offset, fromIndex, toIndex }) => `${file} ${offset} ${fromIndex} ${toIndex}`)
    .join('\n');
}

const REMEDIES = {
  BATON_JOURNAL_NONE: 'check the path',
  BATON_JOURNAL_VERSION: 'start the build that wrote it',
  BATON_JOURNAL_FORMAT:
    'if this is a journal, replace the node: remove it from the cluster, empty its folder, add it under a new id',
  BATON_JOURNAL_IO: 'look at the disk (dmesg, smartctl) and at the rights of the folder',
  BATON_JOURNAL_LOCKED: 'stop the process that owns the folder',
  BATON_JOURNAL_OPTION: 'check the folder',
} as const;

/** The error of a command that met this while reading a journal. */
export function cliErrorFromJournal(error: unknown, folder: string): unknown {
  if (!(error instanceof JournalOpenError)) return error;
  const holdsNone = error.code === 'BATON_JOURNAL_NONE';
  const exitCode = holdsNone
    ? ExitCode.inputMissing
    : error.code === 'BATON_JOURNAL_IO'
      ? ExitCode.diskFailed
      : ExitCode.dataDamaged;
  return new CliError('BATON_CLI_JOURNAL', error.message, {
    exitCode,
    remedy: holdsNone ? `check the path: ${folder}` : REMEDIES[error.code],
    cause: error,
  });
}
