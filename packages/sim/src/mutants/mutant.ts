/** A seeded bug: one text in one source file replaced by another. */
export interface Mutant {
  /** What the bug does, in words. */
  readonly name: string;
  /** From `packages/`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Rows of the matrix that show it, where random runs meet what it takes too rarely. */
  readonly rows?: readonly string[];
}
