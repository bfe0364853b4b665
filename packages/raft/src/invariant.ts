/**
 * Assertions that stay on in production. A broken invariant means that the rules of consensus no longer hold here, so
 * the process must end: going on could lose a committed entry. Never used for what a peer or a caller may get wrong.
 */
export class RaftInvariantError extends Error {
  readonly code = 'BATON_RAFT_INVARIANT';
  constructor(message: string) {
    super(message);
    this.name = 'RaftInvariantError';
  }
}

/** Ends the current step: what the message says can only be a bug, or a log damaged behind our back. */
export function brokenInvariant(message: string): never {
  throw new RaftInvariantError(`raft invariant broken: ${message}; end this process and keep its log for analysis`);
}
