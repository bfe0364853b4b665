// Chance as the shell of a node sees it: election jitter, backoff jitter, identities.
//
// Rule decided here: one source, handed in, so that a simulator can replay a run from its seed. Not for secrets.

/** A source of random numbers; not for keys or passwords. */
export interface Random {
  /** An integer from 0 to 2^32 - 1, each as likely as any other. */
  uint32(): number;
  /** A number from 0 (included) to 1 (excluded). */
  float(): number;
}
