/** One cell of the matrix: a row played against a venue of one profile, and what came of it. */
import type { VenueProfile } from '@baton/profiles';
import { notPlayed } from '../world/setup.ts';
import { OPEN_CELLS } from './open-cells.ts';
import type { Row } from './row.ts';

export interface Cell {
  readonly row: Row;
  readonly profile: string;
  /** `impossible`: the venue's protocol rules it out. `open`: known not to be as required. `not-played`: not yet. */
  readonly standing: 'passed' | 'failed' | 'impossible' | 'open' | 'not-played';
  readonly outcome: string;
  readonly evidence: string;
}

export async function playCell(row: Row, profile: VenueProfile): Promise<Cell> {
  const at = { row, profile: profile.name };
  const impossible = row.impossible?.(profile);
  if (impossible !== undefined) return { ...at, standing: 'impossible', outcome: impossible, evidence: '' };
  const missing = notPlayed(profile);
  if (missing !== '') return { ...at, standing: 'not-played', outcome: missing, evidence: '' };
  const open = OPEN_CELLS.find((cell) => cell.row === `${row.number}${row.variant}` && cell.profile === profile.name);
  try {
    const finding = await row.play(profile);
    if (open === undefined) return { ...at, standing: 'passed', ...finding };
    return { ...at, standing: 'failed', outcome: 'it passes: take it off the list of open cells', evidence: '' };
  } catch (error) {
    const outcome = error instanceof Error ? error.message : String(error);
    if (open !== undefined) return { ...at, standing: 'open', outcome: open.why, evidence: '' };
    return { ...at, standing: 'failed', outcome, evidence: '' };
  }
}
