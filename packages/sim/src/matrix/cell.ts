/** One cell of the matrix: a row played against a venue of one profile, and what came of it. */
import type { VenueProfile } from '@baton/profiles';
import { notPlayed } from '../world/setup.ts';
import type { Row } from './row.ts';

export interface Cell {
  readonly row: Row;
  readonly profile: string;
  /** `impossible`: the venue's protocol rules it out. `not-played`: venue or ledger cannot play the profile yet. */
  readonly standing: 'passed' | 'failed' | 'impossible' | 'not-played';
  readonly outcome: string;
  readonly evidence: string;
}

export async function playCell(row: Row, profile: VenueProfile): Promise<Cell> {
  const at = { row, profile: profile.name };
  const impossible = row.impossible?.(profile);
  if (impossible !== undefined) return { ...at, standing: 'impossible', outcome: impossible, evidence: '' };
  const missing = notPlayed(profile);
  if (missing !== '') return { ...at, standing: 'not-played', outcome: missing, evidence: '' };
  try {
    return { ...at, standing: 'passed', ...(await row.play(profile)) };
  } catch (error) {
    return { ...at, standing: 'failed', outcome: error instanceof Error ? error.message : String(error), evidence: '' };
  }
}
