/** What was found in a journal, as lines for people. Each finding has its file, byte offset, indexes and remedy. */
import { basename } from 'node:path';
import type { JournalInspection } from '@baton/journal';
import type { ShownEntry } from './journal-folder.ts';

type Damage = JournalInspection['report']['damage'][number];

/** True when something on disk is not as it was written; a torn tail that nobody was promised is not damage. */
export function isDamaged({ report }: JournalInspection): boolean {
  return report.damage.length > 0 || report.healed.length > 0;
}

/** One line on the log, one on checkpoints, then the findings. */
export function verdictLines(folder: string, inspection: JournalInspection): string[] {
  const { report, segments, checkpoints } = inspection;
  const groups = segments.reduce((sum, segment) => sum + segment.groups, 0);
  const lines = [
    `journal ${folder}: entries ${rangeText(report.firstIndex, report.lastIndex)} in ${groups} groups of ${segments.length} segments`,
    `  term ${report.term}, vote ${report.vote === 0 ? 'none' : report.vote}, commit ${report.commit}`,
    `  checkpoint in use: ${report.checkpointIndex === 0 ? 'the empty beginning' : report.checkpointIndex}, of ${checkpoints.length} (its bytes were checked, of the older ones the heads)`,
  ];
  if (report.tornGroups > 0) {
    lines.push(
      `  a last group of ${report.tornSizeBytes} bytes was cut off before it was acknowledged (or is being written now): no loss`,
    );
  }
  for (const damage of report.damage) lines.push(...damageLines(damage));
  for (const damage of report.healed) {
    lines.push(`covered damage: ${placeOf(damage)}: ${damage.reason}`, '  remedy: none needed, no entry is lost');
  }
  lines.push(verdictText(inspection));
  return lines;
}

function damageLines(damage: Damage): string[] {
  const { fromIndex, toIndex } = damage;
  const what = fromIndex < 0 ? 'no entry' : `entries ${rangeText(fromIndex, toIndex)}`;
  return [
    `DAMAGE: ${placeOf(damage)}: ${damage.reason}`,
    `  concerns ${what}, which were acknowledged`,
    '  remedy: keep the folder and start the node: it keeps term and vote, and fetches what is missing from the leader',
  ];
}

function placeOf({ file, offset }: Damage): string {
  return offset < 0 ? `${file} (missing)` : `${file} at byte ${offset}`;
}

function verdictText({ report }: JournalInspection): string {
  if (report.damage.length > 0) return `damaged: ${report.damage.length} place(s) hold acknowledged entries no more`;
  return report.healed.length > 0 ? 'all entries are intact; damage elsewhere is covered' : 'intact';
}

/** The segment files and checkpoints of a journal. */
export function contentLines({ segments, checkpoints }: JournalInspection): string[] {
  const lines = segments.map(({ file, sizeBytes, groups, badGroups, firstIndex, lastIndex }) => {
    const bad = badGroups === 0 ? '' : `, ${badGroups} of them bad`;
    const held =
      groups === 0 ? 'prepared, unused' : `${groups} groups${bad}, entries ${rangeText(firstIndex, lastIndex)}`;
    return `  ${basename(file)}  ${sizeBytes} bytes  ${held}`;
  });
  for (const { file, index, term } of checkpoints) lines.push(`  ${basename(file)}  index ${index}, term ${term}`);
  return lines;
}

/** One line an entry: index, term, kind, the leader's time, size. */
export function entryLine({ index, term, kind, timeUs, sizeBytes }: ShownEntry): string {
  const time = timeUs === null ? '-'.padEnd(27) : timeText(timeUs);
  return `  ${String(index).padStart(10)}  term ${String(term).padStart(4)}  ${kind.padEnd(10)}  ${time}  ${sizeBytes} bytes`;
}

/** UTC with microseconds. */
export function timeText(timeUs: number): string {
  const at = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(at.getTime())) return `${timeUs} µs`.padEnd(27);
  return `${at.toISOString().slice(0, -1)}${String(timeUs % 1000).padStart(3, '0')}Z`;
}

function rangeText(fromIndex: number, toIndex: number): string {
  if (toIndex < fromIndex) return 'none';
  return fromIndex === toIndex ? String(fromIndex) : `${fromIndex} to ${toIndex}`;
}
