// What a user replicates: a state machine that is fed the committed entries, in order, once per life of the process.
//
// Rule decided here: `apply` is a function of the state and the entry alone. It runs on every node; what it returns
// reaches only the proposer on the leader. It must not throw for a bad command (that is a result); an exception means
// that the copies could part, and ends the replica through `onFatal`.

/** One committed command, as every node applies it. */
export interface AppliedEntry {
  readonly index: number;
  readonly term: number;
  /** The proposing leader's wall clock in microseconds since 1970; never lower than that of any earlier entry. */
  readonly timeUs: number;
  /** The proposed bytes; valid for as long as the state machine keeps them, never to be changed. */
  readonly command: Uint8Array;
}

/** A state on its way beside the one in use. Both throw as `StateMachine.restore` does. */
export interface StateRestorer {
  /** The next bytes, cut as they may be; takes time for these only. */
  add(bytes: Uint8Array): void;
  /** All were given. Answers what puts the state in the place of the one in use, at once. */
  finish(): () => void;
}

/** The replicated state. All calls are synchronous. */
export interface StateMachine {
  /** Applies one entry; what it returns is handed to the proposer on the leader. */
  apply(entry: AppliedEntry): unknown;
  /** The whole state as bytes; `restore` of them gives the same `hash`. Fine for a state that takes below a millisecond. */
  snapshot(): Uint8Array;
  /**
   * The same bytes in pieces, for a larger state: a generator of which each step takes well below a millisecond. Pieces
   * must not change once given. They are taken over many turns of the event loop, and nothing is applied before the last
   * one is taken, or the rest is given up. Without it `snapshot` is called.
   */
  snapshotPieces?(): Iterable<Uint8Array>;
  /**
   * Replaces the state, or throws and leaves it: an older checkpoint is tried then. What it throws has `isOtherBuild: true`
   * when another build wrote the bytes: nothing older is tried.
   */
  restore(bytes: Uint8Array): void;
  /**
   * As `restore`, bit by bit beside the state in use, for a larger one: while a follower takes over its leader's checkpoint
   * it goes on hearing others. Without it `restore` is called.
   */
  restorer?(): StateRestorer;
  /** Equal states have equal hashes, on every node and machine. */
  hash(): string;
}
