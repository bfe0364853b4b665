/** Cells that are not as required yet, each with what is wrong. A cell that passes must be taken off this list. */

export interface OpenCell {
  /** Number and variant. */
  readonly row: string;
  readonly profile: string;
  readonly why: string;
}

export const OPEN_CELLS: readonly OpenCell[] = [];
