/**
 * One takeover as a picture: a bar for each step of the leader's process and each phase at a venue, from the one before it
 * to itself, on one axis of milliseconds since the first thing that is known. SVG text, without scripts or styles from
 * elsewhere, so that it may be opened or put into a page as it is.
 */
import type { TakeoverReport } from '@baton/node';
import { timeText } from './journal-text.ts';

interface Bar {
  readonly label: string;
  /** ms since the picture's beginning. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface Group {
  readonly title: string;
  readonly steps: readonly { readonly label: string; readonly atUs: number }[];
}

const WIDTH = 900;
const LEFT = 190;
const RIGHT = 90;
const TOP = 70;
const ROW = 22;
const COLOURS = ['#4472c4', '#70ad47', '#ed7d31', '#a5a5a5', '#ffc000'];

export function takeoverSvg(report: TakeoverReport): string {
  const groups = groupsOf(report);
  const times = groups.flatMap(({ steps }) => steps.map(({ atUs }) => atUs));
  const beginUs = Math.min(...times, report.startedUs);
  const endMs = Math.max(0.001, (Math.max(...times, report.startedUs) - beginUs) / 1000);
  const x = (ms: number): string => (LEFT + (ms / endMs) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const rows: string[] = [];
  let y = TOP;
  for (const [at, group] of groups.entries()) {
    rows.push(text(10, y + 15, group.title, 'font-weight="bold"'));
    y += ROW;
    for (const { label, fromMs, toMs } of barsOf(group, beginUs)) {
      const width = Math.max(1, Number(x(toMs)) - Number(x(fromMs))).toFixed(1);
      rows.push(text(LEFT - 8, y + 15, label, 'text-anchor="end"'));
      rows.push(
        `<rect x="${x(fromMs)}" y="${y + 3}" width="${width}" height="16" fill="${COLOURS[at % COLOURS.length]}"/>`,
      );
      rows.push(text(Number(x(toMs)) + 6, y + 15, `${toMs.toFixed(3)} ms`));
      y += ROW;
    }
  }
  const height = y + 20;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    text(10, 22, titleOf(report), 'font-size="15"'),
    text(10, 42, `${timeText(beginUs)} is 0 ms${report.evidence === '' ? '' : `; ${report.evidence}`}`),
    `<line x1="${x(0)}" x2="${x(0)}" y1="${TOP}" y2="${y}" stroke="#888"/>`,
    ...rows,
    '</svg>',
  ].join('\n')}\n`;
}

/** What the leader's process saw, then each venue's phases. */
function groupsOf({ phasesUs, venues }: TakeoverReport): Group[] {
  const own = Object.entries(phasesUs).map(([label, atUs]) => ({ label, atUs }));
  const atVenues = venues.map(({ venue, phases }) => ({
    title: `venue ${venue}`,
    steps: phases.map(({ phase, timeUs }) => ({ label: phase, atUs: timeUs })),
  }));
  return [{ title: 'process', steps: own }, ...atVenues].filter(({ steps }) => steps.length > 0);
}

/** In the order of time; the first of a group begins where the picture begins. */
function barsOf({ steps }: Group, beginUs: number): Bar[] {
  let fromMs = 0;
  return [...steps]
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ label, atUs }) => {
      const bar = { label, fromMs, toMs: (atUs - beginUs) / 1000 };
      fromMs = bar.toMs;
      return bar;
    });
}

function titleOf({ kind, n, node, term }: TakeoverReport): string {
  return kind === 'failover'
    ? `takeover ${n}: node ${node} took over in term ${term}`
    : `takeover ${n}: node ${node} connected again in term ${term}`;
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${more}>${escaped(words)}</text>`;
}

/** Names of venues and causes come from configurations and logs: no markup of theirs, nothing that XML forbids. */
function escaped(words: string): string {
  return words
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
