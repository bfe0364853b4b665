/** All seeded bugs. */
import { CONSENSUS_MUTANTS } from './consensus.ts';
import { GATEWAY_MUTANTS } from './gateway.ts';
import { LEDGER_MUTANTS } from './ledger.ts';
import type { Mutant } from './mutant.ts';
import { STORAGE_MUTANTS } from './storage.ts';
import { TAKEOVER_MUTANTS } from './takeover.ts';

export const MUTANTS: readonly Mutant[] = [
  ...STORAGE_MUTANTS,
  ...CONSENSUS_MUTANTS,
  ...GATEWAY_MUTANTS,
  ...LEDGER_MUTANTS,
  ...TAKEOVER_MUTANTS,
];
