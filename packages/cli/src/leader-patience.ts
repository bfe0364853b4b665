/**
 * How long a command waits for somebody to lead. An election takes a moment, and leadership moves for many reasons that
 * are no fault: who operates a cluster should not have to type a command again for it.
 */

/** Elections take well below a second, over wide networks a few. */
export const LEADER_PATIENCE_MS = 5_000;
/** Between two questions. */
export const LEADER_POLL_MS = 50;
