/** The matrix as text: one line a cell (row, profile, outcome, evidence), and a count of each standing. */
import type { Cell } from './cell.ts';

const MARK = { passed: 'ok', failed: 'FAILED', impossible: 'n/a', open: 'OPEN', 'not-played': '-' } as const;
const TITLE_WIDTH = 52;
const PROFILE_WIDTH = 26;

export function matrixText(cells: readonly Cell[]): string {
  const lines: string[] = [];
  let last: Cell | undefined;
  for (const cell of cells) {
    const { row, profile, standing, outcome, evidence } = cell;
    if (last?.row !== row) lines.push('', `${row.number}${row.variant}. ${row.title} → ${row.required}`);
    const [first, ...rest] = outcome.split('\n');
    const what = standing === 'passed' ? `${(first ?? '').padEnd(TITLE_WIDTH)} ${evidence}` : (first ?? '');
    lines.push(`  ${MARK[standing].padEnd(6)} ${profile.padEnd(PROFILE_WIDTH)} ${what}`.trimEnd());
    lines.push(...rest.map((line) => `         ${line}`));
    last = cell;
  }
  const count = (standing: Cell['standing']): number => cells.filter((cell) => cell.standing === standing).length;
  const total = `${count('passed')} passed, ${count('failed')} failed, ${count('impossible')} impossible, ${count('open')} open`;
  return [...lines, '', `${cells.length} cells: ${total}, ${count('not-played')} not played yet`].join('\n');
}
