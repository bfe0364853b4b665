/** What witness and probe have written, read back: the instants of each order by its key, and the silences of each core. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Points that an order passes, in their order. */
export const POINTS = ['heard', 'committed', 'written', 'told', 'known'] as const;
export type Point = (typeof POINTS)[number];

/** ns of the machine's monotonic clock; the first time that each point was passed on the node that wrote the order. */
export interface Passage {
  readonly key: number;
  readonly at: Readonly<Partial<Record<Point, number>>>;
}

/** The longest of a tenth of a second, µs. */
export interface Silence {
  readonly pid: number;
  readonly atNs: number;
  readonly linkUs: number;
  readonly loopUs: number;
}

export interface Notes {
  readonly passages: readonly Passage[];
  readonly silences: readonly Silence[];
}

export function readNotes(folder: string): Notes {
  const silences: Silence[] = [];
  const passages: Passage[] = [];
  const known = new Map<string, number>();
  for (const line of linesOf(folder, /^known-/)) {
    const [, key = '', atNs] = line.text.split(' ');
    if (!known.has(key)) known.set(key, Number(atNs));
  }
  for (const file of filesOf(folder, /^core-/)) {
    const of = new Map<string, Partial<Record<Point, number>>>();
    for (const { text } of linesOf(folder, new RegExp(`^${file}$`))) {
      const [what = '', key = '', atNs = '', lateUs] = text.split(' ');
      if (what === 'gap') {
        const pid = Number(file.slice('core-'.length));
        silences.push({ pid, atNs: Number(atNs), linkUs: Number(key), loopUs: Number(lateUs) });
        continue;
      }
      const at = of.get(key) ?? {};
      of.set(key, at);
      at[what as Point] ??= Number(atNs);
    }
    for (const [key, at] of of) {
      // Others apply it, too; they write nothing.
      if (at.written === undefined) continue;
      const knownNs = known.get(key);
      passages.push({ key: Number(key), at: knownNs === undefined ? at : { ...at, known: knownNs } });
    }
  }
  return { passages: passages.sort((a, b) => a.key - b.key), silences };
}

function filesOf(folder: string, name: RegExp): string[] {
  return readdirSync(folder).filter((file) => name.test(file));
}

function linesOf(folder: string, name: RegExp): { readonly file: string; readonly text: string }[] {
  return filesOf(folder, name).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => ({ file, text })),
  );
}
