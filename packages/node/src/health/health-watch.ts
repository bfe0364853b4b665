/**
 * Gives leadership away when this node is not fit for it. Rules decided here: a check counts once it has failed without a
 * break for its `holdMs`, counted anew when this node begins to lead; leadership goes only to a node that is healthier
 * (`successor`), and not within the cluster's cool-down; one that was refused is tried again earlier. It leads on until
 * somebody else can (TimeoutNow, nothing is dropped), because an unfit leader is better than none.
 */
import type { Clock, Timer } from '@baton/host';
import type { Calm } from './calm.ts';
import type { HealthCheck } from './health-check.ts';

/** What counts as wrong, by check. */
export type Problems = ReadonlyMap<string, string>;

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly checks: readonly HealthCheck[];
  readonly calm: Calm;
  readonly isLeader: () => boolean;
  /** A node that could lead and is healthier than one with these problems; 0 if there is none. */
  readonly successor: (problems: Problems) => number;
  /** Gives leadership to a node; false: it stayed here. */
  readonly handOver: (to: number) => Promise<boolean>;
  readonly log: (
    facts: { readonly check: string; readonly problem: string; readonly to: number },
    text: string,
  ) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 100;

export class HealthWatch {
  readonly #options: HealthWatchOptions;
  /** Since when each check has failed. */
  readonly #failingSinceUs = new Map<string, number>();
  #problems: Problems = new Map();
  #leads = false;
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

  /** Problems that counted at the last look. */
  get problems(): Problems {
    return this.#problems;
  }

  /** For how long a check has failed, milliseconds; 0 when it does not. */
  failingMs(check: string): number {
    const sinceUs = this.#failingSinceUs.get(check);
    return sinceUs === undefined ? 0 : (this.#options.clock.monotonicUs() - sinceUs) / 1000;
  }

  /** One look, and what follows from it. */
  look(): void {
    const { calm, isLeader, successor } = this.#options;
    const leads = isLeader();
    // What was wrong before this node led is judged anew when it does.
    if (leads && !this.#leads) this.#failingSinceUs.clear();
    this.#leads = leads;
    this.#problems = this.#look();
    if (!leads || this.#problems.size === 0 || calm.remainingMs() > 0) return;
    const to = successor(this.#problems);
    if (to !== 0) this.#handOver(to);
  }

  #look(): Problems {
    const { clock, checks } = this.#options;
    const nowUs = clock.monotonicUs();
    const found = new Map<string, string>();
    for (const check of checks) {
      const { holdMs, name } = check;
      const problem = check.problem();
      if (problem === '') {
        this.#failingSinceUs.delete(name);
        continue;
      }
      const sinceUs = this.#failingSinceUs.get(name) ?? nowUs;
      this.#failingSinceUs.set(name, sinceUs);
      if (nowUs - sinceUs >= holdMs * 1000) found.set(name, problem);
    }
    return found;
  }

  #handOver(to: number): void {
    const { calm, handOver, log } = this.#options;
    const [[check, problem] = ['', '']] = this.#problems;
    calm.begin();
    log({ check, problem, to }, 'not fit to lead: leadership is handed over');
    void handOver(to).then((isHandedOver) => {
      if (!isHandedOver) calm.shorten();
    });
  }
}
