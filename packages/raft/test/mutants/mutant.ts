/**
 * Seeded bugs: each breaks one rule of the core in one place. They are known mistakes of Raft implementations, ours or
 * others' (reference raft.md 2.6 and 5). A test run that does not fail on them is itself broken.
 */
export interface Mutant {
  readonly name: string;
  /** File below src/. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}
