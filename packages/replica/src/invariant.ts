// Assertions that stay on in production: a replica in a wrong state that goes on is worse than one that stops.

export class ReplicaInvariantError extends Error {
  readonly code = 'BATON_REPLICA_INVARIANT';

  constructor(message: string) {
    super(`replica invariant broken: ${message}`);
    this.name = 'ReplicaInvariantError';
  }
}

/** Throws when `condition` is false; `message` says what had to hold. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ReplicaInvariantError(message);
}
