/** A check whose truth others know: stale market data, a risk service that does not answer, a clock that strays. */
import type { HealthCheck } from './health-check.ts';

export class ReportedHealth implements HealthCheck {
  readonly name: string;
  readonly holdMs: number;
  #problem = '';

  constructor(name: string, holdMs: number) {
    this.name = name;
    this.holdMs = holdMs;
  }

  /** '' when all is well. */
  report(problem: string): void {
    this.#problem = problem;
  }

  problem(): string {
    return this.#problem;
  }
}
