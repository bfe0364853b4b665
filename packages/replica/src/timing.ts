// How fast death is believed: heartbeat and election timeouts, as presets and as numbers.
//
// Rule decided here: one tick is half a heartbeat or finer, so that the promise behind the lease (a follower votes for
// nobody else during an election timeout) loses little to the grain of ticks. Source of the presets: 10/50 ms was the
// lowest setting without a false failover on a machine with both cores hogged; 5/25 needs spare cores.

/** Timing in milliseconds; checked by `resolveTiming`. */
export interface Timing {
  /** The grain of raft's logical clock. */
  readonly tickMs: number;
  /** The leader's heartbeats; a multiple of `tickMs`. */
  readonly heartbeatMs: number;
  /** A follower that hears nothing for this long campaigns (the preferred successor; others later). A multiple of `tickMs`. */
  readonly electionMs: number;
  /** How much later each node further down the line campaigns when the leader's death is proven. */
  readonly successorStaggerMs: number;
}

export type TimingPreset = 'colocated' | 'spare-cores' | 'lan' | 'wan' | 'requirements';

/** The presets by name. */
export const TIMING_PRESETS: Readonly<Record<TimingPreset, Timing>> = Object.freeze({
  /**
   * One machine or one rack, cores shared with others. 25 ms: on a busy machine the successor may get its proof of death
   * 10 ms after the next in line, and two that campaign together cost an election timeout.
   */
  colocated: Object.freeze({ tickMs: 5, heartbeatMs: 10, electionMs: 50, successorStaggerMs: 25 }),
  /** One rack, a core of its own for each node. */
  'spare-cores': Object.freeze({ tickMs: 2.5, heartbeatMs: 5, electionMs: 25, successorStaggerMs: 10 }),
  /** One data centre with switches and load in between. */
  lan: Object.freeze({ tickMs: 10, heartbeatMs: 30, electionMs: 150, successorStaggerMs: 25 }),
  /** Data centres some 10 to 50 ms apart. */
  wan: Object.freeze({ tickMs: 50, heartbeatMs: 150, electionMs: 1000, successorStaggerMs: 150 }),
  /** The requirements' own figures: 100 ms heartbeats, dead after three. */
  requirements: Object.freeze({ tickMs: 50, heartbeatMs: 100, electionMs: 300, successorStaggerMs: 50 }),
});

/** Options that cannot work; `problems` names each with its value and remedy. */
export class ReplicaOptionsError extends Error {
  readonly code = 'BATON_REPLICA_OPTIONS';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the replica cannot start: ${problems.join('; ')}`);
    this.name = 'ReplicaOptionsError';
    this.problems = problems;
  }
}

/**
 * The timing of a preset or of numbers, checked.
 * @throws ReplicaOptionsError
 */
export function resolveTiming(timing: TimingPreset | Timing): Timing {
  if (typeof timing === 'string') {
    const preset = TIMING_PRESETS[timing];
    if (preset === undefined) {
      throw new ReplicaOptionsError([
        `timing is '${timing}': expected one of ${Object.keys(TIMING_PRESETS).join(', ')}, or numbers`,
      ]);
    }
    return preset;
  }
  const problems: string[] = [];
  const { tickMs, heartbeatMs, electionMs, successorStaggerMs } = timing;
  for (const [name, value] of Object.entries({ tickMs, heartbeatMs, electionMs, successorStaggerMs })) {
    if (!(value > 0 && value <= 60_000)) problems.push(`timing.${name} is ${value}: expected 0 < ms <= 60000`);
  }
  if (!Number.isInteger(heartbeatMs / tickMs)) {
    problems.push(`timing.heartbeatMs is ${heartbeatMs}: expected a multiple of tickMs (${tickMs})`);
  }
  if (!Number.isInteger(electionMs / tickMs)) {
    problems.push(`timing.electionMs is ${electionMs}: expected a multiple of tickMs (${tickMs})`);
  }
  // Two ticks are lost to the grain (lease.ts) and one heartbeat may get lost: below 3 there would be no lease to speak of.
  if (electionMs < 3 * heartbeatMs) {
    problems.push(`timing.electionMs is ${electionMs}: expected at least 3 heartbeats (${3 * heartbeatMs})`);
  }
  if (problems.length > 0) throw new ReplicaOptionsError(problems);
  return Object.freeze({ tickMs, heartbeatMs, electionMs, successorStaggerMs });
}
