/** One thing that a leader must be able to do, and whether this node can do it now. */

export interface HealthCheck {
  /** Stable name, for logs. */
  readonly name: string;
  /** For how long it has to fail before it counts: what passes by itself is no reason to hand over. */
  readonly holdMs: number;
  /** What is wrong now; '' when nothing is. */
  problem(): string;
}
