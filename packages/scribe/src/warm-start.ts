/**
 * The ladder of a warm start: from which state a node's folder can be gone on with. Rules decided here: the newest
 * checkpoint whose checksum, version and state hash verify, and from which the log leads on, else the one before, else the
 * beginning of the log if it is still whole, else nothing; each rung that did not hold is told with file, reason and
 * remedy. Nothing is changed. An unknown version is a refusal of its own: no older rung is taken for it silently.
 */
import type { Clock, Disk } from '@baton/host';
import { CheckpointFolder, inspectJournal, type JournalInspection, JournalOpenError } from '@baton/journal';
import { Ledger } from '@baton/ledger';
import { restoreCheckpointNow } from './checkpoint-reading.ts';
import type { RungRefusal } from './rung-refusal.ts';

export interface WarmRung {
  readonly index: number;
  readonly term: number;
  /** The leader's time of the entry at `index`, µs since 1970. */
  readonly timeUs: number;
  /** 16 hex digits. */
  readonly stateHash: string;
  /** '' when this is the beginning of the log. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** What the log has to go on with after the rung. */
export interface WarmLog {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Known here to be committed; what lies above counts only if a quorum has it. */
  readonly commitIndex: number;
  /** Acknowledged entries that cannot be read; they have to come from another node. */
  readonly damage: readonly {
    readonly file: string;
    readonly fromIndex: number;
    readonly toIndex: number;
    readonly reason: string;
  }[];
}

export type WarmStart =
  | {
      readonly ok: true;
      readonly rung: WarmRung;
      readonly log: WarmLog;
      /** Rungs above that did not hold, newest first. */
      readonly refused: readonly RungRefusal[];
      /** The verified state at `rung.index`; the log's entries after it are not applied. */
      readonly ledger: Ledger;
    }
  | {
      readonly ok: false;
      /** 'no-journal': nothing was here. 'no-rung': nothing verifies. 'version': written by another build. 'log': the log cannot be read. */
      readonly reason: 'no-journal' | 'no-rung' | 'version' | 'log';
      readonly text: string;
      readonly remedy: string;
      readonly refused: readonly RungRefusal[];
    };

type WarmRefusal = Extract<WarmStart, { ok: false }>;

/** Looks at a node's journal folder, of a node that is stopped. Reads all of it; takes as long as a start does. */
export function warmStart(disk: Disk, clock: Clock, folder: string): WarmStart {
  if (!disk.exists(folder))
    return unreadable(new JournalOpenError('BATON_JOURNAL_NONE', folder, 'there is no such folder'));
  let inspection: JournalInspection;
  try {
    inspection = inspectJournal(disk, clock, folder);
  } catch (error) {
    if (!(error instanceof JournalOpenError)) throw error;
    return unreadable(error);
  }
  const { firstIndex, lastIndex, commit, damage } = inspection.report;
  const log: WarmLog = { firstIndex, lastIndex, commitIndex: Math.min(commit, lastIndex), damage };
  const refused: RungRefusal[] = [];
  for (const { index, file } of rungs(disk, clock, folder)) {
    if (index < firstIndex - 1) {
      refused.push(gap(file, index, firstIndex));
      continue;
    }
    const read = restoreCheckpointNow(disk, { file, index });
    if (read.ok) {
      const { term, timeUs, stateHash, sizeBytes, ledger } = read;
      return { ok: true, rung: { index, term, timeUs, stateHash, file, sizeBytes }, log, refused, ledger };
    }
    refused.push(read.refusal);
    if (read.refusal.kind === 'version') return otherBuild(read.refusal, refused);
  }
  if (firstIndex > 1) return nothing(folder, firstIndex, refused);
  const ledger = new Ledger();
  const rung = { index: 0, term: 0, timeUs: 0, stateHash: ledger.hash(), file: '', sizeBytes: 0 };
  return { ok: true, rung, log, refused, ledger };
}

/** All that look like checkpoints, newest first, damaged heads included. */
function rungs(disk: Disk, clock: Clock, folder: string): { readonly index: number; readonly file: string }[] {
  const { infos, damaged } = new CheckpointFolder(disk, clock, folder).list();
  return [...infos, ...damaged.filter(({ index }) => index > 0)].sort((a, b) => b.index - a.index);
}

function gap(file: string, index: number, firstIndex: number): RungRefusal {
  return {
    file,
    kind: 'log-gap',
    reason: `it is the state after entry ${index}, and the log that is left begins at entry ${firstIndex}`,
    remedy: 'nothing has to be done about this file',
  };
}

function unreadable(error: JournalOpenError): WarmRefusal {
  const reasons = { BATON_JOURNAL_NONE: 'no-journal', BATON_JOURNAL_VERSION: 'version' } as const;
  const reason = error.code in reasons ? reasons[error.code as keyof typeof reasons] : 'log';
  const remedies = {
    'no-journal': 'start the node: it makes a journal, and the cluster gives it the state; or start cold',
    version: 'start the build that wrote it',
    log: 'replace this node (baton members replace), or start cold: nothing here is changed by that',
  } as const;
  return { ok: false, reason, text: error.message, remedy: remedies[reason], refused: [] };
}

function otherBuild({ file, reason, remedy }: RungRefusal, refused: readonly RungRefusal[]): WarmRefusal {
  return { ok: false, reason: 'version', text: `${file}: ${reason}`, remedy, refused };
}

function nothing(folder: string, firstIndex: number, refused: readonly RungRefusal[]): WarmRefusal {
  const text = `no checkpoint in ${folder} leads on to its log, which begins at entry ${firstIndex}`;
  const remedy = 'let the other nodes give this one the state (baton members replace), or start cold';
  return { ok: false, reason: 'no-rung', text, remedy, refused };
}
