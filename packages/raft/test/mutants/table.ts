/** All seeded bugs. */
import { ELECTION_MUTANTS } from './election.ts';
import type { Mutant } from './mutant.ts';
import { OTHER_MUTANTS } from './other.ts';
import { REPLICATION_MUTANTS } from './replication.ts';

export const MUTANTS: readonly Mutant[] = [...ELECTION_MUTANTS, ...REPLICATION_MUTANTS, ...OTHER_MUTANTS];
