/** One seed played, and told as plain data that one thread can hand to another. */
import { drawScenario, type Scenario, type Wishes } from './scenario.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate } from './simulate.ts';

export interface SeedTask {
  readonly seed: number;
  readonly profile: string;
  readonly ticks: number;
  readonly wishes: Wishes;
  /** Whether a failing scenario is made smaller. */
  readonly shrinks: boolean;
}

export interface RunFigures {
  readonly events: number;
  readonly entries: number;
  readonly intents: number;
  readonly takeovers: number;
}

export interface SeedReport {
  readonly seed: number;
  readonly profile: string;
  /** What was played, in a line. */
  readonly line: string;
  readonly simulatedMs: number;
  readonly timing: string;
  readonly rhythm: string;
  /** What happened in it. */
  readonly figures: RunFigures;
  readonly counts: readonly (readonly [kind: string, times: number])[];
  /** What was broken; empty if nothing was. */
  readonly faults: readonly string[];
  readonly tail: readonly string[];
  /** Of a failure: as it was, or smaller. */
  readonly scenario: Scenario | undefined;
}

export async function playSeed({ profile, seed, shrinks, ticks, wishes }: SeedTask): Promise<SeedReport> {
  return playScenario(drawScenario(seed, ticks, profile, wishes), shrinks);
}

export async function playScenario(scenario: Scenario, shrinks: boolean): Promise<SeedReport> {
  const outcome = await simulate(scenario);
  const isBroken = outcome.faults.length > 0;
  const smallest = isBroken && shrinks ? await shrink(outcome) : outcome;
  return {
    seed: scenario.seed,
    profile: scenario.profile,
    line: lineOf(outcome),
    simulatedMs: outcome.simulatedMs,
    timing: scenario.timing,
    rhythm: scenario.rhythm,
    figures: {
      events: outcome.events,
      entries: outcome.entries,
      intents: outcome.orders,
      takeovers: outcome.takeovers,
    },
    counts: [...outcome.counts],
    faults: outcome.faults,
    tail: outcome.tail,
    scenario: isBroken ? smallest.scenario : undefined,
  };
}

function lineOf({ entries, hash, orders, scenario, takeovers }: Outcome): string {
  const { nodeCount, profile, rhythm, seed, timing } = scenario;
  return `seed ${seed} ${profile} ${nodeCount} nodes ${timing} ${rhythm}: ${entries} entries, ${orders} intents, ${takeovers} takeovers, ${hash}`;
}
