/**
 * From which state the scribe begins. Rules decided here: one from which the log leads on; of those the newest that no open
 * sink is already behind, so that nobody misses an entry; where there is none, the oldest, and the gap is told. What the
 * scribe has already counts as well as a checkpoint. A checkpoint that does not restore is passed over.
 */
import type { Clock, Disk } from '@baton/host';
import { CheckpointFolder, LogTail } from '@baton/journal';
import { Ledger } from '@baton/ledger';
import { restoredCheckpoint } from './checkpoint-reading.ts';
import type { ScribeState } from './sink.ts';

/** A state, and the last entry that is in it. */
export type Base = ScribeState;

export interface BaseQuestion {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  /** The state there is. */
  readonly own: Base;
  /** Entries after this one have to be told. */
  readonly wish: number;
}

/** Throws JournalOpenError when there is no journal yet, or nothing that the log leads on from. */
export async function chooseBase({ disk, clock, folder, own, wish }: BaseQuestion): Promise<Base> {
  const lowest = LogTail.firstIndexOf(disk, clock, folder) - 1;
  const checkpoints = new CheckpointFolder(disk, clock, folder);
  const indexes = new Set(checkpoints.list().infos.map(({ index }) => index));
  indexes.add(own.index).add(0);
  for (const index of inOrder([...indexes], lowest, wish)) {
    if (index === own.index) return own;
    if (index === 0) return { index: 0, term: 0, timeUs: 0, ledger: new Ledger() };
    const read = await restoredCheckpoint(disk, clock, { file: checkpoints.pathOf(index), index });
    if (read.ok) return { index, term: read.term, timeUs: read.timeUs, ledger: read.ledger };
  }
  throw new Error(`no state is left in ${folder} from which its log, beginning at entry ${lowest + 1}, leads on`);
}

/** Those that lead on, the best first. */
function inOrder(indexes: readonly number[], lowest: number, wish: number): number[] {
  const leading = indexes.filter((index) => index >= lowest).sort((a, b) => b - a);
  const without = leading.filter((index) => index <= wish);
  const withGap = leading.filter((index) => index > wish).reverse();
  return [...without, ...withGap];
}
