/**
 * Gives leadership away when this node is not fit for it. Rules decided here: a check counts once it has failed without a
 * break for its `holdMs`; after a hand-over nothing is handed over for a cool-down, so that trouble which all nodes share
 * does not move leadership around; a hand-over that was refused is tried again after the cool-down, too. It leads on until
 * somebody else can (TimeoutNow, nothing is dropped), because an unfit leader is better than none.
 */
import type { Clock, Timer } from '@baton/host';
import type { HealthCheck } from './health-check.ts';

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly checks: readonly HealthCheck[];
  readonly isLeader: () => boolean;
  /** Gives leadership to whoever can take it. */
  readonly handOver: () => Promise<unknown>;
  readonly log: (problem: { readonly check: string; readonly problem: string }, text: string) => void;
  readonly everyMs?: number;
  readonly coolDownMs?: number;
}

const EVERY_MS = 100;
const COOL_DOWN_MS = 30_000;

export class HealthWatch {
  readonly #options: HealthWatchOptions;
  /** Since when each check has failed. */
  readonly #failingSinceUs = new Map<string, number>();
  #coolUntilUs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, everyMs = EVERY_MS } = this.#options;
    this.#timer = clock.setTimer(everyMs, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Problems of now that count, by check. */
  problems(): ReadonlyMap<string, string> {
    const { clock, checks } = this.#options;
    const nowUs = clock.monotonicUs();
    const found = new Map<string, string>();
    for (const check of checks) {
      const problem = check.problem();
      if (problem === '') {
        this.#failingSinceUs.delete(check.name);
        continue;
      }
      const sinceUs = this.#failingSinceUs.get(check.name) ?? nowUs;
      this.#failingSinceUs.set(check.name, sinceUs);
      if (nowUs - sinceUs >= check.holdMs * 1000) found.set(check.name, problem);
    }
    return found;
  }

  /** One look, and what follows from it. */
  look(): void {
    const { clock, isLeader, handOver, log, coolDownMs = COOL_DOWN_MS } = this.#options;
    if (!isLeader()) {
      // What was wrong before this node led is judged anew when it does.
      this.#failingSinceUs.clear();
      return;
    }
    const [first] = this.problems();
    const nowUs = clock.monotonicUs();
    if (first === undefined || nowUs < this.#coolUntilUs) return;
    this.#coolUntilUs = nowUs + coolDownMs * 1000;
    const [check, problem] = first;
    log({ check, problem }, 'not fit to lead: leadership is handed over');
    void handOver();
  }
}
